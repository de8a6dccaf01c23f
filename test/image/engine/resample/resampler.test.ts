import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createCore } from '../../../../src/image/engine/core.ts'
import {
  createResampler,
  estimateResampleBytes,
  type ResampleExports,
  type ResampleOptions,
} from '../../../../src/image/engine/resample/resampler.ts'
import type { Rectangle, ResampleKernel } from '../../../../src/image/geometry.ts'
import type { Raster } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import { estimateResampleRasterBytes, resampleRaster } from '../../../support/stages.ts'

const module = await coreModule()
const newCore = () => createCore<ResampleExports>(module)
const RESAMPLE_KERNELS = ['lanczos3', 'mitchell', 'catmull-rom', 'triangle', 'box', 'nearest'] as const satisfies readonly ResampleKernel[]

// The definition: textbook kernels in float64, every sample of the source visited for every sample of the output.
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const keys = (x: number, b: number, c: number): number =>
  x < 1
    ? (2 - 1.5 * b - c) * x ** 3 + (-3 + 2 * b + c) * x ** 2 + (1 - b / 3)
    : x < 2
      ? (-b / 6 - c) * x ** 3 + (b + 5 * c) * x ** 2 + (-2 * b - 8 * c) * x + (4 / 3) * b + 4 * c
      : 0
const DEFINITION: Record<Exclude<ResampleKernel, 'nearest' | 'box'>, (x: number) => number> = {
  lanczos3: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0),
  triangle: (x) => Math.max(0, 1 - Math.abs(x)),
  mitchell: (x) => keys(Math.abs(x), 1 / 3, 1 / 3),
  'catmull-rom': (x) => keys(Math.abs(x), 0, 0.5),
}

/** Weight of every sample of a line for output sample `i`. The window's edge samples stand for all that lies outside. */
function lineWeights(origin: number, span: number, sourceSize: number, size: number, i: number, kernel: ResampleKernel): number[] {
  const weights = Array.from({ length: sourceSize }, () => 0)
  const scale = span / size
  const [low, high] = [Math.max(0, Math.floor(origin + 1e-6)), Math.min(sourceSize, Math.ceil(origin + span - 1e-6))]
  const put = (k: number, weight: number) => {
    const at = Math.min(high - 1, Math.max(low, k))
    weights[at] = (weights[at] as number) + weight
  }
  const centre = origin + (i + 0.5) * scale
  if (kernel === 'nearest') put(Math.floor(centre), 1)
  else {
    const stretch = Math.max(1, scale)
    for (let k = Math.floor(centre - 4 * stretch); k <= centre + 4 * stretch; k++) {
      if (kernel === 'box') put(k, Math.max(0, Math.min(k + 1, centre + scale / 2) - Math.max(k, centre - scale / 2)))
      else put(k, DEFINITION[kernel]((k + 0.5 - centre) / stretch))
    }
  }
  const sum = weights.reduce((a, b) => a + b)
  return weights.map((weight) => weight / sum)
}

/** One plane of float64 samples. */
function define(
  source: ArrayLike<number>,
  options: Pick<ResampleOptions, 'sourceWidth' | 'sourceHeight' | 'window' | 'width' | 'height' | 'kernel'>,
): Float64Array {
  const { sourceWidth, sourceHeight, window, width, height, kernel } = options
  const across = Array.from({ length: width }, (_, x) => lineWeights(window.x, window.width, sourceWidth, width, x, kernel))
  const down = Array.from({ length: height }, (_, y) => lineWeights(window.y, window.height, sourceHeight, height, y, kernel))
  const columns = new Float64Array(width * sourceHeight)
  for (let y = 0; y < sourceHeight; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let k = 0; k < sourceWidth; k++) sum += (across[x]?.[k] ?? 0) * (source[y * sourceWidth + k] ?? 0)
      columns[y * width + x] = sum
    }
  }
  const out = new Float64Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let k = 0; k < sourceHeight; k++) sum += (down[y]?.[k] ?? 0) * (columns[k * width + x] ?? 0)
      out[y * width + x] = sum
    }
  }
  return out
}

const toByte = (value: number): number => Math.min(255, Math.max(0, Math.round(value)))

/** Reproducible noise over gradients: hard edges and smooth parts. */
function bytes(count: number, seed: number): Uint8ClampedArray {
  let state = (seed * 2654435761 + 1) >>> 0
  return Uint8ClampedArray.from({ length: count }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (i >> 4) % 3 === 0 ? (i * 7) & 255 : state >>> 24
  })
}

/** Resamples one plane, handed over in bands of `bandRows`. */
function resamplePlane(source: ArrayLike<number>, options: Omit<ResampleOptions, 'channels' | 'premultiply'>, bandRows: number) {
  const core = newCore()
  const stride = (options.width + 3) & ~3
  const target = core.alloc(stride * options.height)
  const band = core.alloc(options.sourceWidth * bandRows + 16)
  const before = core.mark()
  const full = { ...options, channels: 1, premultiply: false } as const
  const resampler = createResampler(core, full, { ptr: target, stride, rows: options.height })
  const taken = core.mark() - before
  for (let y = 0; y < options.sourceHeight; y += bandRows) {
    const rows = Math.min(bandRows, options.sourceHeight - y)
    const piece = Array.prototype.slice.call(source, y * options.sourceWidth, (y + rows) * options.sourceWidth) as number[]
    core.bytes().fill(0xaa, band, band + options.sourceWidth * bandRows + 16)
    core.bytes().set(piece, band)
    resampler.push(band, options.sourceWidth, rows)
  }
  expect(resampler.produced).toBe(options.height)
  const memory = core.bytes()
  const out = Uint8Array.from(
    { length: options.width * options.height },
    (_, i) => memory[target + Math.floor(i / options.width) * stride + (i % options.width)] as number,
  )
  return { out, taken, estimate: estimateResampleBytes(full) }
}

const side = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 70 }))
const job = fc.record({
  sourceWidth: side,
  sourceHeight: side,
  width: side,
  height: side,
  kernel: fc.constantFrom(...RESAMPLE_KERNELS),
  seed: fc.nat(1000),
  bandRows: fc.integer({ min: 1, max: 9 }),
  cut: fc.tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0, max: 0.45, noNaN: true }))),
})

function windowOf({ sourceWidth, sourceHeight, cut }: { sourceWidth: number; sourceHeight: number; cut: number[] }): Rectangle {
  const [left, top, right, bottom] = cut.map((part) => (part < 0.1 ? 0 : part)) as [number, number, number, number]
  return {
    x: left * sourceWidth,
    y: top * sourceHeight,
    width: (1 - left - right) * sourceWidth,
    height: (1 - top - bottom) * sourceHeight,
  }
}

describe('createResampler', () => {
  it('is within 1 of the float64 definition for any size, window, kernel and banding, and within its estimate', () => {
    fc.assert(
      fc.property(job, (given) => {
        const options = { ...given, window: windowOf(given) }
        const source = bytes(given.sourceWidth * given.sourceHeight, given.seed)
        const { out, taken, estimate } = resamplePlane(source, options, given.bandRows)
        const expected = define(source, options)
        for (let i = 0; i < out.length; i++) expect(Math.abs((out[i] as number) - toByte(expected[i] as number))).toBeLessThanOrEqual(1)
        expect(taken).toBeLessThanOrEqual(estimate)
      }),
      { numRuns: 300, seed: 3 },
    )
  })

  it.each(RESAMPLE_KERNELS)('reduces 900 rows to a few with %s in memory that does not grow with the ratio', (kernel) => {
    const options = { sourceWidth: 40, sourceHeight: 900, width: 7, height: 3, kernel, window: { x: 0, y: 0, width: 40, height: 900 } }
    const source = bytes(40 * 900, 5)
    const { out, taken, estimate } = resamplePlane(source, options, 16)
    const expected = define(source, options)
    for (let i = 0; i < out.length; i++) expect(Math.abs((out[i] as number) - toByte(expected[i] as number))).toBeLessThanOrEqual(1)
    expect(taken).toBeLessThanOrEqual(estimate)
    expect(taken).toBeLessThan(40 * 900)
  })

  it('is the identity at equal size', () => {
    const source = bytes(33 * 21, 1)
    for (const kernel of ['lanczos3', 'catmull-rom', 'triangle', 'box', 'nearest'] as const) {
      const options = { sourceWidth: 33, sourceHeight: 21, width: 33, height: 21, kernel, window: { x: 0, y: 0, width: 33, height: 21 } }
      expect(resamplePlane(source, options, 8).out).toEqual(Uint8Array.from(source))
    }
  })
})

const whole = ({ width, height }: Raster): Rectangle => ({ x: 0, y: 0, width, height })
const rasterOf = (width: number, height: number, seed: number, alpha: (i: number) => number): Raster => {
  const data = bytes(width * height * 4, seed)
  for (let i = 0; i < width * height; i++) data[i * 4 + 3] = alpha(i)
  return { width, height, data }
}

describe('resampleRaster', () => {
  it('is within 2 of the definition on premultiplied colours where they can be seen, and alpha within 1', () => {
    fc.assert(
      fc.property(job, (given) => {
        const source = rasterOf(given.sourceWidth, given.sourceHeight, given.seed, (i) => (i % 5 === 0 ? 0 : (i * 37) & 255))
        const options = { ...given, window: windowOf(given) }
        const out = resampleRaster(newCore(), source, given.width, given.height, given.kernel, options.window).data
        const alphas = define(
          Array.from({ length: source.data.length / 4 }, (_, i) => source.data[i * 4 + 3] as number),
          options,
        )
        for (let channel = 0; channel < 3; channel++) {
          const weighted = Array.from(
            { length: source.data.length / 4 },
            (_, i) => ((source.data[i * 4 + channel] as number) * (source.data[i * 4 + 3] as number)) / 255,
          )
          const sums = define(weighted, options)
          for (let i = 0; i < sums.length; i++) {
            expect(Math.abs((out[i * 4 + 3] as number) - toByte(alphas[i] as number)), `alpha of pixel ${i}`).toBeLessThanOrEqual(1)
            if ((alphas[i] as number) < 12) continue
            const expected = toByte(((sums[i] as number) * 255) / (alphas[i] as number))
            expect(Math.abs((out[i * 4 + channel] as number) - expected), `channel ${channel} of pixel ${i}`).toBeLessThanOrEqual(2)
          }
        }
      }),
      { numRuns: 150, seed: 4 },
    )
  })

  it('keeps a constant picture constant, and an opaque one opaque', () => {
    fc.assert(
      fc.property(job, fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.integer({ min: 8, max: 255 })), (given, colour) => {
        const source: Raster = {
          width: given.sourceWidth,
          height: given.sourceHeight,
          data: new Uint8ClampedArray(given.sourceWidth * given.sourceHeight * 4),
        }
        source.data.forEach((_, i) => (source.data[i] = colour[i & 3] as number))
        const { data } = resampleRaster(newCore(), source, given.width, given.height, given.kernel, windowOf(given))
        expect([...new Set(new Uint32Array(data.buffer))]).toEqual([...new Set(new Uint32Array(source.data.buffer))])
        const opaque = rasterOf(given.sourceWidth, given.sourceHeight, given.seed, () => 255)
        expect(
          resampleRaster(newCore(), opaque, given.width, given.height, given.kernel).data.every(
            (sample, i) => i % 4 !== 3 || sample === 255,
          ),
        ).toBe(true)
      }),
      { numRuns: 100, seed: 5 },
    )
  })

  it('does not let the colour of transparent pixels show', () => {
    const source: Raster = { width: 64, height: 8, data: new Uint8ClampedArray(64 * 8 * 4) }
    for (let i = 0; i < 64 * 8; i++) source.data.set(i % 64 < 32 ? [200, 100, 50, 255] : [0, 255, 0, 0], i * 4)
    for (const kernel of RESAMPLE_KERNELS) {
      const { data } = resampleRaster(newCore(), source, 21, 8, kernel)
      for (let i = 0; i < data.length; i += 4) {
        if ((data[i + 3] as number) > 4)
          expect(
            [...data.subarray(i, i + 3)].map((v, c) => Math.abs(v - ([200, 100, 50][c] as number)) <= 1),
            `${kernel}, pixel ${i / 4}`,
          ).toEqual([true, true, true])
      }
    }
  })

  it('gives back all the memory it took, within its estimate', () => {
    const core = newCore()
    const before = core.mark()
    const fresh = core.size()
    resampleRaster(
      core,
      rasterOf(900, 700, 2, (i) => i & 255),
      1200,
      1000,
      'lanczos3',
    )
    expect(core.mark()).toBe(before)
    expect(core.size()).toBeLessThanOrEqual(
      fresh + 65536 + estimateResampleRasterBytes({ width: 900, height: 700 }, 1200, 1000, 'lanczos3'),
    )
  })

  it.each([
    ['lanczos3', 'lanczos3', 45],
    ['mitchell', 'mitchell', 45],
    ['catmull-rom', 'cubic', 45],
    ['nearest', 'nearest', 60],
  ] as const)('agrees with libvips for %s', async (kernel, theirs, floorDb) => {
    const smooth = await sharp(Buffer.from(bytes(60 * 40 * 3, 9)), { raw: { width: 60, height: 40, channels: 3 } })
      .resize(600, 400)
      .ensureAlpha()
      .raw()
      .toBuffer()
    const source: Raster = { width: 600, height: 400, data: new Uint8ClampedArray(smooth) }
    const expected = await sharp(smooth, { raw: { width: 600, height: 400, channels: 4 } })
      .resize(200, 133, { kernel: theirs, fit: 'fill', fastShrinkOnLoad: false })
      .raw()
      .toBuffer()
    const { data } = resampleRaster(newCore(), source, 200, 133, kernel, whole(source))
    const error = data.reduce((sum, sample, i) => sum + (sample - (expected[i] as number)) ** 2, 0) / data.length
    expect(10 * Math.log10(255 ** 2 / error)).toBeGreaterThan(floorDb)
  })
})

describe('isOpaque', () => {
  it.each(Array.from({ length: 12 }, (_, i) => i + 1))('sees one transparent pixel anywhere among %i', (pixels) => {
    const core = createCore<ResampleExports>(module)
    const at = core.alloc(pixels * 4 + 64)
    const fill = (): void =>
      void core
        .bytes()
        .fill(255, at, at + pixels * 4)
        .fill(0, at + pixels * 4, at + pixels * 4 + 15)
    fill()
    expect(core.exports.isOpaque(at, pixels * 4)).toBe(1)
    for (let pixel = 0; pixel < pixels; pixel++) {
      fill()
      core.bytes()[at + pixel * 4 + 3] = 254
      expect(core.exports.isOpaque(at, pixels * 4), `pixel ${pixel}`).toBe(0)
    }
  })
})
