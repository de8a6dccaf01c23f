import sharp from 'sharp'
import { expect, it } from 'vitest'
import { execute } from '../../../src/image/execute.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { openImageContext } from '../../support/image-context.ts'
import { palettePng } from '../../support/pictures.ts'

const LIMITS = { maxSteps: 1, maxPixels: 2 ** 20, maxSide: 5_000 }

it('a drawn picture that f=auto keeps without loss stays so under a limit of bytes', async () => {
  const file = await palettePng()
  const output = { format: 'auto-webp', quality: 30, maxBytes: 1_000_000 } as const
  const { context, release } = openImageContext()
  const execution = planExecution({ steps: [], output }, file, LIMITS)
  const { body } = await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
  await release(true)
  const pixels = (of: Uint8Array): Promise<Buffer> => sharp(of).ensureAlpha().raw().toBuffer()
  expect(Buffer.compare(await pixels(body), await pixels(file))).toBe(0)
})
