import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { jpeg } from '../../../src/image/codecs/jpeg.ts'
import { png } from '../../../src/image/codecs/png.ts'
import { decodeRaster, openRowsContext } from '../../../src/image/execute.ts'
import { wholeImage } from '../../../src/image/geometry.ts'
import { BT2020_PRIMARIES, P3_PRIMARIES, SRGB_PRIMARIES, toXyz, type Primaries } from '../../../src/image/icc/primaries.ts'
import { codec } from '../../../src/image/plan.ts'
import { SECOND_STAGES } from '../../../src/image/second/stages.ts'
import { bytesBySharp, decodedBytes } from '../../support/icc/decoded.ts'
import { iccChunk, jpegWithProfile, pngWithChunks, pngWithProfile, webpWithProfile } from '../../support/icc/embed.ts'
import { gamma, grayProfile, matrixProfile, parametric, profile, samples, SRGB_CURVE } from '../../support/icc/profile.ts'
import { openImageContext } from '../../support/image-context.ts'

const SIDE = 64
const ADOBE_RGB: Primaries = { ...SRGB_PRIMARIES, green: [0.21, 0.71] }
const PROPHOTO: Primaries = { white: [0.3457, 0.3585], red: [0.7347, 0.2653], green: [0.1596, 0.8404], blue: [0.0366, 0.0001] }

/** All kinds of colours: each channel runs through its levels in its own direction. */
const COLOURS = Buffer.from(
  Array.from({ length: SIDE * SIDE }, (_, i) => [
    (i * 4) % 256,
    (Math.floor(i / SIDE) * 4 + 1) % 256,
    (i * 7 + (i >> 6) * 13) % 256,
  ]).flat(),
)
const GRAYS = Buffer.from(Array.from({ length: SIDE * SIDE }, (_, i) => i % 256))
const raw = (channels: 1 | 3) => sharp(channels === 1 ? GRAYS : COLOURS, { raw: { width: SIDE, height: SIDE, channels } })
const pngOf = async (channels: 1 | 3 = 3): Promise<Uint8Array> =>
  new Uint8Array(await (channels === 1 ? raw(1).toColourspace('b-w') : raw(3)).png().toBuffer())

function furthest(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((most, level, i) => Math.max(most, Math.abs(level - (b[i] ?? 0))), 0)
}

describe('a profile of curves and a matrix', () => {
  it.each<[string, Uint8Array]>([
    ['Display P3', matrixProfile(P3_PRIMARIES, SRGB_CURVE)],
    ['Adobe RGB', matrixProfile(ADOBE_RGB, gamma(2.19921875))],
    ['ProPhoto', matrixProfile(PROPHOTO, parametric(3, [1.8, 1, 0, 1 / 16, 1 / 32]))],
    ['Rec. 2020', matrixProfile(BT2020_PRIMARIES, parametric(4, [1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081, 0, 0]))],
    ['a table', matrixProfile(P3_PRIMARIES, samples(Array.from({ length: 1024 }, (_, i) => (i / 1023) ** 1.5)))],
    ['a table of two', matrixProfile(P3_PRIMARIES, samples([0, 1]))],
    ['no curve', matrixProfile(SRGB_PRIMARIES, samples([]))],
    ['a parametric power', matrixProfile(ADOBE_RGB, parametric(0, [1.8]))],
    ['a power behind a break', matrixProfile(P3_PRIMARIES, parametric(1, [2, 1.1, -0.1]))],
  ])('%s gives what lcms gives, within a level', async (_, icc) => {
    const file = pngWithProfile(await pngOf(), icc)
    const converted = await decodedBytes(file)
    expect(furthest(converted, await bytesBySharp(file))).toBeLessThanOrEqual(1)
    expect(furthest(converted, await decodedBytes(await pngOf()))).toBeGreaterThan(10)
  })

  it('is read from JPEG, in parts of any order, and from WebP', async () => {
    const icc = matrixProfile(P3_PRIMARIES, SRGB_CURVE)
    const photo = new Uint8Array(await raw(3).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer())
    const lossless = new Uint8Array(await raw(3).webp({ lossless: true }).toBuffer())
    const files = {
      whole: jpegWithProfile(photo, icc),
      parts: jpegWithProfile(photo, icc, 100),
      reversed: jpegWithProfile(photo, icc, 100, true),
      webp: webpWithProfile(lossless, { width: SIDE, height: SIDE }, icc),
    }
    for (const [name, file] of Object.entries(files))
      expect([name, furthest(await decodedBytes(file), await bytesBySharp(file))]).toEqual([name, 1])
  })

  const srgb = (light: number): number => Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055))

  // lcms maps the darkest colour to black here; what a display shows does not.
  it('whose black is not dark gives what its formula says', async () => {
    const icc = matrixProfile(SRGB_PRIMARIES, parametric(2, [2, 0.95, -0.05, 0.02]))
    const gray = Uint8Array.from({ length: GRAYS.length * 3 }, (_, i) => GRAYS[Math.floor(i / 3)] ?? 0)
    const plain = await sharp(gray, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .png()
      .toBuffer()
    const converted = await decodedBytes(pngWithProfile(new Uint8Array(plain), icc))
    const wanted = (level: number): number => srgb(Math.max(0, (0.95 * level) / 255 - 0.05) ** 2 + 0.02)
    expect(
      furthest(
        converted.filter((_, i) => i % 4 === 0),
        Uint8Array.from(GRAYS, wanted),
      ),
    ).toBeLessThanOrEqual(1)
  })

  // lcms interpolates gray coarsely in the shadows: there the formula counts alone.
  it.each([
    [1, gamma(1)],
    [1.8, gamma(1.80078125)],
    [3, parametric(0, [3])],
  ])('of gray with a power of %d', async (power, curve) => {
    const file = pngWithProfile(await pngOf(1), grayProfile(curve))
    const photo = jpegWithProfile(new Uint8Array(await raw(1).toColourspace('b-w').jpeg({ quality: 100 }).toBuffer()), grayProfile(curve))
    const [converted, lcms] = [await decodedBytes(file), await bytesBySharp(file)]
    const reds = converted.filter((_, i) => i % 4 === 0)
    expect(
      furthest(
        reds,
        Uint8Array.from(GRAYS, (level: number) => srgb((level / 255) ** power)),
      ),
    ).toBeLessThanOrEqual(1)
    const isLight = (_: number, i: number): boolean => (GRAYS[i >> 2] ?? 0) >= 20
    expect(furthest(converted.filter(isLight), lcms.filter(isLight))).toBeLessThanOrEqual(1)
    const plain = await decodedBytes(await pngOf(1))
    const moved = (bytes: Uint8Array, from: Uint8Array): boolean => furthest(bytes, from) > 10
    expect([moved(converted, plain), moved(await decodedBytes(photo), plain)]).toEqual([true, true])
  })

  it('leaves alpha as it is', async () => {
    const alpha = Buffer.from(Array.from({ length: SIDE * SIDE }, (_, i) => (i * 3) % 256))
    const plain = new Uint8Array(
      await raw(3)
        .joinChannel(alpha, { raw: { width: SIDE, height: SIDE, channels: 1 } })
        .png()
        .toBuffer(),
    )
    const converted = await decodedBytes(pngWithProfile(plain, matrixProfile(P3_PRIMARIES, SRGB_CURVE)))
    expect(converted.filter((_, i) => i % 4 === 3)).toEqual(new Uint8Array(alpha))
  })
})

describe('the colours stay as they are', () => {
  const P3 = matrixProfile(P3_PRIMARIES, SRGB_CURVE)
  const broken = (change: (bytes: Uint8Array) => void): Uint8Array => {
    const bytes = P3.slice()
    change(bytes)
    return bytes
  }
  const padded = (size: number): Uint8Array => {
    const bytes = new Uint8Array(size)
    bytes.set(P3)
    new DataView(bytes.buffer).setUint32(0, size)
    return bytes
  }
  const NAN = profile('RGB ', { rXYZ: new Uint8Array(20), rTRC: parametric(0, [-2]) })
  it.each<[string, 1 | 3, Uint8Array]>([
    ['of a profile that means sRGB', 3, matrixProfile(SRGB_PRIMARIES, SRGB_CURVE)],
    ['of a profile for gray in a coloured picture', 3, grayProfile(gamma(1))],
    ['of a profile for colours in a gray picture', 1, P3],
    ['of a profile for inks', 3, broken((bytes) => bytes.set(new TextEncoder().encode('CMYK'), 16))],
    ['of what is no profile', 3, broken((bytes) => bytes.fill(0, 36, 40))],
    ['of a profile without tags', 3, profile('RGB ', {})],
    ['of a profile with numbers that are none', 3, NAN],
    ['of a profile that is cut short', 3, P3.slice(0, 200)],
    ['of a profile of more than 1 MiB', 3, padded(1_048_577)],
    ['of a tag that lies beyond the end', 3, broken((bytes) => new DataView(bytes.buffer).setUint32(132 + 3 * 12 + 4, 0xfffffff0))],
    ['of a curve that lies about its length', 3, matrixProfile(P3_PRIMARIES, samples([0, 1]).fill(255, 8, 12))],
    ['of an unknown type of curve', 3, matrixProfile(P3_PRIMARIES, parametric(0, [2]).fill(9, 9, 10))],
  ])('%s', async (_, channels, icc) => {
    const plain = await pngOf(channels)
    expect(furthest(await decodedBytes(pngWithProfile(plain, icc)), await decodedBytes(plain))).toBe(0)
  })
})

it('a profile of 4 MiB counts in a JPEG, one of 1 MiB in a PNG', async () => {
  const padded = (size: number): Uint8Array => {
    const bytes = new Uint8Array(size)
    bytes.set(matrixProfile(P3_PRIMARIES, SRGB_CURVE))
    new DataView(bytes.buffer).setUint32(0, size)
    return bytes
  }
  const photo = new Uint8Array(await raw(3).jpeg().toBuffer())
  const moved = async (file: Uint8Array, plain: Uint8Array): Promise<boolean> =>
    furthest(await decodedBytes(file), await decodedBytes(plain)) > 10
  const inJpeg = (size: number): Promise<boolean> => moved(jpegWithProfile(photo, padded(size)), photo)
  expect([await inJpeg(4_194_304), await inJpeg(4_194_305)]).toEqual([true, false])
  const plain = await pngOf()
  expect(await moved(pngWithProfile(plain, padded(1_048_576)), plain)).toBe(true)
})

describe('what a PNG says of its colours', () => {
  const P3 = matrixProfile(P3_PRIMARIES, SRGB_CURVE)
  const number = (...values: readonly number[]): Uint8Array => {
    const view = new DataView(new ArrayBuffer(values.length * 4))
    values.forEach((value, i) => view.setUint32(i * 4, Math.round(value * 100_000)))
    return new Uint8Array(view.buffer)
  }
  const chromaticities = ({ white, red, green, blue }: Primaries): Uint8Array => number(...white, ...red, ...green, ...blue)
  const CICP_P3 = Uint8Array.of(12, 13, 0, 1)
  const decoded = async (chunks: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> =>
    decodedBytes(pngWithChunks(await pngOf(), chunks))
  const withP3 = async (): Promise<Uint8Array> => decodedBytes(pngWithProfile(await pngOf(), P3))
  const plain = async (): Promise<Uint8Array> => decodedBytes(await pngOf())

  it('by code points', async () => {
    expect(furthest(await decoded({ cICP: CICP_P3 }), await withP3())).toBeLessThanOrEqual(1)
    expect(furthest(await decoded({ cICP: Uint8Array.of(1, 13, 0, 1) }), await plain())).toBe(0)
  })

  it('by gamma and primaries', async () => {
    const linear = await decoded({ gAMA: number(1) })
    const source = await plain()
    const srgb = (level: number): number => {
      const light = level / 255
      return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055)
    }
    expect(
      furthest(
        linear,
        source.map((level, i) => (i % 4 === 3 ? level : Math.round(srgb(level)))),
      ),
    ).toBeLessThanOrEqual(1)
    expect(furthest(await decoded({ gAMA: number(1 / 2.2), cHRM: chromaticities(P3_PRIMARIES) }), await withP3())).toBeLessThanOrEqual(1)
    expect(furthest(await decoded({ gAMA: number(1 / 2.2), cHRM: chromaticities(SRGB_PRIMARIES) }), source)).toBe(0)
  })

  it.each<[string, Readonly<Record<string, Uint8Array>>, 'P3' | 'sRGB']>([
    ['code points before a profile', { iCCP: iccChunk(matrixProfile(PROPHOTO, gamma(1.8))), cICP: CICP_P3 }, 'P3'],
    ['a profile before sRGB', { sRGB: Uint8Array.of(0), iCCP: iccChunk(P3) }, 'P3'],
    ['a profile before a gamma', { gAMA: number(1), iCCP: iccChunk(P3) }, 'P3'],
    ['sRGB before a gamma', { gAMA: number(1), cHRM: chromaticities(P3_PRIMARIES), sRGB: Uint8Array.of(0) }, 'sRGB'],
    ['primaries alone count for nothing', { cHRM: chromaticities(P3_PRIMARIES) }, 'sRGB'],
    ['a gamma of nothing', { gAMA: number(0) }, 'sRGB'],
    ['primaries that span nothing', { gAMA: number(1), cHRM: number(0, 0, 0, 0, 0, 0, 0, 0) }, 'sRGB'],
    ['a narrow range', { cICP: Uint8Array.of(12, 13, 0, 0) }, 'sRGB'],
    ['a damaged profile, then sRGB', { iCCP: Uint8Array.of(65, 0, 0, 1, 2, 3), sRGB: Uint8Array.of(0) }, 'sRGB'],
  ])('%s', async (_, chunks, wanted) => {
    expect(furthest(await decoded(chunks), wanted === 'P3' ? await withP3() : await plain())).toBeLessThanOrEqual(wanted === 'P3' ? 1 : 0)
  })
})

describe('on every way through the engine', () => {
  const P3 = matrixProfile(P3_PRIMARIES, SRGB_CURVE)
  const files: Record<'jpeg' | 'png' | 'webp', () => Promise<Uint8Array>> = {
    jpeg: async () => jpegWithProfile(new Uint8Array(await raw(3).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()), P3),
    png: async () => pngWithProfile(await pngOf(), P3),
    webp: async () => webpWithProfile(new Uint8Array(await raw(3).webp({ lossless: true }).toBuffer()), { width: SIDE, height: SIDE }, P3),
  }

  it.each(Object.keys(files) as (keyof typeof files)[])('the second engine converts a %s too', async (format) => {
    const file = await files[format]()
    const { context, release } = openImageContext()
    const probe = codec(format).probe(file)
    const raster = await decodeRaster(context, file, format, probe, wholeImage(probe), SECOND_STAGES)
    await release(true)
    expect(furthest(new Uint8Array(raster.data), await bytesBySharp(file))).toBeLessThanOrEqual(format === 'jpeg' ? 3 : 1)
  })

  it.each(['jpeg', 'png'] as const)('results of one pass over a %s are converted', async (format) => {
    const file = await files[format]()
    const { context, release } = openImageContext()
    const probe = codec(format).probe(file)
    const own = format === 'jpeg' ? jpeg : png
    const whole = wholeImage(probe)
    const [full, half] =
      (await own.pass?.decode(file, probe as never, [whole, { ...whole, width: 32, height: 32 }], await openRowsContext(context))) ?? []
    expect(furthest(new Uint8Array(full?.data ?? []), await decodedBytes(file))).toBe(0)
    const scaled = await decodeRaster(context, file, format, probe, { ...whole, width: 32, height: 32 })
    expect(furthest(new Uint8Array(half?.data ?? []), new Uint8Array(scaled.data))).toBe(0)
    await release(true)
  })

  it('grays of a profile alone do not go from planes to planes', async () => {
    const recodeBytes = async (channels: 1 | 3, icc: Uint8Array): Promise<number | null> => {
      const image = channels === 1 ? raw(1).toColourspace('b-w') : raw(3)
      const probe = jpeg.probe(jpegWithProfile(new Uint8Array(await image.jpeg().toBuffer()), icc))
      return jpeg.recodeBytes?.(probe, [{ geometry: wholeImage(probe), options: { quality: 80 } }]) ?? null
    }
    expect(await recodeBytes(3, P3)).toBeGreaterThan(0)
    expect(await recodeBytes(1, grayProfile(gamma(1.8)))).toBeNull()
  })
})

it('primaries become the matrices of the published profiles', () => {
  const published: readonly [Primaries, readonly (readonly number[])[]][] = [
    // IEC 61966-2-1, adapted to D50 as in the sRGB profiles of the ICC
    [
      SRGB_PRIMARIES,
      [
        [0.4361, 0.3851, 0.1431],
        [0.2225, 0.7169, 0.0606],
        [0.0139, 0.0971, 0.7141],
      ],
    ],
    // Display P3 of Apple
    [
      P3_PRIMARIES,
      [
        [0.5151, 0.292, 0.1571],
        [0.2412, 0.6922, 0.0666],
        [-0.0011, 0.0419, 0.7841],
      ],
    ],
  ]
  for (const [primaries, matrix] of published)
    matrix.forEach((row, y) => row.forEach((value, x) => expect(toXyz(primaries)?.[y]?.[x]).toBeCloseTo(value, 3)))
})
