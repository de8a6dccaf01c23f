import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { bitsOf } from '../../../src/image/codecs/avif/header.ts'
import { libaomQuality } from '../../../src/image/codecs/avif/quality.ts'
import { readItems } from '../../../src/image/engine/bmff/items.ts'
import { codePointsOf, propertyBytes } from '../../../src/image/engine/bmff/picture.ts'
import { codec, type TransformPlan } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { encodeAs } from '../../support/apply-steps.ts'
import { bytesBySharp, decoded, psnr } from '../../support/icc/decoded.ts'
import { openImageContext } from '../../support/image-context.ts'

const { context } = openImageContext()

/** Two gradients and waves; `alphaAt`: of the pixel at a column and row. */
function picture(width: number, height: number, alphaAt: (x: number, y: number) => number = () => 255, isGray = false): Raster {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)]
    const red = (x * 255) / width
    const [green, blue] = isGray ? [red, red] : [(y * 255) / height, 128 + 90 * Math.sin(x / 9)]
    data.set([red, green, blue, alphaAt(x, y)], i * 4)
  }
  return { width, height, data }
}

const encode = (raster: Raster, quality = 90, effort?: number): Promise<Uint8Array> =>
  encodeAs(context, 'avif', raster, { quality, ...(effort !== undefined && { effort }) })

describe('a picture as AVIF', () => {
  it.each<[string, Raster, number]>([
    ['opaque', picture(96, 64), 38],
    ['with alpha', picture(96, 64, (x) => 55 + 2 * x), 36],
    ['gray', picture(96, 64, undefined, true), 40],
    ['gray with alpha', picture(96, 64, (x, y) => (x + y) & 255, true), 38],
    ['with odd sides', picture(95, 63), 38],
  ])('%s: the same for us and for libvips, and near the original', async (_, raster, floor) => {
    const file = await encode(raster)
    const [ours, theirs] = [(await decoded(file)).data, await bytesBySharp(file)]
    expect(psnr(ours, raster.data)).toBeGreaterThan(floor)
    expect(psnr(theirs, raster.data)).toBeGreaterThan(floor)
  })

  it('of each side from 1 to 40 has its size and is shown by both', async () => {
    for (let side = 1; side <= 40; side++) {
      const raster = picture(side, 41 - side)
      for (let i = 0; i < raster.data.length; i += 4) raster.data.set([(raster.data[i] ?? 0) * 0.9, (raster.data[i] ?? 0) * 0.8], i + 1)
      const file = await encode(raster, 90, 20)
      const { width, height, data } = await decoded(file)
      expect([width, height]).toEqual([side, 41 - side])
      expect(psnr(data, raster.data)).toBeGreaterThan(28)
      const { info } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
      expect([info.width, info.height]).toEqual([side, 41 - side])
    }
  })

  it('says that its colours are sRGB, in full range, with halved chroma or gray alone', async () => {
    for (const [isGray, flags] of [
      [false, 0x0c],
      [true, 0x1c],
    ] as const) {
      const file = await encode(picture(32, 32, undefined, isGray))
      const { primary } = readItems(file)
      expect(codePointsOf(file, primary)).toMatchObject({ primaries: 1, transfer: 13, isFull: true })
      const configuration = propertyBytes(file, primary, 'av1C') ?? new Uint8Array()
      expect((configuration[10] ?? 0) & 0x1c).toBe(flags)
      expect(bitsOf(configuration)).toEqual(isGray ? [8] : [8, 8, 8])
    }
  })

  it('is larger and better with quality, and smaller with effort', async () => {
    const raster = picture(160, 120)
    const sizes = await Promise.all([30, 60, 90].map(async (quality) => (await encode(raster, quality)).length))
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
    expect((await encode(raster, 80, 70)).length).toBeLessThan((await encode(raster, 80, 20)).length)
  })

  it('keeps the colours of edges that border on what nobody sees', async () => {
    const raster = picture(64, 64, (x) => (x < 33 ? 255 : 0))
    for (let i = 0; i < 64 * 64; i++) raster.data.set(raster.data[i * 4 + 3] === 0 ? [0, 0, 0] : [250, 120, 30], i * 4)
    const { data } = await decoded(await encode(raster, 60))
    for (let y = 0; y < 64; y++) {
      const at = (y * 64 + 32) * 4
      for (const [i, level] of [250, 120, 30].entries()) expect(Math.abs((data[at + i] ?? 0) - level)).toBeLessThan(12)
    }
  })
})

describe('the scale of quality', () => {
  it('never falls, and reaches both ends', () => {
    for (const speed of [9, 8, 6]) {
      const all = Array.from({ length: 100 }, (_, i) => libaomQuality(i + 1, speed))
      expect(all).toEqual(all.toSorted((a, b) => a - b))
      expect([all[0], all[99]]).toEqual(speed < 7 ? [20, 91] : [24, 92])
    }
    expect([libaomQuality(80, 8), libaomQuality(85, 8), libaomQuality(80, 6)]).toEqual([65, 73, 61])
  })
})

describe('memory', () => {
  const plan = (format: TransformPlan['output']['format']): TransformPlan => ({ steps: [], output: { format, quality: 80 } })
  const LIMITS = { maxSteps: 8, maxPixels: 1e8, maxSide: 10_000, memoryBytes: 80_000_000 }
  const jpegOf = async (width: number, height: number): Promise<Uint8Array> =>
    new Uint8Array(
      await sharp({ create: { width, height, channels: 3, background: '#369' } })
        .jpeg()
        .toBuffer(),
    )

  it('bounds the size of a result, by a number', async () => {
    const file = await jpegOf(3000, 2000)
    expect(() => planExecution(plan('avif'), file, LIMITS)).toThrow(
      expect.objectContaining({
        code: 'too_many_pixels',
        reason: expect.stringMatching(/at most \d+ pixels of width for this shape.*encoder of avif/) as string,
      }),
    )
    expect(planExecution(plan('avif'), await jpegOf(1280, 960), LIMITS).output.format).toBe('avif')
  })

  it('a source in AVIF that keeps its format gives way where that takes too much, or is not written', async () => {
    const small = await encode(picture(64, 48))
    expect(planExecution(plan('source'), small, LIMITS).output.format).toBe('avif')
    expect(planExecution(plan('source'), small, { ...LIMITS, onRenderers: false }).output.format).toBe('jpeg')
    expect(planExecution(plan('source'), small, { ...LIMITS, memoryBytes: 15_500_000 }).output.format).toBe('jpeg')
    const translucent = await encode(picture(64, 48, (x) => x))
    expect(planExecution(plan('source'), translucent, { ...LIMITS, onRenderers: false }).output.format).toBe('png')
    expect(() => planExecution(plan('avif'), small, { ...LIMITS, onRenderers: false })).toThrow(
      expect.objectContaining({ code: 'not_implemented', reason: expect.stringContaining('RENDERER') as string }),
    )
  })

  it('is what an instance has from the start: it never grows', async () => {
    const noise = (width: number, height: number): Raster => {
      let state = 1
      return {
        width,
        height,
        data: Uint8ClampedArray.from({ length: width * height * 4 }, () => {
          state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
          return (state >>> 16) & 255
        }),
      }
    }
    const bound = codec('avif').encodeBytes({ width: 640, height: 480 }, { quality: 100 } as never)
    expect(bound).toBeLessThan(60_000_000)
    expect((await encode(noise(64, 64), 100)).length).toBeGreaterThan(64 * 64)
  })
})
