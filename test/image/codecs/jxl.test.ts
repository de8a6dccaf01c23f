import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { conversionByCodePoints } from '../../../src/image/icc/code-points.ts'
import { type Conversion, conversionByCurve, conversionOf, convertColour } from '../../../src/image/icc/conversion.ts'
import { P3_PRIMARIES, SRGB_PRIMARIES } from '../../../src/image/icc/primaries.ts'
import { decodeSrgb } from '../../../src/image/icc/srgb.ts'
import { uprightShape } from '../../../src/image/orientation.ts'
import { codec } from '../../../src/image/plan.ts'
import { planExecution, sniffFormat } from '../../../src/image/planner.ts'
import { boxOf, container } from '../../support/jxl/container.ts'
import { encodeJxl } from '../../support/jxl/encode.ts'
import { type WrittenColours, withHeader } from '../../support/jxl/header-writer.ts'
import { decoded, psnr } from '../../support/icc/decoded.ts'
import { matrixProfile, SRGB_CURVE } from '../../support/icc/profile.ts'
import { randomNumbers } from '../../support/jpeg-coefficients.ts'

/** A picture without a pattern, some of it transparent. */
function noise(width: number, height: number, isOpaque = false) {
  const random = randomNumbers(width * 1000 + height)
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 && isOpaque ? 255 : Math.floor(random() * 256),
  )
  return { width, height, data }
}

describe('each pixel of a JPEG XL', () => {
  it.each([
    [40, 30],
    [1, 1],
    [300, 20],
    [17, 1],
  ])('of %d × %d, with alpha', async (width, height) => {
    const picture = noise(width, height)
    const file = await encodeJxl(picture, { lossless: true })
    expect(sniffFormat(file)).toBe('jxl')
    expect(await decoded(file)).toEqual(picture)
  })

  it('in a container, in one box or in parts', async () => {
    const picture = noise(40, 30)
    const codestream = await encodeJxl(picture, { lossless: true })
    expect(await decoded(container([boxOf('jxlc', codestream)]))).toEqual(picture)
    const [first, last] = [codestream.subarray(0, 9), codestream.subarray(9)]
    const parts = container([boxOf('jxlp', [0, 0, 0, 0], first), boxOf('Exif', [0, 0, 0, 0]), boxOf('jxlp', [0x80, 0, 0, 1], last)])
    expect(sniffFormat(parts)).toBe('jxl')
    expect(await decoded(parts)).toEqual(picture)
  })

  it('nearly, with loss', async () => {
    const smooth = noise(64, 64, true)
    for (let i = 0; i < smooth.data.length; i++) if (i % 4 < 3) smooth.data[i] = 2 * ((i >> 2) % 64) + 50 * (i % 4)
    expect(psnr((await decoded(await encodeJxl(smooth, { quality: 90, effort: 3 }))).data, smooth.data)).toBeGreaterThan(40)
  })
})

/** Where the stored pixel lies that is shown at a place (EXIF 2.32, table 6). */
const PLACES: readonly ((x: number, y: number, width: number, height: number) => readonly [number, number])[] = [
  (x, y) => [x, y],
  (x, y, width) => [width - 1 - x, y],
  (x, y, width, height) => [width - 1 - x, height - 1 - y],
  (x, y, _, height) => [x, height - 1 - y],
  (x, y) => [y, x],
  (x, y, _, height) => [y, height - 1 - x],
  (x, y, width, height) => [width - 1 - y, height - 1 - x],
  (x, y, width) => [width - 1 - y, x],
]

describe('the header', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns the picture: %d', async (orientation) => {
    const [width, height] = [23, 11]
    const stored = noise(width, height)
    const file = withHeader(await encodeJxl(stored, { lossless: true }), { orientation })
    const shown = orientation > 4 ? { width: height, height: width } : { width, height }
    const place = PLACES[orientation - 1] as (typeof PLACES)[number]
    const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => {
      const pixel = i >> 2
      const [x, y] = place(pixel % shown.width, Math.floor(pixel / shown.width), width, height)
      return stored.data[4 * (y * width + x) + (i & 3)] as number
    })
    expect(await decoded(file)).toEqual({ ...shown, data })
    expect(codec('jxl').probe(file)).toMatchObject({ width, height, orientation })
  })

  const { white: _white, red, green, blue } = P3_PRIMARIES
  it.each<[string, WrittenColours, Conversion | null]>([
    ['sRGB', {}, null],
    ['P3', { primaries: 11 }, conversionByCurve(P3_PRIMARIES, decodeSrgb, 'rgb')],
    [
      'primaries by their places, and a power',
      { primaries: [red, green, blue], transfer: { power: 1 / 1.8 } },
      conversionByCurve(P3_PRIMARIES, (level) => level ** 1.8, 'rgb'),
    ],
    ['light', { transfer: 8 }, conversionByCurve(SRGB_PRIMARIES, (level) => level, 'rgb')],
    ['BT.2100 PQ', { primaries: 9, transfer: 16 }, conversionByCodePoints(9, 16, 'rgb')],
    ['BT.2100 HLG', { primaries: 9, transfer: 18 }, conversionByCodePoints(9, 18, 'rgb')],
  ])('tells the colours: %s', async (_, colours, conversion) => {
    const stored = noise(40, 30, true)
    const { data } = await decoded(withHeader(await encodeJxl(stored, { lossless: true }), { colours }))
    expect(psnr(data, convertedBy(conversion, stored.data))).toBeGreaterThan(50)
  })

  it('has a profile, which counts and can be kept', async () => {
    const stored = noise(40, 30, true)
    const icc = matrixProfile(P3_PRIMARIES, SRGB_CURVE)
    const file = withHeader(await encodeJxl(stored, { lossless: true }), { icc })
    expect(psnr((await decoded(file)).data, convertedBy(conversionOf(icc, 'rgb'), stored.data))).toBeGreaterThan(50)
    const probe = codec('jxl').probe(file)
    expect(codec('jxl').profile?.(file, probe, { core: undefined as never })).toEqual(icc) // of the file alone
  })

  it('says that colours are multiplied by alpha', async () => {
    const stored = noise(40, 30)
    for (let i = 0; i < stored.data.length; i++)
      if (i % 4 < 3) stored.data[i] = ((stored.data[i] as number) * (stored.data[i | 3] as number)) / 255
    const { data } = await decoded(withHeader(await encodeJxl(stored, { lossless: true }), { isAssociated: true }))
    for (let i = 0; i < data.length; i++) {
      const alpha = stored.data[i | 3] as number
      const straight = i % 4 === 3 || alpha === 0 ? (stored.data[i] as number) : Math.min(255, ((stored.data[i] as number) * 255) / alpha)
      if (alpha > 0) expect(Math.abs((data[i] as number) - straight)).toBeLessThanOrEqual(1)
    }
  })

  it('of inks is 415', async () => {
    const file = withHeader(await encodeJxl(noise(40, 30), { lossless: true }), { extra: 4 })
    await expect(decoded(file)).rejects.toMatchObject({ code: 'unsupported_format' })
  })

  it('has EXIF and XMP in boxes', async () => {
    const codestream = await encodeJxl(noise(8, 8), { lossless: true })
    const packet = Buffer.from('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')
    const file = container([boxOf('jxlc', codestream), boxOf('Exif', [0, 0, 0, 2, 9, 9], Buffer.from('II*\0')), boxOf('xml ', packet)])
    expect(codec('jxl').exif?.(file)).toEqual(Uint8Array.from(Buffer.from('II*\0')))
    expect(codec('jxl').xmp?.(file, { core: undefined as never })).toEqual(Uint8Array.from(packet)) // of the file alone
    expect(codec('jxl').exif?.(codestream)).toBeNull()
  })
})

/** The definition that conversions are held to. */
function convertedBy(conversion: Conversion | null, data: Uint8ClampedArray): readonly number[] {
  if (!conversion) return [...data]
  if (conversion.kind !== 'rgb') throw new Error('Expected curves and a matrix')
  return Array.from({ length: data.length / 4 }, (_, i) => {
    const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(4 * i, 4 * i + 4)
    return [...convertColour(conversion.shares, [red, green, blue]), alpha]
  }).flat()
}

describe('what is wrong', () => {
  it('by chance, in any byte, is a picture of its size or 422, and the next file is decoded', async () => {
    const picture = noise(24, 16)
    const random = randomNumbers(7)
    const outcomes = { picture: 0, refused: 0 }
    for (const options of [{ lossless: true }, { quality: 80 }]) {
      const file = await encodeJxl(picture, options)
      for (let round = 0; round < 60; round++) {
        const mutant = Uint8Array.from(file)
        for (let n = 1 + Math.floor(random() * 3); n > 0; n--)
          mutant[2 + Math.floor(random() * (file.length - 2))] = Math.floor(random() * 256)
        const outcome = await planAndDecode(mutant)
        outcomes[outcome]++
      }
    }
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(5)
    expect(await decoded(await encodeJxl(picture, { lossless: true }))).toEqual(picture)
  })

  it('with the data is 422, and the next file is decoded', async () => {
    const picture = noise(40, 30)
    const file = await encodeJxl(picture, { lossless: true })
    for (const damaged of [file.subarray(0, 8), file.subarray(0, file.length / 2), container([]), container([boxOf('jxlc', [1, 2, 3])])])
      await expect(decoded(damaged)).rejects.toMatchObject({ code: 'invalid_image' })
    expect(await decoded(file)).toEqual(picture)
  })

  it('with its size is 422 before it is decoded', () => {
    const large = Uint8Array.of(0xff, 0x0a, ...header(20_000, 20_000))
    expect(() => planExecution({ steps: [], output: { format: 'png', quality: 80 } }, large, LIMITS)).toThrow(
      expect.objectContaining({ code: 'too_many_pixels' }),
    )
  })
})

const LIMITS = { maxSteps: 8, maxPixels: 1e9, maxSide: 100_000, memoryBytes: 80_000_000 }

/** What becomes of a file under limits. @throws what is neither a picture nor a refusal. */
async function planAndDecode(file: Uint8Array): Promise<'picture' | 'refused'> {
  try {
    const { probe } = planExecution({ steps: [], output: { format: 'png', quality: 80 } }, file, LIMITS)
    const { width, height } = await decoded(file)
    expect({ width, height }).toEqual(uprightShape(probe, probe.orientation))
    return 'picture'
  } catch (error) {
    if (error instanceof AppError && error.fault.status < 500) return 'refused'
    throw error
  }
}

/** Both sides in 18 bits, then a plain header. */
function header(width: number, height: number): readonly number[] {
  const bits = [
    [0, 1],
    [2, 2],
    [height - 1, 18],
    [0, 3],
    [2, 2],
    [width - 1, 18],
    [1, 1],
    [1, 1],
    [0, 7],
  ] as const
  const word = bits.reduceRight((all, [value, count]) => (all << BigInt(count)) | BigInt(value), 0n)
  return Array.from({ length: 7 }, (_, i) => Number((word >> BigInt(8 * i)) & 255n))
}
