import { hitchhikersSSIM } from '@blazediff/ssim/hitchhikers-ssim'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { lumaOnWhite, type LumaPlane, ssimOf } from '../../../src/image/definitions/ssim.ts'
import { createLuma, ssim, ssimBytes } from '../../../src/image/engine/pixels/ssim.ts'
import type { Engine } from '../../../src/image/engine/engine.ts'
import { rasterRows } from '../../../src/image/engine/rows/pixel-rows.ts'
import type { Raster, Shape } from '../../../src/image/raster.ts'
import { openImageContext } from '../../support/image-context.ts'

let core: Engine
beforeAll(async () => {
  core = await openImageContext().context.core()
})

/** Waves with noise, the same for equal seeds; `alpha` from it too where it is wanted. */
function raster({ width, height }: Shape, seed: number, noise: number, hasAlpha = false): Raster {
  const data = new Uint8ClampedArray(width * height * 4)
  let state = seed
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    const [pixel, channel] = [i >> 2, i & 3]
    const wave = 128 + 90 * Math.sin((pixel % width) / 7 + channel) * Math.cos(Math.floor(pixel / width) / 5)
    data[i] = channel < 3 ? wave + ((state >>> 24) - 128) * noise : hasAlpha ? state >>> 24 : 255
  }
  return { width, height, data }
}

const lumaOf = ({ width, height, data }: Raster): LumaPlane => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height }, (_, i) =>
    lumaOnWhite(...(Array.from(data.subarray(i * 4, i * 4 + 4)) as [number, number, number, number])),
  ),
})

function score(a: Raster, b: Raster, tile?: number): number {
  const mark = core.mark()
  const [first, second] = [a, b].map((one) => {
    const luma = createLuma(core, one)
    for (const band of rasterRows(core, one).bands) luma.take(band)
    return luma
  }) as [ReturnType<typeof createLuma>, ReturnType<typeof createLuma>]
  const result = ssim(core, first, second, tile)
  core.release(mark)
  return result
}

const shapes = fc.record({ width: fc.integer({ min: 8, max: 75 }), height: fc.integer({ min: 8, max: 75 }) })

describe('the structural similarity of the core', () => {
  it('is that of its definition', () => {
    fc.assert(
      fc.property(shapes, fc.nat(1e9), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (shape, seed, noise, hasAlpha) => {
        const [a, b] = [raster(shape, seed, 0.1, hasAlpha), raster(shape, seed + 1, noise, hasAlpha)]
        expect(score(a, b)).toBeCloseTo(ssimOf(lumaOf(a), lumaOf(b)), 10)
      }),
      { numRuns: 40 },
    )
  })

  it('is what another implementation says of gray pictures', () => {
    fc.assert(
      fc.property(shapes, fc.nat(1e9), fc.double({ min: 0, max: 1, noNaN: true }), (shape, seed, noise) => {
        const [a, b] = [raster(shape, seed, 0.1), raster(shape, seed + 1, noise)]
        for (const { data } of [a, b]) for (let i = 0; i < data.length; i += 4) data.fill(data[i] ?? 0, i, i + 3)
        const options = { windowSize: 8, windowStride: 4, covPooling: false }
        expect(score(a, b)).toBeCloseTo(hitchhikersSSIM(a.data, b.data, undefined, shape.width, shape.height, options), 4)
      }),
      { numRuns: 40 },
    )
  })

  it('is 1 for equal pictures, and less the more noise there is', () => {
    const clean = raster({ width: 64, height: 48 }, 1, 0)
    const scores = [0, 0.05, 0.1, 0.2, 0.5].map((noise) => score(clean, raster(clean, 1, noise)))
    expect(scores[0]).toBe(1)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  })

  it('of squares is the mean of each by itself', () => {
    const [a, b] = [raster({ width: 48, height: 32 }, 1, 0.1), raster({ width: 48, height: 32 }, 2, 0.4)]
    const part = ({ data, width }: Raster, x: number, y: number): Raster => ({
      width: 16,
      height: 16,
      data: Uint8ClampedArray.from({ length: 16 * 16 * 4 }, (_, i) => data[((y + (i >> 6)) * width + x) * 4 + (i & 63)] ?? 0),
    })
    const parts = [0, 16, 32].flatMap((x) => [0, 16].map((y) => score(part(a, x, y), part(b, x, y))))
    expect(score(a, b, 16)).toBeCloseTo(parts.reduce((sum, one) => sum + one, 0) / parts.length, 10)
  })

  it.each([
    [1, 1],
    [3, 40],
    [40, 5],
    [7, 7],
  ])('of a picture of %d × %d repeats its edge', (width, height) => {
    const [a, b] = [raster({ width, height }, 1, 0.1), raster({ width, height }, 2, 0.6)]
    const padded = ({ data }: Raster): Raster => {
      const [wide, high] = [Math.max(8, width), Math.max(8, height)]
      const from = (i: number): number => Math.min(height - 1, Math.floor(i / wide)) * width + Math.min(width - 1, i % wide)
      return {
        width: wide,
        height: high,
        data: Uint8ClampedArray.from({ length: wide * high * 4 }, (_, i) => data[from(i >> 2) * 4 + (i & 3)] ?? 0),
      }
    }
    expect(score(a, b)).toBeCloseTo(ssimOf(lumaOf(padded(a)), lumaOf(padded(b))), 10)
  })

  it('takes no more of the core than it says', () => {
    const a = raster({ width: 203, height: 101 }, 1, 0.1)
    const mark = core.mark()
    const marks: number[] = []
    const watched = { ...core, alloc: (bytes: number) => [core.alloc(bytes), marks.push(core.mark())][0] as number }
    ssim(watched, createLuma(watched, a), createLuma(watched, a))
    expect(marks.length).toBe(3)
    expect(Math.max(...marks) - mark).toBeLessThanOrEqual(ssimBytes(a))
    core.release(mark)
  })
})
