import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { P3_PRIMARIES } from '../../../../src/image/icc/primaries.ts'
import { codec } from '../../../../src/image/plan.ts'
import { decodeAs } from '../../../support/apply-steps.ts'
import { flipped, truncated } from '../../../support/broken-pictures.ts'
import { pngWithProfile } from '../../../support/icc/embed.ts'
import { gamma, matrixProfile, SRGB_CURVE } from '../../../support/icc/profile.ts'
import { openImageContext } from '../../../support/image-context.ts'
import { type WrittenBmp, writeBmp } from './writer.ts'

async function decode(file: Uint8Array) {
  const { context, release } = openImageContext()
  const raster = await decodeAs(context, 'bmp', file)
  await release(true)
  return { ...raster, probe: codec('bmp').probe(file), warnings: [...context.warnings] }
}

/** RGBA of every pixel as text, top to bottom. */
async function pixels(file: Uint8Array): Promise<string[]> {
  const { data, width, height } = await decode(file)
  return Array.from({ length: width * height }, (_, i) => Buffer.from(data.subarray(4 * i, 4 * i + 4)).toString('hex'))
}

const hex = (...channels: readonly number[]): string => Buffer.from(channels).toString('hex')
const noise = (count: number, below: number): number[] =>
  Array.from({ length: count }, (_, i) => (Math.imul(i + 1, 2_654_435_761) >>> 7) % below)
const palette = (colours: number): number[][] => Array.from({ length: colours }, (_, i) => [i, 255 - i, (i * 7) & 255])
const ofPalette = (index: number): string => hex(index, 255 - index, (index * 7) & 255, 255)
const SIZE = { width: 13, height: 5 }
const COUNT = SIZE.width * SIZE.height

describe('a BMP of a palette', () => {
  const cases = [12, 40, 64, 108, 124].flatMap((header) =>
    [1, 2, 4, 8].flatMap((bitsPerPixel) => [false, true].map((isTopDown) => ({ header, bitsPerPixel, isTopDown }))),
  )
  it.each(cases.filter(({ header, isTopDown }) => header !== 12 || !isTopDown))('%o', async (shape) => {
    const words = noise(COUNT, 1 << shape.bitsPerPixel)
    const file = writeBmp({ ...SIZE, ...shape, palette: palette(1 << shape.bitsPerPixel), words })
    expect(await pixels(file)).toEqual(words.map(ofPalette))
    expect(codec('bmp').probe(file)).toMatchObject({ ...SIZE, hasAlpha: false, isFlat: true, frames: 1 })
  })

  it('colours that the palette lacks are black', async () => {
    expect(await pixels(writeBmp({ width: 3, height: 1, bitsPerPixel: 8, palette: palette(2), words: [0, 1, 2] }))).toEqual([
      ofPalette(0),
      ofPalette(1),
      hex(0, 0, 0, 255),
    ])
  })
})

describe('a BMP of colours', () => {
  const wide = (value: number, bits: number): number => Math.round((value * 255) / (2 ** bits - 1))
  const RGB24 = noise(COUNT, 2 ** 24)

  it.each([12, 40, 52, 56, 108, 124])('24 bits, header of %i bytes', async (header) => {
    const file = writeBmp({ ...SIZE, bitsPerPixel: 24, header, words: RGB24 })
    expect(await pixels(file)).toEqual(RGB24.map((word) => hex(word >> 16, (word >> 8) & 255, word & 255, 255)))
    expect(codec('bmp').probe(file)).toMatchObject({ hasAlpha: false, isFlat: false })
  })

  it('32 bits without masks are opaque', async () => {
    const file = writeBmp({ ...SIZE, bitsPerPixel: 32, words: RGB24.map((word) => (word | 0x55000000) >>> 0) })
    expect(await pixels(file)).toEqual(RGB24.map((word) => hex(word >> 16, (word >> 8) & 255, word & 255, 255)))
  })

  it('16 bits without masks are 5, 5 and 5', async () => {
    const words = noise(COUNT, 2 ** 16)
    const file = writeBmp({ ...SIZE, bitsPerPixel: 16, words })
    expect(await pixels(file)).toEqual(
      words.map((word) => hex(wide((word >> 10) & 31, 5), wide((word >> 5) & 31, 5), wide(word & 31, 5), 255)),
    )
  })

  const FIELDS: readonly [what: string, bits: 16 | 32, masks: readonly number[], shape: Partial<WrittenBmp>][] = [
    ['565', 16, [0xf800, 0x07e0, 0x001f], {}],
    ['4444 with alpha', 16, [0x0f00, 0x00f0, 0x000f, 0xf000], { header: 56 }],
    ['4444 with alpha behind the header', 16, [0x0f00, 0x00f0, 0x000f, 0xf000], { compression: 6 }],
    ['10 bits a channel', 32, [0x3ff00000, 0x000ffc00, 0x000003ff], {}],
    ['RGBA turned round', 32, [0x000000ff, 0x0000ff00, 0x00ff0000, 0xff000000], { header: 108 }],
    ['BGRA', 32, [0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000], { header: 124 }],
    ['a header of three masks', 32, [0xff000000, 0x00ff0000, 0x0000ff00], { header: 52 }],
    ['an empty mask', 16, [0xff00, 0, 0x00ff], {}],
  ]
  it.each(FIELDS)('bit fields: %s', async (_, bitsPerPixel, masks, shape) => {
    const words = noise(COUNT, 2 ** bitsPerPixel)
    const level = (word: number, mask = 0): number => {
      if (mask === 0) return 0
      const unit = 2 ** [...mask.toString(2)].reverse().indexOf('1')
      return Math.round((Math.floor(Number(BigInt(word) & BigInt(mask)) / unit) * 255) / (mask / unit))
    }
    const file = writeBmp({ ...SIZE, bitsPerPixel, compression: 3, masks, words, ...shape })
    const alpha = (word: number): number => (masks[3] === undefined ? 255 : level(word, masks[3]))
    expect(await pixels(file)).toEqual(
      words.map((word) => hex(level(word, masks[0]), level(word, masks[1]), level(word, masks[2]), alpha(word))),
    )
    expect(codec('bmp').probe(file).hasAlpha).toBe(masks[3] !== undefined)
  })

  it('alpha that is 0 everywhere counts for nothing', async () => {
    const masks = [0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000]
    const file = writeBmp({ width: 2, height: 1, bitsPerPixel: 32, header: 108, compression: 3, masks, words: [0x102030, 0x405060] })
    expect(await pixels(file)).toEqual(['102030ff', '405060ff'])
  })

  it('an embedded profile converts', async () => {
    const profile = matrixProfile(P3_PRIMARIES, SRGB_CURVE)
    const words = [0x00ff00, 0x803020, 0xc0c0c0]
    const file = writeBmp({ width: 3, height: 1, bitsPerPixel: 24, header: 124, words, profile })
    const rgb = Uint8Array.from(words.flatMap((word) => [word >> 16, (word >> 8) & 255, word & 255]))
    const png = await sharp(rgb, { raw: { width: 3, height: 1, channels: 3 } })
      .png()
      .toBuffer()
    const { context, release } = openImageContext()
    const wanted = await decodeAs(context, 'png', pngWithProfile(new Uint8Array(png), profile))
    await release(true)
    expect((await decode(file)).data).toEqual(wanted.data)
    expect(wanted.data.subarray(4, 8)).not.toEqual(Uint8ClampedArray.of(0x80, 0x30, 0x20, 255))
    expect(codec('bmp').profile?.(file, codec('bmp').probe(file), undefined as never)).toEqual(new Uint8Array(profile))
  })
})

describe('a BMP whose header tells its colours', () => {
  const srgb = (light: number): number => 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055)
  const CHROMATICITIES = [0.64, 0.33, 0.03, 0.3, 0.6, 0.1, 0.15, 0.06, 0.79]
  /** sRGB's primaries as light, whose sum is white: IEC 61966-2-1. */
  const XYZ = [0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505]
  const words = Array.from({ length: 256 }, (_, level) => level * 0x010101)
  const of = async (calibration: readonly number[], header: 40 | 108 | 124 = 108, given = words) =>
    decode(writeBmp({ width: given.length, height: 1, bitsPerPixel: 24, header, words: given, calibration }))

  it.each([
    ['chromaticities', CHROMATICITIES],
    ['light', XYZ],
  ])('by %s and gammas', async (_, endpoints) => {
    for (const header of [108, 124] as const) {
      const { data } = await of([...endpoints, 1, 1, 3], header)
      for (const level of words.keys()) {
        expect(Math.abs((data[4 * level] ?? 0) - srgb(level / 255))).toBeLessThanOrEqual(1.6)
        expect(Math.abs((data[4 * level + 1] ?? 0) - srgb(level / 255))).toBeLessThanOrEqual(1.6)
        expect(Math.abs((data[4 * level + 2] ?? 0) - srgb((level / 255) ** 3))).toBeLessThanOrEqual(1.6)
      }
    }
  })

  it('other primaries move colours as a profile of them does', async () => {
    const [x, y] = [0.68, 0.32]
    const p3 = [x, y, 1 - x - y, 0.265, 0.69, 0.045, 0.15, 0.06, 0.79, 2.2, 2.2, 2.2]
    const given = [0x00ff00, 0x803020, 0xc0c0c0, 0x2040f0]
    const { data } = await of(p3, 108, given)
    const profile = matrixProfile(P3_PRIMARIES, gamma(2.2))
    const theirs = await decode(writeBmp({ width: 4, height: 1, bitsPerPixel: 24, header: 124, words: given, profile }))
    expect(Math.max(...data.map((level, i) => Math.abs(level - (theirs.data[i] ?? 0))))).toBeLessThanOrEqual(1)
    expect(data.subarray(4, 7)).not.toEqual(Uint8ClampedArray.of(0x80, 0x30, 0x20))
  })

  it.each([
    ['nothing', []],
    ['endpoints alone', CHROMATICITIES],
    ['gammas alone', [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]],
    ['points on a line', [0.3, 0.3, 0.4, 0.3, 0.3, 0.4, 0.3, 0.3, 0.4, 1, 1, 1]],
    ['negative light', [-1, -1, -1, 0.3, 0.6, 0.1, 0.15, 0.06, 0.79, 1, 1, 1]],
  ])('%s changes nothing', async (_, calibration) => {
    expect((await of(calibration)).data.filter((__, i) => i % 4 === 1)).toEqual(new Uint8ClampedArray(words.keys()))
  })
})

describe('a BMP of runs', () => {
  const shape = { width: 6, height: 3, palette: palette(16) }
  const rows = async (bitsPerPixel: 4 | 8, data: readonly number[]): Promise<string[]> => {
    const file = writeBmp({ ...shape, bitsPerPixel, compression: bitsPerPixel === 8 ? 1 : 2, data })
    const all = await pixels(file)
    return [0, 6, 12].map((at) =>
      all
        .slice(at, at + 6)
        .map((pixel) => Number.parseInt(pixel.slice(0, 2), 16).toString(16))
        .join(''),
    )
  }

  it.each<[string, 4 | 8, readonly number[], readonly string[]]>([
    ['runs', 8, [6, 1, 0, 0, 2, 3, 4, 5, 0, 0, 6, 7, 0, 1], ['777777', '335555', '111111']],
    ['pixels as they are, an odd number', 8, [0, 5, 1, 2, 3, 4, 5, 0, 1, 9, 0, 0, 6, 2, 0, 0, 6, 3, 0, 1], ['333333', '222222', '123459']],
    ['a move', 8, [2, 1, 0, 2, 1, 1, 3, 4, 0, 0, 6, 6, 0, 1], ['666666', '000444', '110000']],
    ['a move over a whole row', 8, [1, 1, 0, 2, 0, 2, 2, 5, 0, 1], ['055000', '000000', '100000']],
    ['a run beyond the row', 8, [9, 1, 0, 0, 6, 2, 0, 0, 6, 3, 0, 1], ['333333', '222222', '111111']],
    ['an early end', 8, [3, 1, 0, 1], ['000000', '000000', '111000']],
    ['runs of two colours', 4, [5, 0x12, 0, 0, 6, 0x33, 0, 0, 6, 0x45, 0, 1], ['454545', '333333', '121210']],
    ['nibbles as they are', 4, [0, 5, 0x12, 0x34, 0x50, 0, 1, 0x66, 0, 0, 6, 0x77, 0, 0, 6, 0x88, 0, 1], ['888888', '777777', '123456']],
    ['a move among nibbles', 4, [1, 0x10, 0, 2, 3, 0, 2, 0x23, 0, 0, 6, 0, 0, 0, 6, 0, 0, 1], ['000000', '000000', '100023']],
  ])('%s', async (_, bitsPerPixel, data, wanted) => expect(await rows(bitsPerPixel, data)).toEqual(wanted))

  it('that end too early are shown as far as they go', async () => {
    const { warnings } = await decode(writeBmp({ ...shape, bitsPerPixel: 8, compression: 1, data: [6, 1, 0, 0, 6, 2] }))
    expect(warnings).toEqual(['BMP: the pixels end too early.'])
  })
})

describe('a damaged BMP', () => {
  const plain: WrittenBmp = { ...SIZE, bitsPerPixel: 24, words: noise(COUNT, 2 ** 24) }
  const refusal = (file: Uint8Array): Promise<string> =>
    decode(file).then(
      () => 'a picture',
      (error: unknown) => (error instanceof AppError ? `${error.code}: ${error.reason}` : String(error)),
    )

  it.each<[string, Uint8Array, RegExp]>([
    ['cut in its header', writeBmp(plain).subarray(0, 30), /^invalid_image: BMP: the header is cut short/],
    ['without pixels', writeBmp(plain).subarray(0, 54), /^invalid_image: BMP: there are no pixels/],
    ['of no height', writeBmp({ ...plain, height: 0, data: [0] }), /^invalid_image: BMP: a size of 13×0/],
    ['of 30 bits', writeBmp({ ...plain, bitsPerPixel: 30, data: [0] }), /^invalid_image: BMP: 30 bits a pixel/],
    ['with a JPEG inside', writeBmp({ ...plain, compression: 4 }), /^unsupported_format: BMP: a JPEG for a printer inside/],
    [
      'of OS/2 with Huffman codes',
      writeBmp({ ...plain, header: 64, bitsPerPixel: 1, compression: 3, data: [0] }),
      /^unsupported_format: BMP: OS\/2's compression 3/,
    ],
    ['of an unknown header', writeBmp({ ...plain, header: 200 }), /^unsupported_format: BMP: a header of 200 bytes/],
    ['of runs from the top', writeBmp({ ...plain, bitsPerPixel: 8, compression: 1, isTopDown: true, data: [0] }), /^invalid_image/],
  ])('%s is refused', async (_, file, reason) => expect(await refusal(file)).toMatch(reason))

  it('is shown as far as it goes', async () => {
    const { data, warnings } = await decode(truncated(writeBmp(plain), 0.6))
    expect(warnings).toEqual(['BMP: the pixels end too early.'])
    expect(data.subarray(-4)).not.toEqual(Uint8ClampedArray.of(0, 0, 0, 255))
  })

  it('of any kind gives a picture of its size, or is refused', async () => {
    const files = [
      writeBmp(plain),
      writeBmp({ ...SIZE, bitsPerPixel: 4, palette: palette(16), words: noise(COUNT, 16) }),
      writeBmp({
        ...SIZE,
        bitsPerPixel: 8,
        compression: 1,
        palette: palette(16),
        data: [6, 1, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 2, 1, 1, 9, 9, 0, 1],
      }),
      writeBmp({
        ...SIZE,
        bitsPerPixel: 32,
        header: 124,
        compression: 3,
        masks: [0xff0000, 0xff00, 0xff, 0xff000000],
        words: noise(COUNT, 2 ** 32),
      }),
    ]
    for (let seed = 1; seed <= 600; seed++) {
      const file = flipped(files[seed % files.length]!, 1 + (seed % 5), seed, 2)
      try {
        const probe = codec('bmp').probe(file)
        if (probe.width * probe.height > 1_000_000) continue
        expect((await decode(file)).data.length).toBe(probe.width * probe.height * 4)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        expect([415, 422]).toContain(error.fault.status)
      }
    }
  })
})
