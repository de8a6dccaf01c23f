import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { COSTS } from '../../src/image/costs.ts'
import { FORMAT_NAMES, OPERATION_NAMES, step, type FormatName, type Output, type Step, WRITTEN_NAMES } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'

const LIMITS = { maxSteps: 8, maxPixels: 10_000_000, maxSide: 5000 }

const files = new Map<number, Uint8Array>()
beforeAll(async () => {
  for (const width of [400, 800]) {
    const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
    const picture = sharp({ create: { width, height: width / 2, channels: 3, background: '#888', noise } })
    files.set(width, new Uint8Array(await picture.jpeg({ quality: 90 }).toBuffer()))
  }
})

const msOf = (width: number, format: FormatName, steps: readonly Step[], effort?: number): number =>
  planExecution({ steps, output: { format, quality: 80, effort } }, files.get(width) ?? new Uint8Array(), LIMITS).estimatedMs

describe('the table of costs', () => {
  it('has every operation and every format, and no cost below nothing', () => {
    expect(Object.keys(COSTS.steps).toSorted()).toEqual([...OPERATION_NAMES].toSorted())
    expect(Object.keys(COSTS.decode).toSorted()).toEqual([...FORMAT_NAMES].toSorted())
    expect(Object.keys(COSTS.encode).toSorted()).toEqual([...WRITTEN_NAMES].toSorted())
    expect(COSTS.recode).toBeGreaterThan(0)
    for (const cost of Object.values(COSTS.steps)) expect(cost).toBeGreaterThanOrEqual(0)
    for (const name of FORMAT_NAMES) {
      expect(Math.min(...Object.values(COSTS.decode[name]))).toBeGreaterThanOrEqual(0)
      expect(Object.values(COSTS.decode[name]).reduce((sum, cost) => sum + cost, 0)).toBeGreaterThan(0)
    }
    for (const name of WRITTEN_NAMES) {
      expect(Math.min(COSTS.encode[name].usual, ...COSTS.encode[name].byEffort)).toBeGreaterThan(0)
    }
  })
})

describe('the estimated time', () => {
  const blur = step('blur', { sigma: 3 })

  it('is that of decoding, each step and encoding, by pixels and bytes', () => {
    const { byte, stored, shown } = COSTS.decode.jpeg
    const bytes = files.get(400)?.length ?? 0
    const [all, small] = [400 * 200, 100 * 50]
    const ns =
      byte * bytes + stored * all + shown * all + COSTS.steps.blur * all + COSTS.steps.resize * all + COSTS.encode.png.usual * small
    expect(msOf(400, 'png', [blur, step('resize', { width: 100 })])).toBeCloseTo(ns / 1e6, 9)
    expect(msOf(400, 'jpeg', [])).toBeCloseTo((byte * bytes + (stored + shown + COSTS.recode) * all) / 1e6, 9)
  })

  it('is another one for lossless WebP, read and written', async () => {
    const flat = { create: { width: 400, height: 200, channels: 3, background: '#888' } } as const
    const [lossy, lossless] = await Promise.all([false, true].map((wish) => sharp(flat).webp({ lossless: wish }).toBuffer()))
    const ms = (file: Uint8Array | undefined, isLossless: boolean): number =>
      planExecution(
        { steps: [], output: { format: 'webp', quality: 80, ...(isLossless && { lossless: true }) } },
        new Uint8Array(file ?? []),
        LIMITS,
      ).estimatedMs
    const costs = COSTS.lossless.webp
    const decodeMs = ({ byte, stored, shown }: typeof COSTS.decode.webp, bytes = 0): number =>
      (byte * bytes + (stored + shown) * 80_000) / 1e6
    const encodeMs = (usual = 0): number => (usual * 80_000) / 1e6
    expect(ms(lossy, false)).toBeCloseTo(decodeMs(COSTS.decode.webp, lossy?.length) + encodeMs(COSTS.encode.webp.usual), 9)
    expect(ms(lossy, true) - ms(lossy, false)).toBeCloseTo(encodeMs(costs?.encode.usual) - encodeMs(COSTS.encode.webp.usual), 9)
    expect(ms(lossless, false)).toBeCloseTo(
      decodeMs(costs?.decode ?? COSTS.decode.webp, lossless?.length) + encodeMs(COSTS.encode.webp.usual),
      9,
    )
  })

  it('takes four times as long for four times the pixels, about', () => {
    const ratio = msOf(800, 'webp', [blur]) / msOf(400, 'webp', [blur])
    expect(ratio).toBeGreaterThan(3)
    expect(ratio).toBeLessThan(5)
  })

  it('counts what is made twice for a step that looks at it first', () => {
    const { normalize } = COSTS.steps
    const once = msOf(400, 'png', [blur])
    const decodedAndBlurred = once - (COSTS.encode.png.usual * 400 * 200) / 1e6
    expect(msOf(400, 'png', [blur, step('normalize', {})])).toBeCloseTo(once + decodedAndBlurred + (normalize * 400 * 200) / 1e6, 9)
  })

  it.each([
    [1, 0],
    [20, 0],
    [21, 1],
    [60, 2],
    [81, 4],
    [100, 4],
  ])('takes effort %i as the measured one number %i', (effort, index) => {
    const { usual, byEffort } = COSTS.encode.png
    const difference = (((byEffort[index] ?? 0) - usual) * 400 * 200) / 1e6
    expect(msOf(400, 'png', [], effort) - msOf(400, 'png', [])).toBeCloseTo(difference, 9)
  })
})

it('looking for a quality is counted: its trials, and the encodes that a limit of bytes takes', () => {
  const file = files.get(800) ?? new Uint8Array()
  const of = (output: Partial<Output>): number =>
    planExecution({ steps: [], output: { format: 'webp', quality: 80, ...output } }, file, LIMITS).estimatedMs
  const encoding = (COSTS.encode.webp.usual * 800 * 400) / 1e6
  expect(of({ target: 'medium' })).toBeGreaterThan(of({}) + 2.5 * encoding)
  expect(of({ target: 'medium', maxBytes: 5000 })).toBeCloseTo(of({ target: 'medium' }) + 2 * encoding, 6)
  expect(of({ target: 'medium', lossless: true })).toBe(of({ lossless: true }))
})
