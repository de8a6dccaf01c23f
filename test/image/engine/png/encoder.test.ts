import fc from 'fast-check'
import { deflateSync, inflateSync } from 'node:zlib'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Core, createCore } from '../../../../src/image/engine/core.ts'
import { decodePngRaster, type PngDecoderExports } from '../../../../src/image/engine/png/decoder.ts'
import type { PngEncoderExports } from '../../../../src/image/engine/png/encoder.ts'
import { readPngProfile } from '../../../../src/image/engine/png/icc.ts'
import { createDeflater, DEFLATER_BYTES } from '../../../../src/image/engine/png/deflater.ts'
import { probePng } from '../../../../src/image/engine/png/header.ts'
import { createRaster, type Raster } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import { encodePng } from '../../../support/stages.ts'
import { assemble, chunk, END, imageHeader, random } from './writer.ts'

let core: Core<PngEncoderExports & PngDecoderExports>
beforeAll(async () => {
  core = createCore(await coreModule())
})

type Pixel = (x: number, y: number) => readonly [number, number, number, number]

function raster(width: number, height: number, pixel: Pixel): Raster {
  const made = createRaster({ width, height })
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) made.data.set(pixel(x, y), (y * width + x) * 4)
  return made
}

const next = random(3)
const noise: Pixel = () => [next(256), next(256), next(256), next(256)]
const flat: Pixel = () => [9, 200, 30, 255]
const slope: Pixel = (x, y) => [x & 255, y & 255, (x + y) & 255, 255]
const shade: Pixel = (x, y) => [(x * 3 + y) & 255, (x * 3 + y) & 255, (x * 3 + y) & 255, 255]
const glass: Pixel = (x, y) => [(x ^ y) & 255, (x ^ y) & 255, (x ^ y) & 255, (x * y) & 255]

/** The compressed rows of a file (PNG, 3rd edition, 11.2.3). */
function imageData(file: Uint8Array): Buffer {
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  const parts: Uint8Array[] = []
  for (let at = 8; at < file.length; at += view.getUint32(at) + 12)
    if (Buffer.from(file).toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + view.getUint32(at)))
  return Buffer.concat(parts)
}

const pixelsOf = async (file: Uint8Array): Promise<Buffer> => sharp(file).ensureAlpha().toColourspace('srgb').raw().toBuffer()

describe('encodePng', () => {
  test.each([
    ['noise', noise, 6],
    ['two colours', flat, 3],
    ['a slope', slope, 2],
    ['opaque gray', shade, 0],
    ['gray with alpha', glass, 4],
  ] as const)('libvips reads back every pixel of %s', async (_name, pixel, colourType) => {
    for (const [width, height] of [
      [1, 1],
      [3, 2],
      [5, 40],
      [301, 97],
    ] as const) {
      const source = raster(width, height, pixel)
      if (colourType !== 0 && colourType !== 4) source.data[0] = 8 // not gray even with one pixel
      for (let effort = 1; effort <= 10; effort += 3) {
        const file = await encodePng(core, source, { effort })
        expect((await pixelsOf(file)).equals(Buffer.from(source.data.buffer)), `${width}×${height}, effort ${effort}`).toBe(true)
        if (width > 5)
          expect(probePng(file)).toMatchObject({
            width,
            height,
            colourType,
            bitDepth: colourType === 3 ? 1 : 8,
            interlaced: false,
            hasIcc: false,
          })
      }
    }
  })

  test('what it writes, the decoder reads', async () => {
    const channel = fc.constantFrom(0, 1, 127, 128, 255)
    const pictures = fc
      .integer({ min: 1, max: 40 })
      .chain((width) =>
        fc.tuple(
          fc.constant(width),
          fc.array(fc.tuple(channel, channel, channel, channel), { minLength: width, maxLength: width * 12 }),
          fc.integer({ min: 1, max: 10 }),
        ),
      )
    await fc.assert(
      fc.asyncProperty(pictures, async ([width, pixels, effort]) => {
        const height = Math.floor(pixels.length / width)
        const source = { width, height, data: Uint8ClampedArray.from(pixels.slice(0, width * height).flat()) }
        return Buffer.from(decodePngRaster(core, await encodePng(core, source, { effort })).data).equals(Buffer.from(source.data))
      }),
      { numRuns: 200, seed: 11 },
    )
  })

  test.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [16, 4],
    [17, 8],
    [256, 8],
    [257, null],
  ])('%i colours, some of them transparent, take %s bits', async (count, bitDepth) => {
    const source = raster(67, 41, (x, y) => {
      const index = (x * 31 + y * 57) % count
      return [index & 255, 255 - (index & 255), index >> 8, index % 3 === 0 ? index & 255 : 255]
    })
    const file = await encodePng(core, source)
    if (bitDepth === null) expect(probePng(file).colourType).toBe(6)
    else expect(probePng(file)).toMatchObject({ colourType: 3, bitDepth })
    expect((await pixelsOf(file)).equals(Buffer.from(source.data.buffer))).toBe(true)
  })

  test('pixels that do not begin at a whole word are read right', async () => {
    const { data, ...shape } = raster(20, 20, flat)
    const shifted = new Uint8ClampedArray(data.length + 1).subarray(1)
    shifted.set(data)
    expect(await encodePng(core, { ...shape, data: shifted })).toEqual(await encodePng(core, { ...shape, data }))
  })

  test('embeds a profile', async () => {
    const icc = (
      await sharp(Buffer.from(slope(1, 2)), { raw: { width: 1, height: 1, channels: 4 } })
        .withIccProfile('p3')
        .png()
        .toBuffer()
        .then((file) => sharp(file).metadata())
    ).icc
    const file = await encodePng(core, raster(8, 8, slope), { icc: new Uint8Array(icc ?? []) })
    expect(probePng(file).hasIcc).toBe(true)
    expect((await sharp(file).metadata()).icc).toEqual(icc)
    expect(readPngProfile(core, file, 100_000)).toEqual(new Uint8Array(icc ?? []))
    expect(readPngProfile(core, file, (icc?.length ?? 0) - 1)).toBeNull()
    expect(readPngProfile(core, await encodePng(core, raster(8, 8, slope)), 100_000)).toBeNull()
  })

  test('a profile that is a bomb, damaged or nameless counts as absent', () => {
    const bomb = (data: Uint8Array): Uint8Array =>
      assemble(imageHeader(1, 1, 8, 0), chunk('iCCP', data), chunk('IDAT', deflateSync(Uint8Array.of(0, 0))), END)
    const big = deflateSync(Buffer.alloc(30_000_000, 7))
    const before = core.size()
    expect(readPngProfile(core, bomb(Buffer.concat([Buffer.from('x\0\0'), big])), 1_000_000)).toBeNull()
    expect(core.size() - before).toBeLessThan(1_000_000)
    for (const data of [Buffer.from('x\0\0'), Buffer.from('\0\0'), Buffer.from('x\0\x01'), Buffer.from('x\0\0zzzz')]) {
      expect(readPngProfile(core, bomb(data), 1_000_000)).toBeNull()
    }
  })

  test('more effort makes a photograph-like picture smaller, and it beats unfiltered zlib', async () => {
    const hills = raster(400, 300, (x, y) => [
      128 + 90 * Math.sin(x / 31) + next(6),
      128 + 90 * Math.cos(y / 17) + next(6),
      (x + y) & 255,
      255,
    ])
    const sizes = await Promise.all([1, 5, 10].map(async (effort) => (await encodePng(core, hills, { effort })).length))
    expect(sizes[1]).toBeLessThan(sizes[0]!)
    expect(sizes[2]).toBeLessThanOrEqual(sizes[1]!)
    const unfiltered = await sharp(hills.data, { raw: { width: 400, height: 300, channels: 4 } })
      .removeAlpha()
      .png({ adaptiveFiltering: false })
      .toBuffer()
    expect(sizes[1]).toBeLessThan(unfiltered.length)
  })

  test('a drawing of many colours is not filtered: a sample from its middle says so', async () => {
    const colours = Array.from({ length: 300 }, () => noise(0, 0))
    const drawing = raster(256, 512, () => colours[next(300)]!)
    const rows = inflateSync(imageData(await encodePng(core, drawing)))
    expect([...new Set(Array.from({ length: 512 }, (_, y) => rows[y * (256 * 4 + 1)]))]).toEqual([0])
  })

  test('gives its memory back and needs only rows', async () => {
    const mark = core.mark()
    const before = core.size()
    await encodePng(core, raster(1000, 600, slope))
    expect(core.mark()).toBe(mark)
    expect(core.size() - before).toBeLessThan(1_000_000)
  })

  test.each([0, 11, NaN])('refuses effort %s', async (effort) => {
    await expect(encodePng(core, raster(1, 1, flat), { effort })).rejects.toMatchObject({ code: 'invalid_parameter' })
  })
})

describe('the deflater', () => {
  const parts = fc.array(fc.record({ bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }), times: fc.integer({ min: 1, max: 2500 }) }), {
    minLength: 1,
    maxLength: 8,
  })

  test('makes streams that zlib undoes, whatever is written and how', () => {
    const mark = core.mark()
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 0, max: 64 }), (runs, piece, chain) => {
        const plain = Buffer.concat(runs.flatMap(({ bytes, times }) => Array.from({ length: times }, () => bytes)))
        core.release(mark)
        const from = core.alloc(plain.length)
        core.bytes().set(plain, from)
        const deflater = createDeflater(core, { chain, nice: 100 })
        for (let at = 0; at < plain.length; at += piece) deflater.write(from + at, Math.min(piece, plain.length - at))
        const { parts: stream, length } = deflater.end()
        const whole = Buffer.concat(stream)
        return whole.length === length && inflateSync(whole).equals(plain) && core.mark() - from - plain.length <= DEFLATER_BYTES
      }),
      { numRuns: 100, seed: 2 },
    )
    core.release(mark)
  })

  test('keeps codes to 15 bits where Huffman would take more: Fibonacci frequencies', () => {
    const plain: number[] = []
    for (let [a, b, value] = [1, 1, 0]; plain.length + a < 65_535; [a, b, value] = [b, a + b, value + 1])
      for (let i = 0; i < a; i++) plain.push(value)
    for (let i = plain.length - 1; i > 0; i--) {
      const j = next(i + 1)
      ;[plain[i], plain[j]] = [plain[j]!, plain[i]!]
    }
    const mark = core.mark()
    const from = core.alloc(plain.length)
    core.bytes().set(plain, from)
    const deflater = createDeflater(core, { chain: 0, nice: 64 })
    deflater.write(from, plain.length)
    expect([...inflateSync(Buffer.concat(deflater.end().parts))]).toEqual(plain)
    core.release(mark)
  })

  test('stores what cannot be compressed: never more than 5 bytes a block longer', () => {
    const mark = core.mark()
    const bytes = 200_000
    const from = core.alloc(bytes)
    core.bytes().set(
      Uint8Array.from({ length: bytes }, () => next(256)),
      from,
    )
    const deflater = createDeflater(core, { chain: 8, nice: 64 })
    deflater.write(from, bytes)
    expect(deflater.end().length).toBeLessThanOrEqual(bytes + 6 + 4 * 5)
    core.release(mark)
  })

  test('a block longer than 65,535 bytes traps; one as long does not', () => {
    const mark = core.mark()
    const state = core.alloc(core.exports.deflateStateBytes())
    const block = core.alloc(65_536 + 8)
    const output = core.alloc(65_536 + 64)
    core.exports.deflateStart(state, 1, 8)
    expect(core.exports.deflateBlock(state, block, 65_535, 0, 1, output)).toBeGreaterThan(output)
    expect(() => core.exports.deflateBlock(state, block, 65_536, 0, 1, output)).toThrow(WebAssembly.RuntimeError)
    core.release(mark)
  })
})
