import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import createDecoder from '@jsquash/webp/codec/dec/webp_dec.js'
import createEncoder from '@jsquash/webp/codec/enc/webp_enc.js'
import { defaultOptions } from '@jsquash/webp/meta.js'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Core, createCore } from '../../../../src/image/engine/core.ts'
import { webpChunks, type WebpPixels } from '../../../../src/image/engine/webp/container.ts'
import { decodeVp8, type Vp8Shrink } from '../../../../src/image/engine/webp/vp8/decoder.ts'
import {
  fitLossyBytes,
  fitLossyRows,
  lossyRows,
  lossyRowsBytes,
  planReading,
  type Vp8Core,
} from '../../../../src/image/engine/webp/vp8/rows.ts'
import { type Geometry, wholeImage } from '../../../../src/image/geometry.ts'
import type { Raster, Shape } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import { painted, type Paint } from './pictures.ts'

type Settings = Partial<typeof defaultOptions>

let module: WebAssembly.Module
let encode: (raster: Raster, settings: Settings) => Uint8Array<ArrayBuffer>
/** libwebp's decoder: RGBA. */
let peer: (file: Uint8Array) => Uint8ClampedArray | null

const wasmOf = async (path: string) => ({
  noInitialRun: true,
  wasmBinary: await readFile(createRequire(import.meta.url).resolve(`@jsquash/webp/codec/${path}`)),
})

beforeAll(async () => {
  module = await coreModule()
  const encoder = await createEncoder((await wasmOf('enc/webp_enc.wasm')) as never)
  encode = ({ data, width, height }, settings) => {
    const file = encoder.encode(data as never, width, height, { ...defaultOptions, ...settings })
    return new Uint8Array(file ?? [])
  }
  const decoder = await createDecoder((await wasmOf('dec/webp_dec.wasm')) as never)
  peer = (file) => (decoder.decode(file as never)?.data ?? null) as Uint8ClampedArray | null
})

function chunksOf(file: Uint8Array): WebpPixels {
  const chunks = [...webpChunks(file, 12, file.length)]
  const bitstream = chunks.find(({ kind }) => kind === 'VP8 ')
  if (!bitstream) throw new Error('no VP8')
  return { bitstream, alpha: chunks.find(({ kind }) => kind === 'ALPH') }
}

function decode(file: Uint8Array, shape: Shape, geometry: Geometry = wholeImage(shape)): Raster & { readonly coreBytes: number } {
  const core: Vp8Core = createCore(module)
  const pixels = chunksOf(file)
  const reading = planReading(pixels, shape, geometry)
  const rows = fitLossyRows(core, lossyRows(core, file, pixels, shape, reading), geometry, reading.shrink)
  const data = new Uint8ClampedArray(rows.width * rows.height * 4)
  let at = 0
  for (const band of rows.bands) {
    for (let row = 0; row < band.rows; row++, at += rows.width * 4) {
      const from = band.ptr + row * band.stride
      data.set(core.bytes().subarray(from, from + rows.width * 4), at)
    }
  }
  expect(at).toBe(data.length)
  return { width: rows.width, height: rows.height, data, coreBytes: core.size() }
}

interface Planes {
  readonly isFiltered?: boolean
  readonly shrink?: Vp8Shrink
  /** Rows of luma that are decoded; all when absent. */
  readonly rows?: number
}

/** Samples as the file has them, or means of them, without what hangs over their sides. */
function planes(
  file: Uint8Array,
  shape: Shape,
  { isFiltered = false, shrink = 1, rows: wanted = shape.height }: Planes = {},
): Uint8Array[] {
  const core: Core<Vp8Core['exports']> = createCore(module)
  const sizes = [shrink, Math.max(shrink, 2), Math.max(shrink, 2)].map((by) => ({
    width: Math.ceil(shape.width / by),
    height: Math.ceil(wanted / by),
  }))
  const result = sizes.map(({ width, height }) => new Uint8Array(width * height))
  const at = [0, 0, 0]
  for (const bands of decodeVp8(core, file, chunksOf(file).bitstream, shape, { rows: wanted, isFiltered, shrink })) {
    bands.forEach(({ ptr, stride, rows }, i) => {
      const width = sizes[i]?.width ?? 0
      for (let row = 0; row < rows; row++, at[i] = (at[i] ?? 0) + width)
        result[i]?.set(core.bytes().subarray(ptr + row * stride, ptr + row * stride + width), at[i])
    })
  }
  expect(at).toEqual(result.map(({ length }) => length))
  return result
}

/** Means of squares of `size` samples, rounded; edges are repeated where a square is not full. */
function means(plane: Uint8Array, { width, height }: Shape, size: number): Uint8Array {
  const across = Math.ceil(width / size)
  return Uint8Array.from({ length: across * Math.ceil(height / size) }, (_, i) => {
    let sum = 0
    for (let n = 0; n < size * size; n++) {
      const x = Math.min((i % across) * size + (n % size), width - 1)
      const y = Math.min(Math.floor(i / across) * size + Math.floor(n / size), height - 1)
      sum += plane[y * width + x] ?? 0
    }
    return Math.floor(sum / size ** 2 + 0.5)
  })
}

const NONE = new Uint8Array()

const isSame = (a: Uint8Array | Uint8ClampedArray, b: Uint8Array | Uint8ClampedArray): boolean =>
  Buffer.compare(Buffer.from(a.buffer, a.byteOffset, a.length), Buffer.from(b.buffer, b.byteOffset, b.length)) === 0

const opaque =
  (paint: Paint): Paint =>
  (random, x, y, channel) =>
    channel === 3 ? 255 : paint(random, x, y, channel)

const PAINTS: Readonly<Record<string, Paint>> = {
  noise: opaque((random) => random),
  'all or nothing': opaque((random) => (random & 64 ? 255 : 0)),
  gradient: opaque((random, x, y, channel) => x * 2 + y * (channel + 1) + (random & 3)),
  edges: opaque((_random, x, y, channel) => ((x * y) >> 5) * 60 + channel * 40),
  flat: opaque((_random, _x, _y, channel) => 40 + channel * 80),
}

/** What encoders choose: quantiser, segments, the filter's kind, strength and sharpness, partitions, modes. */
const SETTINGS: readonly Settings[] = [
  { quality: 75 },
  { quality: 5, filter_strength: 100, filter_sharpness: 0 },
  { quality: 30, filter_strength: 60, filter_sharpness: 3, segments: 1 },
  { quality: 50, filter_type: 0, filter_strength: 80, partitions: 3 },
  { quality: 90, filter_strength: 100, filter_sharpness: 7, partitions: 1, method: 6 },
  { quality: 100, filter_strength: 0, method: 0 },
  { quality: 0, filter_type: 0, filter_strength: 100, sns_strength: 100, partitions: 2 },
  { quality: 60, method: 1, filter_strength: 30, filter_sharpness: 5, segments: 2 },
]

describe('every picture decodes as in libwebp', () => {
  it.each(Object.entries(PAINTS))('%s', (_name, paint) => {
    for (let side = 1; side <= 70; side++) {
      for (const [i, [width, height]] of [[side, ((side * 37) % 70) + 1] as const, [((side * 29) % 70) + 1, side] as const].entries()) {
        const settings = SETTINGS[(side + 3 * i) % SETTINGS.length] ?? {}
        const file = encode(painted(width, height, paint), settings)
        expect(isSame(decode(file, { width, height }).data, peer(file) ?? NONE), `${width}×${height} ${JSON.stringify(settings)}`).toBe(
          true,
        )
      }
    }
  })

  it.each(SETTINGS)('of more than one window of its partitions, with %j', (settings) => {
    const raster = painted(700, 460, (random, x, y, channel) => (channel === 3 ? 255 : x < 350 ? random : (x + y * channel) >> 1))
    const file = encode(raster, settings)
    expect(isSame(decode(file, raster).data, peer(file) ?? NONE)).toBe(true)
  })

  it('with alpha', async () => {
    const raster = painted(90, 71, (random, x, y, channel) => (channel === 3 ? x * 3 : y * 2 + (random & 15)))
    for (const alphaQuality of [100, 40]) {
      const file = await sharp(raster.data, { raw: { width: 90, height: 71, channels: 4 } })
        .webp({ quality: 60, alphaQuality })
        .toBuffer()
      expect(isSame(decode(file, raster).data, await sharp(file).raw().toBuffer())).toBe(true)
    }
  })
})

describe('samples', () => {
  it('without the filter are those that the filter starts from', () => {
    const raster = painted(150, 130, PAINTS['noise'] ?? (() => 0))
    const unfiltered = encode(raster, { quality: 40, filter_strength: 0 })
    const [luma] = planes(unfiltered, raster)
    expect(isSame(luma ?? NONE, planes(unfiltered, raster, { isFiltered: true })[0] ?? NONE)).toBe(true)
    const filtered = encode(raster, { quality: 40, filter_strength: 100 })
    expect(isSame(planes(filtered, raster)[0] ?? NONE, planes(filtered, raster, { isFiltered: true })[0] ?? NONE)).toBe(false)
  })

  it.each([2, 4, 8] as const)('shrunk by %s are means of them', (shrink) => {
    for (const [width, height, rows] of [
      [1, 1, 1],
      [16, 16, 16],
      [33, 50, 50],
      [47, 63, 63],
      [64, 57, 57],
      [70, 90, 71],
    ] as const) {
      const file = encode(painted(width, height, PAINTS['noise'] ?? (() => 0)), { quality: 90 })
      const chroma = { width: Math.ceil(width / 2), height: Math.ceil(rows / 2) }
      const expected = planes(file, { width, height }, { rows }).map((plane, i) =>
        means(plane, i === 0 ? { width, height: rows } : chroma, i === 0 ? shrink : shrink / 2),
      )
      expect(planes(file, { width, height }, { shrink, rows }), `${width}×${height}`).toEqual(expected)
    }
  })
})

/** Mean of squared differences as decibels below 255. */
function psnr(a: Uint8ClampedArray, b: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2
  return 10 * Math.log10((255 * 255 * a.length) / Math.max(sum, 1e-9))
}

describe('a reduced decode', () => {
  const shape = { width: 1203, height: 905 }
  /** Waves that grow finer to the right and down. */
  const waves = () =>
    painted(shape.width, shape.height, (_random, x, y, channel) =>
      channel === 3 ? 255 : 128 + 70 * Math.sin((x * x) / 9000) * Math.sin((y * y) / 7000 + channel),
    )
  let file: Uint8Array<ArrayBuffer>
  let whole: Uint8ClampedArray
  beforeAll(() => {
    file = encode(waves(), { quality: 85 })
    whole = peer(file) ?? new Uint8ClampedArray()
  })

  it.each([1.2, 1.5, 2, 3, 4, 5, 8, 11, 16, 40])('%s times smaller shows what scaling the whole picture shows', async (ratio) => {
    const [width, height] = [Math.round(shape.width / ratio), Math.round(shape.height / ratio)]
    const reduced = decode(file, shape, { ...wholeImage(shape), width, height })
    const expected = await sharp(whole, { raw: { ...shape, channels: 4 } })
      .resize(width, height, { fit: 'fill', fastShrinkOnLoad: false })
      .raw()
      .toBuffer()
    expect(psnr(reduced.data, expected)).toBeGreaterThan(ratio < 4 ? 42 : 38)
  })

  it('of a window reads no more rows than it needs, and shows the same', () => {
    const window = { x: 501, y: 77, width: 64, height: 51 }
    const cut = decode(file, shape, { window, width: 64, height: 51, kernel: 'lanczos3' })
    for (let y = 0; y < 51; y++) {
      const at = ((window.y + y) * shape.width + window.x) * 4
      expect(isSame(cut.data.subarray(y * 256, y * 256 + 256), whole.subarray(at, at + 256)), `row ${y}`).toBe(true)
    }
    // What lies behind the window may be missing.
    const short = file.slice()
    short.fill(0xff, Math.floor(file.length * 0.6))
    expect(isSame(decode(short, shape, { window, width: 64, height: 51, kernel: 'lanczos3' }).data, cut.data)).toBe(true)
  })
})

describe('damage', () => {
  it('by a seed gives an error where libwebp gives one, else its picture but for coefficients that pass 16 bits', () => {
    const raster = painted(83, 67, PAINTS['edges'] ?? (() => 0))
    const file = encode(raster, { quality: 60, partitions: 2, filter_strength: 50 })
    let state = 7
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
      return (state >>> 8) % below
    }
    let [equal, differing] = [0, 0]
    for (let round = 0; round < 400; round++) {
      const damaged = file.slice()
      for (let i = random(4); i >= 0; i--) damaged[20 + 10 + random(file.length - 30)] = random(256)
      const expected = peer(damaged)
      let own: Uint8ClampedArray | null = null
      try {
        own = decode(damaged, raster).data
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid_image' })
      }
      expect(own === null, `round ${round}`).toBe(expected === null)
      if (!expected || !own) continue
      if (isSame(own, expected)) equal++
      else differing++
    }
    expect(equal).toBeGreaterThan(100)
    // Some programs calculate in 32 bits, others, as we do, in 16.
    expect(differing).toBeLessThan(equal / 4)
  })

  it('cut at any byte is an error', () => {
    const file = encode(painted(60, 50, PAINTS['gradient'] ?? (() => 0)), { quality: 70, partitions: 1 })
    const pixels = chunksOf(file).bitstream
    for (let end = pixels.start; end < pixels.end - 1; end += 3) {
      const cut = file.slice(0, end)
      new DataView(cut.buffer).setUint32(16, end - pixels.start, true)
      expect(() => decode(cut, { width: 60, height: 50 }), `${end}`).toThrow(expect.objectContaining({ code: 'invalid_image' }))
    }
  })
})

it('takes the memory that was said, and no more for a larger picture', () => {
  for (const shape of [
    { width: 40, height: 30 },
    { width: 1400, height: 1000 },
    { width: 2400, height: 1600 },
  ]) {
    const file = encode(painted(shape.width, shape.height, PAINTS['noise'] ?? (() => 0)), { quality: 80, method: 0, partitions: 3 })
    for (const ratio of [1, 1.5, 4, 9]) {
      const geometry = { ...wholeImage(shape), width: Math.ceil(shape.width / ratio), height: Math.ceil(shape.height / ratio) }
      const { coreBytes } = decode(file, shape, geometry)
      const start = createCore(module).size()
      const pixels = chunksOf(file)
      const reading = planReading(pixels, shape, geometry)
      const planned = lossyRowsBytes(pixels, shape, reading) + fitLossyBytes(shape, geometry, reading.shrink)
      expect(coreBytes).toBeLessThanOrEqual(start + planned)
      expect(coreBytes).toBeLessThan(4_000_000)
    }
  }
})
