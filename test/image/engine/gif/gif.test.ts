import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { probeGif } from '../../../../src/image/engine/gif/header.ts'
import { wholeImage } from '../../../../src/image/geometry.ts'
import { codec } from '../../../../src/image/plan.ts'
import { decodeAs } from '../../../support/apply-steps.ts'
import { flipped, truncated } from '../../../support/broken-pictures.ts'
import { openImageContext } from '../../../support/image-context.ts'
import { animated, photo } from '../../../support/pictures.ts'
import { type WrittenFrame, writeGif } from './writer.ts'

const COLOURS = 256
/** Colour i is (i, 255 − i, i · 7). */
const paletteOf = (colours: number): Uint8Array =>
  Uint8Array.from({ length: 3 * colours }, (_, at) => [Math.floor(at / 3), 255 - Math.floor(at / 3), 7 * Math.floor(at / 3)][at % 3]! & 255)
const PALETTE = paletteOf(COLOURS)
const noise = (count: number, colours = COLOURS): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => (Math.imul(i + 1, 2_654_435_761) >>> 13) % colours)

async function decode(file: Uint8Array, page?: number) {
  const { context, release } = openImageContext()
  const probe = probeGif(file)
  const raster = await decodeAs(context, 'gif', file, { ...wholeImage(probe), page })
  await release(true)
  return { ...raster, probe, warnings: [...context.warnings] }
}

/** What libvips shows of a page. */
async function theirs(file: Uint8Array, page = 1) {
  const { data, info } = await sharp(file, { page: page - 1 })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

async function expectLikeTheirs(file: Uint8Array, page = 1): Promise<void> {
  const [ours, wanted] = [await decode(file, page), await theirs(file, page)]
  expect([ours.width, ours.height]).toEqual([wanted.width, wanted.height])
  expect(Buffer.compare(Buffer.from(ours.data), Buffer.from(wanted.data))).toBe(0)
  expect(ours.warnings).toEqual([])
}

const still = (frame: Partial<WrittenFrame> = {}, width = 37, height = 29) =>
  writeGif({ width, height, palette: PALETTE, frames: [{ width, height, indices: noise(width * height), ...frame }] })

describe('a GIF is read as libvips reads it', () => {
  it.each([2, 4, 8, 16, 32, 64, 128, 256])('of %i colours', async (colours) => {
    const frame = { width: 61, height: 47, indices: noise(61 * 47, colours), palette: paletteOf(colours) }
    await expectLikeTheirs(writeGif({ width: 61, height: 47, frames: [frame] }))
  })

  it.each<[string, () => Uint8Array | Promise<Uint8Array>]>([
    ['interlaced', () => still({ interlaced: true })],
    ['interlaced, of one row', () => still({ interlaced: true }, 9, 1)],
    ['with a transparent colour', () => still({ transparent: 3 })],
    ['interlaced and transparent', () => still({ interlaced: true, transparent: 77 })],
    ['with a palette of its own beside the global one', () => still({ palette: paletteOf(256).toReversed() })],
    ['whose table fills and is cleared', () => still({}, 211, 190)],
    ['of one colour, whose codes refer to themselves', () => still({ indices: new Uint8Array(300 * 200) }, 300, 200)],
    [
      'whose frame is a part of the canvas',
      () =>
        writeGif({
          width: 40,
          height: 30,
          palette: PALETTE,
          frames: [{ x: 7, y: 5, width: 20, height: 11, indices: noise(220), transparent: 1 }],
        }),
    ],
    [
      'without a trailer',
      () => writeGif({ width: 8, height: 8, palette: PALETTE, frames: [{ width: 8, height: 8, indices: noise(64) }], trailer: false }),
    ],
    [
      'of version 87a',
      () => writeGif({ width: 8, height: 8, palette: PALETTE, frames: [{ width: 8, height: 8, indices: noise(64) }], version: '87a' }),
    ],
    [
      'whose screen has no size',
      () => writeGif({ width: 0, height: 0, palette: PALETTE, frames: [{ width: 8, height: 6, indices: noise(48) }] }),
    ],
    ['a photograph by libvips', () => photo({ format: 'gif' })],
  ])('%s', async (_, file) => expectLikeTheirs(await file()))

  it.each([1, 2, 3])('page %i of an animation', async (page) => expectLikeTheirs(await animated('gif'), page))

  it.each([0, 1, 2, 3])('what a frame with disposal %i leaves for the next', async (disposal) => {
    const ground = { width: 24, height: 18, indices: noise(24 * 18) }
    const patch = { x: 4, y: 3, width: 9, height: 8, indices: noise(72), disposal, transparent: 5 }
    const last = { x: 10, y: 8, width: 6, height: 6, indices: new Uint8Array(36).fill(9), interlaced: true }
    const file = writeGif({ width: 24, height: 18, palette: PALETTE, frames: [ground, patch, last] })
    for (const page of [1, 2, 3]) await expectLikeTheirs(file, page)
  })
})

describe('the header tells', () => {
  const frame = { width: 4, height: 4, indices: noise(16) }
  const two = (changes: object) => writeGif({ width: 4, height: 4, palette: PALETTE, frames: [frame, { ...frame, ...changes }] })

  it.each<[string, Uint8Array, boolean, number]>([
    ['an opaque picture', still(), false, 1],
    ['a transparent colour', still({ transparent: 1 }), true, 1],
    ['a frame that leaves parts bare', writeGif({ width: 9, height: 9, palette: PALETTE, frames: [frame] }), true, 1],
    ['a frame that is cleared before the next', two({ disposal: 2 }), true, 2],
    ['frames that stay', two({ transparent: 0 }), false, 2],
    ['a palette without some of the colours', still({ palette: paletteOf(4), codeSize: 4, indices: noise(37 * 29, 4) }), true, 1],
    ['a file that ends in its pixels', truncated(still(), 0.9), true, 1],
  ])('of %s whether it is opaque, and the frames', (_, file, hasAlpha, frames) =>
    expect(probeGif(file)).toMatchObject({ hasAlpha, frames, orientation: 1 }),
  )

  it('parts that no frame paints are transparent, as in browsers', async () => {
    const file = writeGif({ width: 3, height: 1, palette: PALETTE, frames: [{ x: 1, width: 1, height: 1, indices: [2] }] })
    expect([...(await decode(file)).data]).toEqual([0, 0, 0, 0, 2, 253, 14, 255, 0, 0, 0, 0])
  })

  it('a first frame beyond the screen enlarges it', async () => {
    const file = writeGif({ width: 3, height: 3, palette: PALETTE, frames: [{ x: 2, y: 1, width: 8, height: 8, indices: noise(64) }] })
    expect(await decode(file)).toMatchObject({ width: 10, height: 9 })
  })
})

describe('a damaged GIF', () => {
  const refusal = (file: Uint8Array) =>
    decode(file).then(
      () => 'a picture',
      (error: unknown) => (error instanceof AppError ? `${error.code}: ${error.reason}` : String(error)),
    )

  it.each<[string, Uint8Array, RegExp]>([
    ['of a header alone', still().subarray(0, 10), /^invalid_image: GIF: the header is cut short/],
    [
      'without a picture',
      writeGif({ width: 4, height: 4, palette: PALETTE, frames: [] }),
      /^invalid_image: GIF: there is no picture in it/,
    ],
    ['with literals of 12 bits', still({ codeSize: 12 }), /^invalid_image: GIF: a code size of 12 bits/],
    [
      'without any size',
      writeGif({ width: 0, height: 0, frames: [{ width: 0, height: 0, indices: [] }] }),
      /^invalid_image: GIF: the picture has no size/,
    ],
  ])('%s is refused', async (_, file, reason) => expect(await refusal(file)).toMatch(reason))

  it('is shown as far as it goes, transparent from there', async () => {
    const file = still()
    const whole = await decode(file)
    const cut = await decode(truncated(file, 0.7))
    expect(cut.warnings).toEqual(['GIF: the pixels end too early.'])
    const shown = cut.data.findIndex((_, at) => at % 4 === 3 && cut.data[at] === 0) - 3
    expect(shown).toBeGreaterThan(1000)
    expect(cut.data.subarray(0, shown)).toEqual(whole.data.subarray(0, shown))
    expect(cut.data.subarray(shown).every((value) => value === 0)).toBe(true)
  })

  it('a frame far down is refused when the way there is too long', async () => {
    const frame = { width: 4, height: 4, indices: noise(16) }
    const huge = { width: 60_000, height: 60_000, indices: [] }
    const file = writeGif({ width: 4, height: 4, palette: PALETTE, frames: [frame, huge, frame] })
    await expect(decode(file, 3)).rejects.toMatchObject({ code: 'too_many_pixels' })
  })

  it('of any kind gives a picture of its size, or is refused', async () => {
    const files = [still(), still({ interlaced: true, transparent: 4 }), await animated('gif')]
    for (let seed = 1; seed <= 400; seed++) {
      const file = flipped(files[seed % files.length]!, 1 + (seed % 7), seed, seed % 3 === 0 ? 0 : 13)
      const probe = (() => {
        try {
          return codec('gif').probe(file)
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
          return null
        }
      })()
      if (!probe || probe.width * probe.height > 1_000_000) continue
      const page = 1 + (seed % probe.frames)
      const result = await decode(file, page).catch((error: unknown) => error)
      if (result instanceof Error) expect(result).toMatchObject({ name: 'AppError', fault: { status: 422 } })
      else expect((result as { data: Uint8ClampedArray }).data.length).toBe(probe.width * probe.height * 4)
    }
  })
})
