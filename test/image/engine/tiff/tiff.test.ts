import sharp, { type Sharp, type TiffOptions } from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { decodeRaster } from '../../../../src/image/execute.ts'
import { conversionOf } from '../../../../src/image/icc/conversion.ts'
import { convertByGrid } from '../../../../src/image/icc/grid.ts'
import { wholeImage } from '../../../../src/image/geometry.ts'
import { uprightShape } from '../../../../src/image/orientation.ts'
import { codec } from '../../../../src/image/plan.ts'
import { planExecution } from '../../../../src/image/planner.ts'
import { decodeAs } from '../../../support/apply-steps.ts'
import { flipped, truncated } from '../../../support/broken-pictures.ts'
import { openImageContext } from '../../../support/image-context.ts'
import { sample } from '../../../support/pictures.ts'
import { tableProfile, tablesTag } from '../../../support/icc/profile.ts'
import { type WrittenCoding, type WrittenPage, writeTiff } from './writer.ts'

const LIMITS = { maxSteps: 1, maxPixels: 1e7, maxSide: 10_000 }

async function decode(file: Uint8Array, page?: number) {
  const { context, release } = openImageContext()
  const { source, probe } = planExecution({ steps: [], output: { format: 'source', quality: 80 }, page }, file, LIMITS)
  expect(source).toBe('tiff')
  const raster = await decodeRaster(context, file, 'tiff', probe, { ...wholeImage(uprightShape(probe, probe.orientation)), page })
  await release(true)
  return { ...raster, probe, warnings: [...context.warnings] }
}

async function theirs(file: Uint8Array, page = 1) {
  const { data, info } = await sharp(file, { page: page - 1 })
    .autoOrient()
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

async function expectLikeTheirs(file: Uint8Array, tolerance = 0, page = 1): Promise<void> {
  const [ours, wanted] = [await decode(file, page), await theirs(file, page)]
  expect([ours.width, ours.height]).toEqual([wanted.width, wanted.height])
  let most = 0
  for (const [i, value] of wanted.data.entries()) most = Math.max(most, Math.abs(value - (ours.data[i] ?? 0)))
  expect(most).toBeLessThanOrEqual(tolerance)
  expect(ours.warnings).toEqual([])
}

const lake = async (): Promise<Sharp> => sharp(await sample()).resize(211, 141)
const noise = (count: number, bits: number): number[] =>
  Array.from({ length: count }, (_, i) => (Math.imul(i + 1, 2_654_435_761) >>> 9) % 2 ** bits)

describe('a TIFF by libvips is read as libvips reads it', () => {
  const codings: readonly TiffOptions[] = [
    { compression: 'none' },
    { compression: 'packbits' },
    { compression: 'lzw', predictor: 'none' },
    { compression: 'lzw', predictor: 'horizontal' },
    { compression: 'deflate', predictor: 'none' },
    { compression: 'deflate', predictor: 'horizontal' },
  ]
  const shapes: readonly TiffOptions[] = [{}, { tile: true, tileWidth: 64, tileHeight: 48 }]
  const cases = codings.flatMap((coding) => shapes.map((shape) => ({ ...coding, ...shape })))
  const pictures: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
    RGB: (picture) => picture,
    RGBA: (picture) => picture.ensureAlpha(0.4),
    gray: (picture) => picture.toColourspace('b-w'),
    'RGB of 16 bits': (picture) => picture.toColourspace('rgb16'),
  }
  describe.each(Object.entries(pictures))('%s', (what, change) => {
    it.each(cases)('%o', async (options) => {
      await expectLikeTheirs(
        await change(await lake())
          .tiff(options)
          .toBuffer(),
        what.includes('16') ? 1 : 0,
      )
    })
  })

  it.each([1, 2, 4] as const)('of %i bits', async (bitdepth) => {
    for (const compression of ['none', 'lzw'] as const)
      await expectLikeTheirs(await (await lake()).toColourspace('b-w').tiff({ compression, bitdepth, predictor: 'none' }).toBuffer(), 1)
  })

  it.each([
    ['a photograph in two colours', async () => (await lake()).threshold(120)],
    ['white', async () => sharp({ create: { width: 90, height: 40, channels: 3, background: '#fff' } })],
    [
      'noise',
      async () =>
        sharp(
          Uint8Array.from(noise(200 * 90, 1), (bit) => bit * 255),
          { raw: { width: 200, height: 90, channels: 1 } },
        ),
    ],
    [
      'long runs',
      async () =>
        sharp({ create: { width: 5200, height: 9, channels: 3, background: '#fff' } })
          .composite([{ input: { create: { width: 4700, height: 5, channels: 3, background: '#000' } }, left: 100, top: 2 }])
          .removeAlpha(),
    ],
  ] as const)('in fax codes: %s', async (_, picture) => {
    const png = await (await picture()).png().toBuffer()
    for (const miniswhite of [false, true])
      await expectLikeTheirs(await sharp(png).toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1, miniswhite }).toBuffer())
  })

  it.each<[string, TiffOptions]>([
    ['strips', {}],
    ['tiles', { tile: true, tileWidth: 64, tileHeight: 64 }],
  ])('with JPEG inside, in %s', async (_, shape) => {
    await expectLikeTheirs(await (await lake()).tiff({ compression: 'jpeg', quality: 85, ...shape }).toBuffer(), 3)
    await expectLikeTheirs(
      await (
        await lake()
      )
        .toColourspace('b-w')
        .tiff({ compression: 'jpeg', quality: 85, ...shape })
        .toBuffer(),
      1,
    )
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turned by orientation %i', async (orientation) => {
    await expectLikeTheirs(await (await lake()).withMetadata({ orientation }).tiff({ compression: 'lzw' }).toBuffer())
  })

  it('of Display P3, converted', async () => {
    const file = await (await lake()).withIccProfile('p3').tiff({ compression: 'none' }).toBuffer()
    const { data } = await decode(file)
    const png = await sharp(file).keepIccProfile().png().toBuffer()
    const { context, release } = openImageContext()
    const wanted = await decodeAs(context, 'png', new Uint8Array(png))
    await release(true)
    expect(data).toEqual(wanted.data)
    expect(codec('tiff').profile?.(file, codec('tiff').probe(file), undefined as never)).not.toBeNull()
  })

  it('of four inks, by their profile and without one', async () => {
    const print = { colourSpace: 'CMYK', pcs: 'Lab ', points: 9, device: (levels: readonly number[]) => levels.slice(1) } as const
    const profile = tableProfile(print, { A2B0: tablesTag(print, 2) }, 2)
    const data = Array.from({ length: 64 }, (_, i) => [4 * i, 250 - 3 * i, 2 * i, i]).flat()
    const inks: WrittenPage = { width: 64, height: 1, bits: 8, samples: 4, photometric: 5, data }
    const { data: pixels } = await decode(writeTiff([{ ...inks, fields: [[34675, 7, profile]] }]))
    const conversion = conversionOf(new Uint8Array(profile), 'cmyk')
    if (conversion?.kind !== 'grid') throw new Error('The profile has a table.')
    for (let x = 0; x < 64; x++)
      for (const [c, level] of convertByGrid(conversion.grid(), data.slice(4 * x, 4 * x + 4)).entries())
        expect(Math.abs(level - (pixels[4 * x + c] ?? 0))).toBeLessThanOrEqual(1)
    const plain = await decode(writeTiff([{ ...inks, width: 1, data: [200, 30, 90, 20] }]))
    expect([...plain.data]).toEqual([51, 207, 152, 255])
  })
})

describe('a TIFF by its specification', () => {
  const shape = { width: 23, height: 17 }
  const count = shape.width * shape.height
  const codings: readonly WrittenCoding[] = ['none', 'packbits', 'lzw', 'deflate']
  const page = (bits: number, samples: number, photometric: number, more: Partial<WrittenPage> = {}): WrittenPage => ({
    ...shape,
    bits,
    samples,
    photometric,
    data: noise(count * samples, bits),
    ...more,
  })
  const level = (value: number, bits: number): number => Math.round((value * 255) / (2 ** bits - 1))
  const blocks: readonly Partial<WrittenPage>[] = [{}, { rowsPerStrip: 5 }, { tile: { width: 16, height: 16 } }]
  const cases = codings.flatMap((coding) =>
    blocks.flatMap((block) =>
      [true, false].flatMap((isLittle) => [false, true].map((isPlanar) => ({ coding, ...block, isLittle, isPlanar }))),
    ),
  )

  it.each(cases)('RGB: %o', async ({ isLittle, ...wish }) => {
    for (const bits of [8, 16]) {
      const hasPredictor = wish.coding === 'lzw' || wish.coding === 'deflate'
      const written = page(bits, 3, 2, { ...wish, hasPredictor })
      const { data, warnings } = await decode(writeTiff([written], isLittle))
      expect(warnings).toEqual([])
      expect([...data]).toEqual(
        Array.from({ length: count }, (_, i) => [0, 1, 2].map((c) => level(written.data[3 * i + c]!, bits)).concat(255)).flat(),
      )
    }
  })

  it.each(Array.from({ length: 16 }, (_, i) => i + 1))('gray of %i bits', async (bits) => {
    for (const photometric of [0, 1]) {
      const written = page(bits, 1, photometric)
      const { data } = await decode(writeTiff([written]))
      expect(Array.from({ length: count }, (_, i) => data[4 * i])).toEqual(
        Array.from(written.data, (value) => (photometric === 0 ? 255 - level(value, bits) : level(value, bits))),
      )
    }
  })

  it.each([1, 4, 8])('a palette of %i bits', async (bits) => {
    const palette = Array.from({ length: 3 * 2 ** bits }, (_, i) => ((i * 37) & 255) * 257)
    const written = page(bits, 1, 3, { fields: [[320, 3, palette]] })
    const { data, probe } = await decode(writeTiff([written]))
    expect(probe).toMatchObject({ isFlat: true, hasAlpha: false })
    for (let i = 0; i < count; i++)
      expect([...data.subarray(4 * i, 4 * i + 4)]).toEqual([...[0, 1, 2].map((c) => palette[c * 2 ** bits + written.data[i]!]! / 257), 255])
  })

  it.each([
    ['red', [138, 81, 70], [255, 0, 0]],
    ['green', [224, -79, 81], [0, 255, 0]],
    ['blue', [75, 68, -112], [0, 0, 255]],
    ['white', [255, 0, 0], [255, 255, 255]],
    ['gray', [137, 0, 0], [128, 128, 128]],
  ])('Lab: %s of sRGB', async (_, lab, rgb) => {
    const data = lab.map((value) => value & 255)
    const { data: shown } = await decode(writeTiff([{ width: 1, height: 1, bits: 8, samples: 3, photometric: 8, data }]))
    rgb.forEach((value, c) => expect(Math.abs(value - (shown[c] ?? 0)), `${c}`).toBeLessThanOrEqual(10))
  })

  it.each([
    ['red', [54.29, 80.81, 69.89], [255, 0, 0]],
    ['green', [87.82, -79.27, 80.99], [0, 255, 0]],
    ['blue', [29.57, 68.3, -112.03], [0, 0, 255]],
    ['white', [100, 0, 0], [255, 255, 255]],
    ['gray', [53.59, 0, 0], [128, 128, 128]],
  ])('Lab of 16 bits: %s of sRGB', async (_, [l = 0, a = 0, b = 0], rgb) => {
    const data = [Math.round((l * 65_535) / 100), ...[a, b].map((value) => Math.round(value * 256) & 65_535)]
    const { data: shown } = await decode(writeTiff([{ width: 1, height: 1, bits: 16, samples: 3, photometric: 8, data }]))
    rgb.forEach((value, c) => expect(Math.abs(value - (shown[c] ?? 0)), `${c}`).toBeLessThanOrEqual(1))
  })

  it('bits from the lowest on', async () => {
    const written = page(1, 1, 1)
    expect((await decode(writeTiff([{ ...written, isReversed: true }]))).data).toEqual((await decode(writeTiff([written]))).data)
  })

  it('alpha: associated, not associated, and other samples behind', async () => {
    const one = (samples: number, data: readonly number[], extra: number) =>
      decode(writeTiff([{ width: 1, height: 1, bits: 8, samples, photometric: 2, data, fields: [[338, 3, [extra]]] }]))
    expect([...(await one(4, [50, 20, 10, 100], 1)).data]).toEqual([128, 51, 26, 100])
    expect([...(await one(4, [50, 20, 10, 0], 1)).data]).toEqual([0, 0, 0, 0])
    expect([...(await one(4, [50, 20, 10, 100], 2)).data]).toEqual([50, 20, 10, 100])
    expect([...(await one(5, [50, 20, 10, 100, 7], 2)).data]).toEqual([50, 20, 10, 100])
  })

  it('pages of different sizes by their numbers', async () => {
    const file = writeTiff([page(8, 3, 2), { width: 5, height: 3, bits: 8, samples: 1, photometric: 1, data: noise(15, 8) }])
    expect(await decode(file)).toMatchObject({ ...shape, probe: { frames: 2 } })
    expect(await decode(file, 2)).toMatchObject({ width: 5, height: 3 })
    await expectLikeTheirs(file, 0, 2)
    await expect(decode(file, 3)).rejects.toMatchObject({ code: 'invalid_parameter' })
  })

  it.each([true, false])('BigTIFF, lowest byte first: %s', async (isLittle) => {
    const pages: WrittenPage[] = [
      page(8, 3, 2),
      { ...page(16, 3, 2), coding: 'lzw', hasPredictor: true, rowsPerStrip: 3 },
      { ...page(8, 3, 2), isPlanar: true },
    ]
    const file = writeTiff(pages, isLittle, true)
    expect(codec('tiff').probe(file)).toMatchObject({ ...shape, frames: 3 })
    for (const number of [1, 2, 3]) {
      const plain = await decode(writeTiff(pages, isLittle), number)
      expect((await decode(file, number)).data).toEqual(plain.data)
      await expectLikeTheirs(file, number === 2 ? 1 : 0, number)
    }
  })

  it('directories inside of pages are no pages', async () => {
    const inner = writeTiff([{ ...page(8, 1, 1), fields: [[330, 4, [8]]] }])
    expect(codec('tiff').probe(inner).frames).toBe(1)
    await expectLikeTheirs(inner)
  })

  it('a chain of pages that comes back ends there', () => {
    const file = writeTiff([page(8, 1, 1), page(8, 1, 1)])
    file.copyWithin(file.length - 4, 4, 8)
    expect(codec('tiff').probe(file).frames).toBe(2)
  })
})

describe('a damaged TIFF', () => {
  const good: WrittenPage = { width: 40, height: 30, bits: 8, samples: 3, photometric: 2, data: noise(3600, 8), rowsPerStrip: 7 }
  const withField = (tag: number, type: 3 | 4, ...values: readonly number[]) => writeTiff([{ ...good, fields: [[tag, type, values]] }])

  it.each<[string, Uint8Array, string, RegExp]>([
    ['cut in its header', writeTiff([good]).subarray(0, 6), 'invalid_image', /the header is cut short/],
    ['whose directory lies beyond the end', truncated(writeTiff([good]), 0.5), 'invalid_image', /there is no directory/],
    ['without pixels', writeTiff([{ ...good, fields: [[273, 4, []]] }]), 'invalid_image', /there are no pixels/],
    ['whose pixels lie beyond the end', withField(273, 4, 9_999_999), 'invalid_image', /the pixels are damaged/],
    ['of no width', withField(256, 4, 0), 'invalid_image', /a size of 0×30/],
    ['of too many samples', withField(277, 3, 60_000), 'invalid_image', /60000 samples/],
    ['of floats', withField(339, 3, 3), 'unsupported_format', /floats/],
    ['of unequal samples', withField(258, 3, 5, 6, 5), 'unsupported_format', /different sizes/],
    ['of an unknown compression', withField(259, 3, 34_712), 'unsupported_format', /compression 34712/],
    ['of old JPEG', withField(259, 3, 6), 'unsupported_format', /compression 6 \(old JPEG\)/],
    ['of differences of floats', withField(317, 3, 3), 'unsupported_format', /floats \(predictor 3\)/],
    ['a BigTIFF cut in its header', writeTiff([good], true, true).subarray(0, 12), 'invalid_image', /the header is cut short/],
    ['a BigTIFF with offsets of 4 bytes', writeTiff([good], true, true).with(4, 4), 'invalid_image', /other offsets/],
    ['a BigTIFF whose directory lies beyond 2^32', writeTiff([good], true, true).with(13, 9), 'invalid_image', /there is no directory/],
    ['of unknown colours', withField(262, 3, 32_803), 'unsupported_format', /colours of kind 32803/],
    [
      'with tiles of no size',
      writeTiff([{ ...good, tile: { width: 16, height: 16 }, fields: [[322, 3, [0]]] }]),
      'invalid_image',
      /blocks of no size/,
    ],
  ])('%s is refused', async (_, file, code, reason) => {
    await expect(decode(file)).rejects.toMatchObject({ code, reason: expect.stringMatching(reason) })
  })

  it.each(['none', 'packbits', 'lzw', 'deflate'] as const)('is shown as far as it goes: %s', async (coding) => {
    const offsets = [8, 9_999_999, 9_999_999, 9_999_999, 9_999_999]
    const { data, warnings } = await decode(writeTiff([{ ...good, coding, fields: [[273, 4, offsets]] }]))
    expect(warnings).toEqual(['TIFF: pixels are missing.'])
    expect([...data.subarray(0, 3)]).toEqual(Array.from(good.data).slice(0, 3))
    expect([...data.subarray(-4)]).toEqual([0, 0, 0, 255])
  })

  it('that asks for a tile larger than memory is refused by its plan', () => {
    const file = writeTiff([
      {
        ...good,
        tile: { width: 16, height: 16 },
        fields: [
          [322, 4, [60_000]],
          [323, 4, [60_000]],
          [256, 4, [9000]],
          [257, 4, [9000]],
        ],
      },
    ])
    expect(() =>
      planExecution({ steps: [], output: { format: 'png', quality: 80 } }, file, { ...LIMITS, maxPixels: 1e8, memoryBytes: 1e8 }),
    ).toThrow(/bytes of memory/)
  })

  it('of any kind gives a picture of its size, or is refused', async () => {
    const gray = { ...good, samples: 1, photometric: 1, data: noise(1200, 8) }
    const files = [
      writeTiff([good]),
      writeTiff([{ ...good, coding: 'lzw', hasPredictor: true, isPlanar: true }], false),
      writeTiff([{ ...gray, coding: 'deflate', tile: { width: 16, height: 16 } }, gray]),
      writeTiff([{ ...gray, coding: 'packbits' }]),
      new Uint8Array(await (await lake()).threshold(90).toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1 }).toBuffer()),
      new Uint8Array(await (await lake()).tiff({ compression: 'jpeg', tile: true, tileWidth: 64, tileHeight: 64 }).toBuffer()),
    ]
    for (let seed = 1; seed <= 900; seed++) {
      const whole = files[seed % files.length]!
      const file = flipped(whole, 1 + (seed % 6), seed, seed % 2 === 0 ? 4 : Math.max(4, whole.length - 200))
      try {
        const { probe } = planExecution({ steps: [], output: { format: 'png', quality: 80 } }, file, {
          ...LIMITS,
          maxPixels: 1e6,
          memoryBytes: 5e7,
        })
        expect((await decode(file)).data.length).toBe(probe.width * probe.height * 4)
      } catch (error) {
        if (!(error instanceof AppError)) throw new Error(`seed ${seed}`, { cause: error })
        expect([400, 415, 422], `seed ${seed}: ${error.message}`).toContain(error.fault.status)
      }
    }
  })
})
