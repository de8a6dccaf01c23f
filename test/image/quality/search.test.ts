import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aim, MOST_TRIALS } from '../../../src/image/quality/aim.ts'
import { valueAt } from '../../../src/image/quality/curve.ts'
import { fit, MOST_FULL_ENCODES } from '../../../src/image/quality/fit.ts'
import { MOST_QUALITY, QUALITY_TARGETS, type QualityTarget } from '../../../src/image/quality/targets.ts'

/** Curves as encoders have them: the loss falls with quality, faster at the end; `noise` moves each quality a little for itself. */
const curves = fc.record({
  scale: fc.double({ min: 0.01, max: 0.4, noNaN: true }),
  bend: fc.double({ min: 0.6, max: 2.2, noNaN: true }),
  noise: fc.double({ min: 0, max: 0.02, noNaN: true }),
  seed: fc.nat(1000),
})
type Curve = typeof curves extends fc.Arbitrary<infer T> ? T : never

const wobble = ({ noise, seed }: Curve, quality: number): number => 1 + noise * Math.sin(seed + quality * 2.3)
const ssimAt = (curve: Curve, quality: number): number =>
  1 - Math.min(1, curve.scale * (1 - quality / 104) ** curve.bend * wobble(curve, quality))
const bytesAt = (curve: Curve, quality: number): number =>
  Math.round(2000 * Math.exp(3 * (quality / 100) ** curve.bend + curve.scale * 3) * wobble(curve, quality))

describe('a quality for a target', () => {
  const found = async (target: QualityTarget, curve: Curve, most = 100) => {
    const tried: number[] = []
    const quality = await aim(QUALITY_TARGETS[target], most, (one) => {
      tried.push(one)
      return Promise.resolve(ssimAt(curve, one))
    })
    return { quality, tried }
  }
  const targets = fc.constantFrom<QualityTarget>('high', 'medium', 'low')

  it('is one of at most three that were tried, each once, and reaches the target where the best one does', async () => {
    await fc.assert(
      fc.asyncProperty(targets, curves, fc.integer({ min: 1, max: 100 }), async (target, curve, most) => {
        const { quality, tried } = await found(target, curve, most)
        expect(tried.length).toBeLessThanOrEqual(MOST_TRIALS)
        expect(new Set(tried).size).toBe(tried.length)
        expect(tried).toContain(quality)
        expect(Math.max(...tried)).toBeLessThanOrEqual(Math.min(most, MOST_QUALITY))
        const reaches = (one: number): boolean => ssimAt(curve, one) >= QUALITY_TARGETS[target].ssim
        expect(tried.filter((one) => reaches(one) && one < quality)).toEqual([])
        if (!reaches(quality)) expect(tried.some(reaches)).toBe(false)
      }),
      { numRuns: 500, seed: 1 },
    )
  })

  it('lies near the least one that reaches the target', async () => {
    const over: number[] = []
    await fc.assert(
      fc.asyncProperty(targets, curves, async (target, curve) => {
        const { least, ssim } = QUALITY_TARGETS[target]
        const { quality } = await found(target, curve)
        const all = Array.from({ length: MOST_QUALITY - least + 1 }, (_, i) => least + i)
        over.push(quality - (all.find((one) => ssimAt(curve, one) >= ssim) ?? MOST_QUALITY))
      }),
      { numRuns: 300, seed: 7 },
    )
    expect(over.toSorted((a, b) => a - b)[Math.floor(over.length * 0.9)]).toBeLessThanOrEqual(4)
    expect(over.filter((one) => one < 0).length).toBeLessThan(over.length * 0.02)
  })
})

describe('a quality for a limit of bytes', () => {
  const found = async (curve: Curve, limit: number, most: number) => {
    const tried: number[] = []
    // The reduced picture is like the whole, and not the same.
    const samples = [35, 65, 88].map((quality) => ({
      quality,
      value: Math.log(bytesAt({ ...curve, bend: curve.bend * 1.1 }, quality) * 0.8),
    }))
    const least = await fit(limit, most, samples, (quality) => {
      tried.push(quality)
      return Promise.resolve(bytesAt(curve, quality))
    })
    return { tried, least, fitting: tried.filter((one) => bytesAt(curve, one) <= limit) }
  }
  const limits = fc.double({ min: Math.log(1000), max: Math.log(120_000), noNaN: true }).map((log) => Math.round(Math.exp(log)))

  it('is found wherever there is one, with at most six encodes, each of another quality', async () => {
    await fc.assert(
      fc.asyncProperty(curves, limits, fc.integer({ min: 1, max: 100 }), async (curve, limit, most) => {
        const { tried, fitting, least } = await found(curve, limit, most)
        expect(tried.length).toBeLessThanOrEqual(MOST_FULL_ENCODES)
        expect(new Set(tried).size).toBe(tried.length)
        expect(Math.max(...tried)).toBeLessThanOrEqual(most)
        expect(least).toBe(Math.min(...tried.map((one) => bytesAt(curve, one))))
        if (fitting.length === 0) expect(tried).toContain(1)
        // Whoever keeps the last that fits has the best.
        expect(fitting).toEqual(fitting.toSorted((a, b) => a - b))
      }),
      { numRuns: 500, seed: 1 },
    )
  })

  it('fills 96 % of the limit, or a better one would not fit', async () => {
    await fc.assert(
      fc.asyncProperty(curves, limits, async (curve, limit) => {
        const best = (await found(curve, limit, 100)).fitting.at(-1)
        if (best === undefined || best === 100) return
        const isFull = bytesAt(curve, best) >= limit * 0.96
        expect(isFull || bytesAt(curve, best + 1) > limit).toBe(true)
      }),
      { numRuns: 500, seed: 1 },
    )
  })
})

it('between samples a curve is what lies between them, and beyond them their line', () => {
  const samples = [
    { quality: 40, value: 1 },
    { quality: 80, value: 2 },
  ]
  expect([40, 80].map((quality) => valueAt(samples, quality, 9))).toEqual([1, 2])
  expect(valueAt(samples, 60, 9)).toBeGreaterThan(1)
  expect(valueAt(samples, 60, 9)).toBeLessThan(2)
  expect(valueAt(samples, 90, 9)).toBeGreaterThan(2)
  expect(valueAt(samples, 20, 9)).toBeLessThan(1)
})
