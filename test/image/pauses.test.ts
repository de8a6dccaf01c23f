import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { execute } from '../../src/image/execute.ts'
import { step, type FormatName, type Step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { openImageContext } from '../support/image-context.ts'

const LIMITS = { maxSteps: 20, maxPixels: 100_000_000, maxSide: 12_000 }
const [WIDTH, HEIGHT] = [2400, 1800]
const MEGAPIXELS = (WIDTH * HEIGHT) / 1e6

let sources: Readonly<Record<string, Buffer>>
beforeAll(async () => {
  const noise = Buffer.from(Uint8Array.from({ length: 300 * 225 * 3 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24))
  const picture = sharp(noise, { raw: { width: 300, height: 225, channels: 3 } }).resize(WIDTH, HEIGHT)
  sources = {
    jpeg: await picture.clone().jpeg().toBuffer(),
    progressive: await picture.clone().jpeg({ progressive: true }).toBuffer(),
    png: await picture.clone().png({ compressionLevel: 1 }).toBuffer(),
    'lossless webp': await picture.clone().webp({ lossless: true, effort: 0 }).toBuffer(),
  }
})

const execution = (file: Buffer, format: FormatName, steps: readonly Step[]) =>
  planExecution({ steps, output: { format, quality: 80 } }, file, LIMITS)

/** How often a run lets others compute. */
async function pausesOf(file: Buffer, format: FormatName, steps: readonly Step[]): Promise<number> {
  const { context, release } = openImageContext()
  let pauses = 0
  const pause = (): Promise<void> => {
    pauses++
    return Promise.resolve()
  }
  await execute(execution(file, format, steps), file, [], { ...context, pause }, (_phase, work) => Promise.resolve(work()))
  await release(true)
  return pauses
}

const small = step('resize', { width: 300 })
/** Others wait for some ten milliseconds at most: about a megapixel at full size, three or four that are only read. */
describe.each(['jpeg', 'progressive', 'png', 'lossless webp'])('work on a %s of 4 megapixels', (source) => {
  it.each<[string, FormatName, readonly Step[]]>([
    ['as a thumbnail from planes to planes', 'jpeg', [small]],
    ['as a thumbnail by rows', 'png', [small]],
    ['at full size', 'jpeg', [step('blur', { sigma: 2 })]],
    ['turned at full size', 'jpeg', [step('blur', { sigma: 2 }), step('rotate', { degrees: 90 })]],
    ['with a look before', 'jpeg', [step('trim', {}), small]],
    ['as a PNG of full size', 'png', []],
    ['its last rows alone', 'png', [step('crop', { y: HEIGHT - 20, height: 20 })]],
  ])('lets others compute in between: %s', async (_what, format, steps) => {
    const isFull = execution(sources[source] as Buffer, format, steps).geometry.width === WIDTH
    expect(await pausesOf(sources[source] as Buffer, format, steps)).toBeGreaterThanOrEqual(
      Math.floor(isFull ? MEGAPIXELS : MEGAPIXELS / 4),
    )
  })
})

it('rows above the shown ones let others compute, before any is shown', async () => {
  const { context, release } = openImageContext()
  let [rows, most] = [0, 0]
  const counted = async () => {
    const core = await context.core()
    const { jpegDecodeRow: decodeRow } = core.exports as unknown as { jpegDecodeRow(): number }
    const jpegDecodeRow = (): number => {
      const isDone = decodeRow()
      if (isDone !== 0) most = Math.max(most, ++rows)
      return isDone
    }
    return { ...core, exports: { ...core.exports, jpegDecodeRow } }
  }
  const pause = () => Promise.resolve(void (rows = 0))
  const height = 5000
  const file = await sharp(sources['jpeg']).resize(WIDTH, height, { fit: 'fill', kernel: 'nearest' }).jpeg().toBuffer()
  const bottom = execution(file, 'jpeg', [step('crop', { y: height - 32, height: 32 }), step('negate', {})])
  await execute(bottom, file, [], { ...context, core: counted, pause }, (_phase, work) => Promise.resolve(work()))
  await release(true)
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThan(height / 16 / 2)
})

it('work that takes longer for wider effects lets others compute more often', async () => {
  const pauses = (wish: Step): Promise<number> => pausesOf(sources['jpeg'] as Buffer, 'jpeg', [small, wish])
  expect(await pauses(step('median', { size: 15 }))).toBeGreaterThan(await pauses(step('median', { size: 3 })))
  expect(await pauses(step('sharpen', { sigma: 20 }))).toBeGreaterThan(await pauses(step('sharpen', { sigma: 1 })))
})
