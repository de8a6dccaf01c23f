// A photograph of 12 megapixels as phones write it, its cells by Debian's heif-enc (libheif-examples): its memory, and its pixels against heif-convert.
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { execute } from '../../src/image/execute.ts'
import { step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { countArrays, countInstances } from '../support/count-memory.ts'
import { heifConvert, heifEnc } from '../support/heif/debian.ts'
import { PHONE, phoneHeic } from '../support/heif/phone.ts'
import { openImageContext } from '../support/image-context.ts'
import { sample } from '../support/pictures.ts'
import { psnr } from './support/psnr.ts'

const LIMITS = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 12_000 }
const MOST_BYTES = 40_000_000
/** The core's first pages and tables, for which no plan speaks. */
const CORE_BYTES = 1_000_000

/** In one piece: the options of heif-enc, and whether samples have more than 8 bits. */
const PIECES = {
  '4:2:0': { options: [], isDeep: false },
  '4:4:4': { options: ['-p', 'chroma=444'], isDeep: false },
  '4:4:4 of 10 bits': { options: ['-b', '10', '-p', 'chroma=444'], isDeep: true },
}

let photograph: Uint8Array
const pieces: Record<string, Uint8Array> = {}
beforeAll(async () => {
  photograph = await phoneHeic(3)
  for (const [name, { options, isDeep }] of Object.entries(PIECES)) {
    const picture = sharp(await sample()).resize(1800, 1300, { fit: 'fill' })
    const png = await (isDeep ? picture.toColourspace('rgb16') : picture).png().toBuffer()
    pieces[name] = heifEnc([png], ['-q', '90', '-p', 'preset=superfast', '-p', 'x265:sao=1', ...options])
  }
}, 120_000)

async function scaled(file: Uint8Array, format: 'jpeg' | 'png') {
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
    const { peakBytes } = await scaled(photograph, 'jpeg')
    const most = photograph.length + arrays.most + instances.bytes()
    expect(most).toBeLessThanOrEqual(MOST_BYTES)
    expect(most).toBeLessThanOrEqual(peakBytes + CORE_BYTES)
  })

  it.each(Object.keys(PIECES))('in one piece, %s, takes no more than its plan says', async (name) => {
    const piece = pieces[name] as Uint8Array
    const { peakBytes } = await scaled(piece, 'jpeg')
    expect(piece.length + arrays.most + instances.bytes()).toBeLessThanOrEqual(peakBytes + CORE_BYTES)
  })
})

it('is what heif-convert and sharp make of it', async () => {
  const { body } = await scaled(photograph, 'png')
  const theirs = await heifConvert(photograph)
  const { width, height } = theirs
  expect([width, height]).toEqual([PHONE.height, PHONE.width])
  const expected = sharp(theirs.data, { raw: { width, height, channels: 4 } }).resize(800)
  expect(await psnr(expected, sharp(body))).toBeGreaterThanOrEqual(45)
}, 60_000)
