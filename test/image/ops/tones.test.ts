import { describe, expect, it } from 'vitest'
import { step } from '../../../src/image/plan.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { applySteps } from '../../support/apply-steps.ts'

describe('gamma', () => {
  it.each([
    [2.2, 128, 186],
    [3, 8, 80],
    [1, 77, 77],
  ])('%f turns %i into %i', async (exponent, before, after) => {
    const { data } = await applySteps({ width: 1, height: 1, data: new Uint8ClampedArray([before, 0, 255, 9]) }, [
      step('gamma', { exponent }),
    ])
    expect([...data]).toEqual([after, 0, 255, 9])
  })
})

describe('normalize', () => {
  /** A hundred greys once each, with two strays. */
  const greys = (from: number, to: number): Raster => ({
    width: 100,
    height: 1,
    data: new Uint8ClampedArray(
      Array.from({ length: 100 }, (_, i) => from + Math.round((i * (to - from)) / 99)).flatMap((grey) => [grey, grey, grey, 255]),
    ),
  })
  it('makes the darkest hundredth black and the lightest white', async () => {
    const { data } = await applySteps(greys(60, 180), [step('normalize', {})])
    expect(data[0]).toBeLessThanOrEqual(3)
    expect(data[99 * 4]).toBeGreaterThanOrEqual(252)
    expect(data.filter((value, i) => i % 4 === 0 && value > 100 && value < 150).length).toBeGreaterThan(10)
  })
  it('leaves an image of one tone alone, and does not count what nobody sees', async () => {
    const plain = greys(90, 90)
    expect(await applySteps(plain, [step('normalize', {})])).toBe(plain)
    const hidden: Raster = { width: 3, height: 1, data: new Uint8ClampedArray([0, 0, 0, 0, 90, 90, 90, 255, 255, 255, 255, 0]) }
    expect(await applySteps(hidden, [step('normalize', {})])).toBe(hidden)
  })
  it('takes the white from the lightest hundredth alone', async () => {
    const tones = [...Array.from({ length: 98 }, () => 100), 150, 200]
    const picture: Raster = { width: 100, height: 1, data: new Uint8ClampedArray(tones.flatMap((grey) => [grey, grey, grey, 255])) }
    const { data } = await applySteps(picture, [step('normalize', {})])
    expect(data[98 * 4]).toBeGreaterThanOrEqual(250)
    expect(data[0]).toBeLessThanOrEqual(20)
  })
  it('keeps the hue', async () => {
    const reddish = greys(60, 180)
    reddish.data.forEach((value, i) => (reddish.data[i] = i % 4 === 0 ? value + 30 : value))
    const { data } = await applySteps(reddish, [step('normalize', {})])
    for (let i = 40; i < 240; i += 4) expect(data[i]).toBeGreaterThan(data[i + 1] ?? 255)
  })
})
