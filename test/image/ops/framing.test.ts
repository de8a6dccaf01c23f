import { describe, expect, it } from 'vitest'
import { step, type Step } from '../../../src/image/plan.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { attention, bestWindow, entropy } from '../../../src/image/saliency.ts'
import { applySteps } from '../../support/apply-steps.ts'

/** One character a pixel: a digit is a grey of ten times that, `.` is transparent. */
function drawing(...rows: string[]): Raster {
  const cells = rows.join('')
  const data = Array.from(cells, (cell) =>
    cell === '.' ? [0, 0, 0, 0] : [Number(cell) * 10, Number(cell) * 10, Number(cell) * 10, 255],
  ).flat()
  return { width: rows[0]?.length ?? 0, height: rows.length, data: new Uint8ClampedArray(data) }
}

function show({ width, height, data }: Raster): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_cell, x) =>
      data[(y * width + x) * 4 + 3] === 0 ? '.' : String((data[(y * width + x) * 4] ?? 0) / 10),
    ).join(''),
  )
}

const of = async (raster: Raster, ...steps: Step[]): Promise<string[]> => show(await applySteps(raster, steps))

describe('trim', () => {
  it.each([
    ['what is not like the corner stays', 10, ['11111', '11811', '11119', '11111'], ['811', '119']],
    ['within the threshold is like it', 10, ['1112', '1191'], ['9']],
    ['a smaller threshold keeps more', 5, ['1112', '1191'], ['12', '91']],
    ['one colour stays', 10, ['111', '111'], ['111', '111']],
    ['transparent edges', 10, ['....', '.18.', '....'], ['18']],
  ])('%s', async (_name, threshold, before, after) => {
    expect(await of(drawing(...before), step('trim', { threshold }))).toEqual(after)
  })
})

describe('extend and letterbox', () => {
  it('adds a margin of its colour, or of none', async () => {
    expect(await of(drawing('12', '34'), step('extend', { top: 1, right: 2, background: '505050ff' }))).toEqual(['8888', '1288', '3488'])
    expect(await of(drawing('12'), step('extend', { bottom: 1, left: 1 }))).toEqual(['.12', '...'])
  })
  it('puts the odd pixel of the rest right of and below the middle', async () => {
    expect(await of(drawing('5'), step('letterbox', { width: 4, height: 1, background: '000000ff' }))).toEqual(['0050'])
  })
})

describe('round corners', () => {
  it('takes the corners off, alike on all four', async () => {
    const opaque: Raster = { width: 20, height: 16, data: new Uint8ClampedArray(20 * 16 * 4).fill(255) }
    const { data } = await applySteps(opaque, [step('roundCorners', { radius: 6 })])
    const alpha = (x: number, y: number): number => data[(y * 20 + x) * 4 + 3] ?? -1
    expect([alpha(0, 0), alpha(6, 0), alpha(0, 6), alpha(10, 8)]).toEqual([0, 255, 255, 255])
    for (let y = 0; y < 16; y++)
      for (let x = 0; x < 20; x++) expect([alpha(19 - x, y), alpha(x, 15 - y)], `pixel ${x}, ${y}`).toEqual([alpha(x, y), alpha(x, y)])
    // What is left is the area of the shape: 4 · (1 − π/4) · 36 pixels are gone.
    const covered = data.filter((_, i) => i % 4 === 3).reduce((sum, value) => sum + value / 255, 0)
    expect(Math.abs(covered - (320 - (4 - Math.PI) * 36))).toBeLessThan(1)
  })
  it('is a circle at most', async () => {
    const opaque: Raster = { width: 40, height: 40, data: new Uint8ClampedArray(6400).fill(255) }
    const { data } = await applySteps(opaque, [step('roundCorners', { radius: 100_000 })])
    const covered = data.filter((_, i) => i % 4 === 3).reduce((sum, value) => sum + value / 255, 0)
    expect(Math.abs(covered - Math.PI * 400)).toBeLessThan(3)
  })
})

describe('smart crop', () => {
  /** A plain picture with something to see around (x, y). */
  const scene = (x: number, y: number): Raster => {
    const data = new Uint8ClampedArray(120 * 60 * 4)
    for (let i = 0; i < 120 * 60; i++) {
      const isNear = Math.hypot((i % 120) - x, Math.floor(i / 120) - y) < 9
      data.set(isNear ? [(i * 97) % 256, (i * 31) % 200, 40, 255] : [120, 122, 124, 255], i * 4)
    }
    return { width: 120, height: 60, data }
  }
  it.each(['attention', 'entropy'] as const)('%s finds what there is to see', async (strategy) => {
    for (const x of [15, 60, 105]) {
      const cut = await applySteps(scene(x, 30), [step('smartCrop', { width: 60, height: 60, strategy })])
      const plain = cut.data.filter((value, i) => i % 4 === 2 && value === 40)
      expect(plain.length, `spot at ${x}`).toBeGreaterThan(200)
    }
  })
  it.each(['attention', 'entropy'] as const)('%s of nothing to see is the middle', async (strategy) => {
    const map = strategy === 'attention' ? attention : entropy
    const plain: Raster = { width: 30, height: 11, data: new Uint8ClampedArray(30 * 11 * 4).fill(255) }
    expect(bestWindow(map(plain), { width: 10, height: 11 })).toMatchObject({ x: 10, y: 0 })
    expect(bestWindow(map(plain), { width: 30, height: 5 })).toMatchObject({ x: 0, y: 3 })
  })
  /** Plain blue left, columns of two greys right. A pixel of blue counts for 40, one of columns for twice the difference of their lightness. */
  it.each([
    ['a saturated area draws more than faint texture (23)', 120, 150, 0],
    ['and less than strong texture (86)', 70, 180, 40],
  ])('attention: %s', async (_name, dark, light, expected) => {
    const data = new Uint8ClampedArray(80 * 20 * 4)
    for (let i = 0; i < 80 * 20; i++) {
      const [x, grey] = [i % 80, i % 2 === 0 ? dark : light]
      data.set(x < 40 ? [0, 0, 255, 255] : [grey, grey, grey, 255], i * 4)
    }
    expect(Math.abs(bestWindow(attention({ width: 80, height: 20, data }), { width: 40, height: 20 }).x - expected)).toBeLessThan(3)
  })
  it('keeps an image that is smaller than the frame', async () => {
    const small = scene(5, 5)
    expect(await applySteps(small, [step('smartCrop', { width: 500, height: 500 })])).toBe(small)
  })
})
