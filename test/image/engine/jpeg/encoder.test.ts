import fc from 'fast-check'
import sharp, { type JpegOptions } from 'sharp'
import { describe, expect, it } from 'vitest'
import { createCore } from '../../../../src/image/engine/core.ts'
import type { JpegEncoderExports } from '../../../../src/image/engine/jpeg/encode/frame.ts'
import { estimateEncodeBytes, type JpegEncodeOptions } from '../../../../src/image/engine/jpeg/encode/encoder.ts'
import { createJpegRowEncoder } from '../../../../src/image/engine/jpeg/encode/rows.ts'
import { huffmanCodes, optimalTable } from '../../../../src/image/engine/jpeg/encode/tables.ts'
import type { Raster } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import { rasterRows } from '../../../../src/image/engine/rows/pixel-rows.ts'
import { encodeRaster } from '../../../support/stages.ts'

const module = await coreModule()
const newCore = () => createCore<JpegEncoderExports>(module)

const OPTIONS: JpegEncodeOptions = { quality: 80, subsampling: '4:2:0', colour: 'ycbcr', progressive: false, optimise: true }

/** Soft coloured waves with a little noise: compresses like a photograph. */
function picture(width: number, height: number, seed = 1, noise = 6): Raster {
  let state = (seed * 2654435761 + 1) >>> 0
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)]
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const grain = ((state >>> 24) / 255 - 0.5) * noise
    data[i * 4] = 128 + 90 * Math.sin(x / 17 + seed) * Math.cos(y / 23) + grain
    data[i * 4 + 1] = 128 + 80 * Math.sin((x + y) / 31) + grain
    data[i * 4 + 2] = 128 + 70 * Math.cos(x / 41 - y / 19 + seed) + grain
    data[i * 4 + 3] = 255
  }
  return { width, height, data }
}

async function decode(file: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(file, { failOn: 'warning' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

function psnr(a: Raster, b: Raster): number {
  expect([b.width, b.height]).toEqual([a.width, a.height])
  const error = a.data.reduce((sum, sample, i) => sum + (sample - (b.data[i] as number)) ** 2, 0) / a.data.length
  return 10 * Math.log10(255 ** 2 / Math.max(error, 1e-9))
}

const sharpJpeg = ({ width, height, data }: Raster, options: JpegOptions): Promise<Uint8Array> =>
  sharp(Buffer.from(data), { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .jpeg(options)
    .toBuffer()

/** The payloads of all segments with a marker. */
function segments(file: Uint8Array, marker: number): number[][] {
  const found: number[][] = []
  for (let at = 2; file[at + 1] !== 0xda;) {
    const length = ((file[at + 2] as number) << 8) | (file[at + 3] as number)
    if (file[at + 1] === marker) found.push([...file.subarray(at + 4, at + 2 + length)])
    at += 2 + length
  }
  return found
}

const options = fc.record({
  quality: fc.integer({ min: 1, max: 100 }),
  subsampling: fc.constantFrom('4:4:4' as const, '4:2:2' as const, '4:2:0' as const),
  colour: fc.constantFrom('ycbcr' as const, 'ycbcr' as const, 'gray' as const),
})

it('a picture of many tokens has the same file when others allocate between its rows', () => {
  const grainy = picture(640, 480, 3, 200)
  const core = newCore()
  const { bands } = rasterRows(core, grainy)
  const encoder = createJpegRowEncoder(core, grainy, OPTIONS)
  for (const band of bands) {
    core.alloc(16)
    encoder.take(band)
  }
  expect(Buffer.from(encoder.finish()).equals(encodeRaster(newCore(), grainy, OPTIONS))).toBe(true)
})

describe('encodeRaster', () => {
  it('has equal pixels in libjpeg whichever way they are coded, at any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        options,
        fc.nat(99),
        async (width, height, given, seed) => {
          const core = newCore()
          const source = picture(width, height, seed, 120)
          const [fast, optimised, progressive] = await Promise.all(
            [
              { optimise: false, progressive: false },
              { optimise: true, progressive: false },
              { optimise: true, progressive: true },
            ].map(async (how) => decode(encodeRaster(core, source, { ...given, ...how }))),
          )
          expect([fast?.width, fast?.height]).toEqual([width, height])
          expect(optimised).toEqual(fast)
          expect(progressive).toEqual(fast)
        },
      ),
      { numRuns: 150, seed: 11 },
    )
  })

  it.each([
    [10, '4:2:0', 27],
    [50, '4:2:0', 33],
    [80, '4:2:0', 36],
    [95, '4:4:4', 42],
    [100, '4:4:4', 47],
  ] as const)('is as near to the source as libjpeg at quality %i, and no larger', async (quality, subsampling, floorDb) => {
    const source = picture(321, 203)
    for (const progressive of [false, true]) {
      const ours = encodeRaster(newCore(), source, { ...OPTIONS, quality, subsampling, progressive })
      const theirs = await sharpJpeg(source, { quality, chromaSubsampling: subsampling, progressive })
      const db = psnr(source, await decode(ours))
      expect(db).toBeGreaterThan(floorDb)
      expect(db).toBeGreaterThan(psnr(source, await decode(theirs)) - 0.05)
      expect(ours.length).toBeLessThan(theirs.length * 1.02)
    }
  })

  it('has the quantisation tables of libjpeg at every quality', async () => {
    for (let quality = 1; quality <= 100; quality++) {
      const ours = segments(encodeRaster(newCore(), picture(8, 8), { ...OPTIONS, quality }), 0xdb)
      const theirs = segments(await sharpJpeg(picture(8, 8), { quality }), 0xdb)
      expect(ours).toEqual(theirs)
    }
  })

  it('keeps gray gray, and the colours where the chroma is halved', async () => {
    const source = picture(63, 41)
    const gray = await decode(encodeRaster(newCore(), source, { ...OPTIONS, colour: 'gray', quality: 95 }))
    gray.data.forEach((sample, i) => {
      if (i % 4 !== 0) return
      const luma = 0.299 * (source.data[i] as number) + 0.587 * (source.data[i + 1] as number) + 0.114 * (source.data[i + 2] as number)
      expect(Math.abs(sample - luma)).toBeLessThan(12)
      expect(gray.data[i + 1]).toBe(sample)
    })
    const flat = { ...picture(17, 9), data: new Uint8ClampedArray(17 * 9 * 4).map((_, i) => [200, 30, 90, 255][i & 3] as number) }
    for (const subsampling of ['4:4:4', '4:2:2', '4:2:0'] as const) {
      expect(psnr(flat, await decode(encodeRaster(newCore(), flat, { ...OPTIONS, subsampling, quality: 100 })))).toBeGreaterThan(45)
    }
  })

  it('settles the Huffman tables early when a picture has more tokens than are kept', async () => {
    const source = picture(1500, 900, 3, 255)
    const core = newCore()
    const [optimised, fast] = [true, false].map((optimise) =>
      encodeRaster(core, source, { ...OPTIONS, quality: 98, subsampling: '4:4:4', optimise }),
    )
    expect(optimised?.length).toBeLessThan(fast?.length ?? 0)
    expect(await decode(optimised as Uint8Array)).toEqual(await decode(fast as Uint8Array))
    expect(core.size()).toBeLessThan(6 * 1024 * 1024)
  }, 60_000)

  it('refines large coefficients over many blocks without losing a correction', async () => {
    // A steep wave at the finest steps: coefficients that are large in all blocks give runs of nothing but correction bits.
    const source = picture(400, 200, 1, 0)
    const how = { ...OPTIONS, quality: 100, subsampling: '4:4:4' } as const
    const [sequential, progressive] = [false, true].map((isProgressive) =>
      encodeRaster(newCore(), source, { ...how, progressive: isProgressive }),
    )
    expect(await decode(progressive as Uint8Array)).toEqual(await decode(sequential as Uint8Array))
  })

  it('embeds a profile of any length, in chunks', async () => {
    const profile = Uint8Array.from({ length: 150_000 }, (_, i) => (i * 31) >> 3)
    const file = encodeRaster(newCore(), picture(9, 9), { ...OPTIONS, icc: profile })
    const parts = segments(file, 0xe2)
    expect(parts.map((part) => String.fromCharCode(...part.slice(0, 11)) + part.slice(12, 14).join('/'))).toEqual([
      'ICC_PROFILE1/3',
      'ICC_PROFILE2/3',
      'ICC_PROFILE3/3',
    ])
    expect(parts.flatMap((part) => part.slice(14))).toEqual([...profile])
    await decode(file)
  })

  it('takes no more memory than estimated, and gives it back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        options,
        fc.boolean(),
        fc.boolean(),
        (width, height, given, progressive, optimise) => {
          const core = newCore()
          const before = core.mark()
          const all = { ...given, progressive, optimise }
          const inputRows = width * 4 * 16 + (width + 48) * 4 + 256
          encodeRaster(core, picture(width, height, 1, 255), all)
          expect(core.mark()).toBe(before)
          expect(core.size() - before).toBeLessThanOrEqual(
            Math.max(4 * 65536, 65536 + inputRows + estimateEncodeBytes({ width, height }, all)),
          )
        },
      ),
      { numRuns: 60, seed: 12 },
    )
  })

  it('refuses a side that the format cannot name', () => {
    const long: Raster = { width: 65536, height: 1, data: new Uint8ClampedArray(65536 * 4) }
    expect(() => encodeRaster(newCore(), long, OPTIONS)).toThrow(expect.objectContaining({ code: 'output_too_large' }))
  })
})

describe('optimalTable', () => {
  const counts = fc
    .array(fc.oneof(fc.constant(0), fc.nat(9), fc.nat(1e6)), { minLength: 256, maxLength: 256 })
    .filter((all) => all.some((count) => count > 0))

  it('is a prefix code of at most 16 bits without a code of all ones, within one bit of the entropy', () => {
    fc.assert(
      fc.property(counts, (all) => {
        const codes = huffmanCodes(optimalTable(all))
        let space = 0
        let bits = 0
        let entropy = 0
        const total = all.reduce((a, b) => a + b)
        all.forEach((count, symbol) => {
          const [length, code] = [(codes[symbol] as number) >>> 24, (codes[symbol] as number) & 0xffffff]
          expect(length > 0).toBe(count > 0)
          if (count === 0) return
          expect(length).toBeLessThanOrEqual(16)
          expect(code).toBeLessThan(2 ** length - 1)
          space += 2 ** -length
          bits += count * length
          entropy -= count * Math.log2(count / total)
        })
        expect(space).toBeLessThan(1)
        expect(bits).toBeLessThanOrEqual(entropy + total * 1.01 + 256)
      }),
      { seed: 13 },
    )
  })

  it('shortens the codes of counts like Fibonacci numbers, whose tree is too deep', () => {
    const fibonacci = [1, 1]
    while (fibonacci.length < 40) fibonacci.push((fibonacci.at(-1) as number) + (fibonacci.at(-2) as number))
    const { lengths, symbols } = optimalTable(fibonacci)
    expect(lengths).toHaveLength(16)
    expect(symbols).toHaveLength(40)
    expect(lengths.reduce((a, b) => a + b)).toBe(40)
    expect(lengths.reduce((space, count, i) => space + count * 2 ** -(i + 1), 0)).toBeLessThan(1)
  })
})
