// A photograph of 12 megapixels as phones write it, its cells by Debian's heif-enc (libheif-examples): its memory, and its pixels against heif-convert.
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { execute } from '../../src/image/execute.ts'
import { step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { countArrays, countInstances } from '../support/count-memory.ts'
import { heifConvert } from '../support/heif/debian.ts'
import { PHONE, phoneHeic } from '../support/heif/phone.ts'
import { openImageContext } from '../support/image-context.ts'
import { psnr } from './support/psnr.ts'

const LIMITS = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 12_000 }
const MOST_BYTES = 40_000_000
/** The core's first pages and tables, for which no plan speaks. */
const CORE_BYTES = 1_000_000

let file: Uint8Array
beforeAll(async () => {
  file = await phoneHeic(3)
}, 120_000)

async function scaled(format: 'jpeg' | 'png') {
  const execution = planExecution({ steps: [step('resize', { width: 800 })], output: { format, quality: 80 } }, file, LIMITS)
  const { context, release } = openImageContext()
  const { body } = await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
  await release(true)
  return { body, peakBytes: execution.peakBytes }
}

describe('to 800 pixels', () => {
  const arrays = countArrays()
  const instances = countInstances()

  it('takes 40 MB at most, file and result and all, and no more than its plan says', async () => {
    const { peakBytes } = await scaled('jpeg')
    const most = file.length + arrays.most + instances.bytes()
    expect(most).toBeLessThanOrEqual(MOST_BYTES)
    expect(most).toBeLessThanOrEqual(peakBytes + CORE_BYTES)
  })
})

it('is what heif-convert and sharp make of it', async () => {
  const { body } = await scaled('png')
  const theirs = await heifConvert(file)
  const { width, height } = theirs
  expect([width, height]).toEqual([PHONE.height, PHONE.width])
  const expected = sharp(theirs.data, { raw: { width, height, channels: 4 } }).resize(800)
  expect(await psnr(expected, sharp(body))).toBeGreaterThanOrEqual(45)
}, 60_000)
