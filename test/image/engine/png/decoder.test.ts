import fc from 'fast-check'
import sharp from 'sharp'
import { constants, deflateSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { type Core, createCore } from '../../../../src/image/engine/core.ts'
import { decodePng, decodePngRaster, pngDecodeBytes, type PngDecoderExports } from '../../../../src/image/engine/png/decoder.ts'
import { probePng } from '../../../../src/image/engine/png/header.ts'
import type { Raster } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import {
  assemble,
  CHANNELS,
  chunk,
  dataChunks,
  END,
  filteredRows,
  imageHeader,
  KINDS,
  palette,
  type PngPicture,
  random,
  randomSamples,
  writePng,
} from './writer.ts'

let module: WebAssembly.Module
let core: Core<PngDecoderExports>

beforeAll(async () => {
  module = await coreModule()
  core = createCore(module)
})

/** libvips's reading of the same file. It keeps 16 bits, which are rounded here. */
async function oracle(file: Uint8Array, bitDepth: number): Promise<Buffer> {
  const image = sharp(file).ensureAlpha()
  if (bitDepth < 16) return image.toColourspace('srgb').raw().toBuffer()
  const wide = await image.toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer()
  return Buffer.from(new Uint16Array(wide.buffer, wide.byteOffset, wide.length / 2).map((value) => Math.round(value / 257)))
}

const bytesOf = ({ data }: Raster): Buffer => Buffer.from(data.buffer, data.byteOffset, data.length)

function picture(colourType: number, bitDepth: number, width: number, height: number, seed = 1): PngPicture {
  const samples = randomSamples(seed, width * height * (CHANNELS[colourType] ?? 1), bitDepth)
  return { width, height, colourType, bitDepth, samples, before: colourType === 3 ? [palette(bitDepth)] : [] }
}

const decode = (file: Uint8Array, options = {}): Raster => decodePngRaster(core, file, options)

/** The AppError's code, or `picture`. Anything else that is thrown (a trap, a RangeError) fails the test. */
function outcome(file: Uint8Array, options = {}): string {
  try {
    const raster = decode(file, options)
    return raster.data.length === raster.width * raster.height * 4 ? 'picture' : 'wrong size'
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

describe('every kind of PNG decodes as libvips decodes it', () => {
  const sizes = [
    [1, 1],
    [5, 3],
    [37, 11],
  ] as const
  for (const [colourType, bitDepth] of KINDS) {
    test.each([false, true])(`colour type ${colourType}, ${bitDepth} bits, interlaced %s`, async (interlaced) => {
      for (const [width, height] of sizes) {
        for (const filters of [[0], [1], [2], [3], [4], [4, 1, 3, 2, 0]]) {
          const file = writePng({ ...picture(colourType, bitDepth, width, height, width + filters.length), interlaced, filters })
          expect(bytesOf(decode(file)).equals(await oracle(file, bitDepth)), `${width}×${height}, filters ${filters.join()}`).toBe(true)
        }
      }
    })
  }

  test.each([1, 2, 4, 8])('a palette of %i bits with alphas', async (bitDepth) => {
    const alphas = chunk(
      'tRNS',
      Uint8Array.from({ length: 2 ** bitDepth - 1 }, (_, i) => (i * 53) & 255),
    )
    const file = writePng({ ...picture(3, bitDepth, 19, 7), before: [palette(bitDepth), alphas] })
    expect(probePng(file).hasAlpha).toBe(true)
    expect(bytesOf(decode(file)).equals(await oracle(file, bitDepth))).toBe(true)
  })

  test.each(KINDS.filter(([colourType]) => colourType === 0 || colourType === 2))(
    'a transparent colour, colour type %i, %i bits',
    async (colourType, bitDepth) => {
      const source = picture(colourType, bitDepth, 9, 4)
      const key = source.samples.slice(0, CHANNELS[colourType]) // the first pixel's colour
      const file = writePng({ ...source, before: [chunk('tRNS', Uint8Array.from(key.flatMap((value) => [value >> 8, value & 255])))] })
      const decoded = bytesOf(decode(file))
      expect(decoded[3]).toBe(0)
      expect(decoded.equals(await oracle(file, bitDepth))).toBe(true)
    },
  )

  test('a transparent 16-bit colour is compared in all its bits', () => {
    const file = writePng({
      width: 2,
      height: 1,
      colourType: 0,
      bitDepth: 16,
      samples: [0x1234, 0x1235],
      before: [chunk('tRNS', Uint8Array.of(0x12, 0x34))],
    })
    expect([...decode(file).data]).toEqual([18, 18, 18, 0, 18, 18, 18, 255])
  })

  test('an index beyond the palette is opaque black', () => {
    const before = [chunk('PLTE', Uint8Array.of(10, 20, 30)), chunk('tRNS', Uint8Array.of(7))]
    const file = writePng({ width: 2, height: 1, colourType: 3, bitDepth: 8, samples: [0, 9], before })
    expect([...decode(file).data]).toEqual([10, 20, 30, 7, 0, 0, 0, 255])
  })

  test('16 bits round to the nearest of 8', () => {
    const samples = Array.from({ length: 65536 }, (_, value) => value)
    const { data } = decode(writePng({ width: 256, height: 256, colourType: 0, bitDepth: 16, samples }))
    expect(samples.every((value) => data[value * 4] === Math.round(value / 257))).toBe(true)
  })
})

describe('the inflater', () => {
  const zlib = fc.record({
    level: fc.integer({ min: 0, max: 9 }),
    memLevel: fc.integer({ min: 1, max: 9 }),
    strategy: fc.constantFrom(
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FIXED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
      constants.Z_FILTERED,
    ),
  })
  const noise = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 40 })
  const runs = fc.array(fc.record({ pattern: noise, times: fc.integer({ min: 1, max: 900 }) }), { minLength: 1, maxLength: 30 })

  test('undoes whatever zlib makes, in chunks of any size', () => {
    fc.assert(
      fc.property(runs, zlib, fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 4 }), (parts, options, split) => {
        const samples = parts.flatMap(({ pattern, times }) => Array.from({ length: times }, () => pattern).flat())
        const width = Math.min(samples.length, 500)
        const height = Math.floor(samples.length / width)
        const { data } = decode(writePng({ width, height, colourType: 0, bitDepth: 8, samples, split, zlib: options }))
        return samples.slice(0, width * height).every((value, i) => data[i * 4] === value)
      }),
      { numRuns: 60, seed: 19 },
    )
  })

  test('reaches back over the whole window, and past several buffers', () => {
    const next = random(5)
    const block = Array.from({ length: 32768 }, () => next(256))
    const samples = Array.from({ length: 12 }, () => block).flat()
    const { data } = decode(writePng({ width: 32768, height: 12, colourType: 0, bitDepth: 8, samples, zlib: { level: 9 } }))
    expect(samples.every((value, i) => data[i * 4] === value)).toBe(true)
  })

  test.each([
    ['a wrong zlib header', Uint8Array.of(0x78, 0x9d, 3, 0)],
    ['a preset dictionary', Uint8Array.of(0x78, 0xbb, 0, 0, 0, 1, 3, 0)],
    ['a reserved block type', Uint8Array.of(0x78, 0x9c, 0x07, 0, 0, 0)],
    ['a stored block whose lengths differ', Uint8Array.of(0x78, 0x9c, 0x01, 5, 0, 5, 0, 1, 2, 3, 4, 5)],
    ['a distance before the beginning', Uint8Array.of(0x78, 0x9c, 0x4b, 0x04, 0x62, 0, 0)],
    ['an end before the pixels', deflateSync(Uint8Array.of(0, 1, 2))],
    ['nothing', Uint8Array.of()],
  ])('refuses %s', (_name, data) => {
    expect(outcome(assemble(imageHeader(8, 8, 8, 0), chunk('IDAT', data), END))).toBe('invalid_image')
  })

  test('ignores what follows the pixels, however much it is', () => {
    const source = picture(0, 8, 4, 4)
    const data = deflateSync(Buffer.concat([filteredRows(source), Buffer.alloc(50_000_000)]))
    const file = assemble(imageHeader(4, 4, 8, 0), ...dataChunks(data), END)
    const fresh = createCore<PngDecoderExports>(module)
    expect([...decodePngRaster(fresh, file).data]).toEqual(source.samples.flatMap((value) => [value, value, value, 255]))
    expect(fresh.size()).toBeLessThan(1_000_000)
  })
})

describe('memory', () => {
  test('is bounded by rows, and within the estimate', () => {
    const source = { ...picture(6, 8, 1, 1), width: 3000, height: 2000, filters: [4], samples: [] }
    const file = writePng(source)
    const fresh = createCore<PngDecoderExports>(module)
    const before = fresh.size()
    const stream = decodePng(fresh, file)
    let rows = 0
    for (let band = stream.next(); band !== null; band = stream.next()) rows += band.rows
    expect(rows).toBe(2000)
    expect(fresh.size()).toBeLessThan(750_000) // the picture is 24 MB
    expect(fresh.size() - before).toBeLessThanOrEqual(pngDecodeBytes(probePng(file)))
  })

  test.each([
    ['a header alone', assemble(imageHeader(100_000, 100_000, 16, 0), chunk('IDAT', deflateSync(Buffer.alloc(9))), END), /too_many_pixels/],
    [
      'more than the file can hold',
      assemble(imageHeader(10_000, 10_000, 8, 6), chunk('IDAT', deflateSync(Buffer.alloc(9))), END),
      /invalid_image/,
    ],
    ['one endless row', assemble(imageHeader(0x7fffffff, 1, 16, 6), chunk('IDAT', deflateSync(Buffer.alloc(9))), END), /too_many_pixels/],
  ])('a bomb is refused: %s', (_name, file, expected) => {
    const fresh = createCore<PngDecoderExports>(module)
    const before = fresh.size()
    expect(() => decodePngRaster(fresh, file)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(expected) as string }) as Error,
    )
    expect(fresh.size()).toBeLessThanOrEqual(before + 65_536) // one page of WASM
  })
})

describe('damage', () => {
  const source: PngPicture = { ...picture(2, 8, 12, 9), filters: [4, 3, 1, 2], split: [150] }
  const file = writePng(source)
  const tail = 12 + 4 // IEND and the last checksum of IDAT

  test('a file cut at any byte before its pixels are complete is an error', () => {
    for (let length = 0; length < file.length - tail + 4; length++)
      expect(outcome(file.subarray(0, length)), `cut at ${length}`).toBe('invalid_image')
    for (let length = file.length - 12; length <= file.length; length++)
      expect(outcome(file.subarray(0, length)), `cut at ${length}`).toBe('picture')
  })

  test('partially decoded, a cut file with a first row shows its first rows, then black', () => {
    const whole = decode(file).data
    let shown = -1
    for (let length = 60; length < file.length; length += 7) {
      const cut = file.subarray(0, length)
      if (!/IDAT/.test(Buffer.from(cut).toString('latin1'))) continue
      const rows = whole.length / source.height
      if (shown < 0 && outcome(cut, { isPartial: true }) === 'invalid_image') continue // not one row came out
      const { data } = decode(cut, { isPartial: true })
      let same = 0
      while (
        same < source.height &&
        Buffer.from(data.subarray(0, (same + 1) * rows)).equals(Buffer.from(whole.subarray(0, (same + 1) * rows)))
      )
        same++
      expect(same).toBeGreaterThanOrEqual(shown)
      shown = same
      const rest = data.subarray(same * rows)
      expect(
        rest.every((value, i) => value === (i % 4 === 3 ? 255 : 0)),
        `cut at ${length}`,
      ).toBe(true)
    }
    expect(shown).toBe(source.height)
  })

  test('a wrong checksum is an error, or a warning', () => {
    const broken = Uint8Array.from(file)
    broken[file.length - 13]! ^= 1
    expect(outcome(broken)).toBe('invalid_image')
    const mark = core.mark()
    const stream = decodePng(core, broken, { isPartial: true })
    while (stream.next() !== null);
    core.release(mark)
    expect(stream.warnings).toEqual([expect.stringContaining('checksum')])
  })

  test.each([false, true])('3,000 files with random bytes changed end in an error or a picture (checksums repaired: %s)', (isRepaired) => {
    const next = random(isRepaired ? 7 : 8)
    const files = KINDS.map(([colourType, bitDepth]) =>
      writePng({ ...picture(colourType, bitDepth, 13, 6), filters: [1, 2, 3, 4], interlaced: bitDepth === 4 }),
    )
    const seen = new Set<string>()
    for (let n = 0; n < 3000; n++) {
      const mutant = Uint8Array.from(files[n % files.length]!)
      for (let flips = 1 + next(4); flips > 0; flips--) mutant[8 + next(mutant.length - 8)] = next(256)
      seen.add(outcome(isRepaired ? repaired(mutant) : mutant, { isPartial: next(2) === 0 }))
    }
    expect(outcome(file)).toBe('picture') // the same instance still works
    expect([...seen].filter((code) => !['picture', 'invalid_image', 'too_many_pixels'].includes(code))).toEqual([])
  })
})

/** Recomputes the checksum of every chunk that is whole, so that the change reaches the code behind the check. */
function repaired(file: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  for (let at = 8; at + 12 <= file.length;) {
    const length = Buffer.from(file).readUInt32BE(at)
    if (at + 12 + length > file.length) return assemble(...parts, file.subarray(at))
    parts.push(chunk(Buffer.from(file).toString('latin1', at + 4, at + 8), file.subarray(at + 8, at + 8 + length)))
    at += 12 + length
  }
  return assemble(...parts)
}
