import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { step, type Step } from '../../../src/image/plan.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { syntheticPicture } from '../../expectations/picture.ts'
import { applySteps } from '../../support/apply-steps.ts'
import { oilPaint } from '../definitions/oil-paint.ts'

/** More than two bands of rows. */
const picture = syntheticPicture(70, 50, 'opaque')
const translucent = syntheticPicture(37, 41, 'translucent')
const plain = (width: number, height: number, pixel: readonly number[]): Raster => ({
  width,
  height,
  data: new Uint8ClampedArray(width * height * 4).map((_, i) => pixel[i % 4] ?? 0),
})
const pixelAt = ({ width, data }: Raster, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
]
const apart = (one: ArrayLike<number>, two: ArrayLike<number>): number =>
  Array.from(one).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (two[i] ?? -999))), 0)
const rawOf = ({ width, height, data }: Raster) => sharp(Buffer.from(data), { raw: { width, height, channels: 4 } })

/** What a Gaussian over whole pixels has of its weight on pixels from 0 on, seen from a pixel. */
function sumOfGaussian(from: number, sigma: number): number {
  const weights = Array.from({ length: 201 }, (_, i) => [i - 100, Math.exp(-((i - 100) ** 2) / (2 * sigma * sigma))] as const)
  const sum = (of: readonly (readonly [number, number])[]): number => of.reduce((total, [, weight]) => total + weight, 0)
  return sum(weights.filter(([offset]) => from + offset >= 0)) / sum(weights)
}

describe('recolour', () => {
  it('is sharp’s recomb', async () => {
    const matrix = [0.39, 0.77, 0.19, 0.35, 0.69, 0.17, 0.27, 0.53, -0.2]
    const { data } = await applySteps(picture, [step('recolour', { matrix })])
    const rows = [0, 3, 6].map((at) => matrix.slice(at, at + 3)) as never
    const wanted = await rawOf(picture).removeAlpha().recomb(rows).raw().toBuffer()
    expect(
      apart(
        data.filter((_, i) => i % 4 !== 3),
        wanted,
      ),
    ).toBeLessThanOrEqual(1)
  })
})

describe('vignette', () => {
  it('keeps the middle, and shows its background alone beyond the ellipse', async () => {
    const result = await applySteps(plain(41, 21, [200, 100, 0, 255]), [step('vignette', { amount: 50, background: '000000ff' })])
    expect([pixelAt(result, 20, 10), pixelAt(result, 0, 0), pixelAt(result, 40, 20)]).toEqual([
      [200, 100, 0, 255],
      [0, 0, 0, 255],
      [0, 0, 0, 255],
    ])
  })
  it('falls off in a straight line when that is wished', async () => {
    // A hundred pixels across, reaching to the middle: at column x the way from it is |2x + 1 − 101| / 101.
    const result = await applySteps(plain(101, 1, [255, 255, 255, 255]), [
      step('vignette', { amount: 100, falloff: 'linear', background: '000000ff' }),
    ])
    for (const x of [0, 10, 25, 50, 75, 100])
      expect(Math.abs((pixelAt(result, x, 0)[0] ?? 0) - 255 * (1 - Math.abs(2 * x + 1 - 101) / 101)), `column ${x}`).toBeLessThan(4)
  })
  it('does the same to all four quarters', async () => {
    const { data } = await applySteps(plain(30, 20, [9, 99, 199, 255]), [step('vignette', { amount: 80 })])
    const turned = new Uint8ClampedArray(data.length)
    for (let i = 0; i < 600; i++) turned.set(data.subarray(i * 4, i * 4 + 4), (599 - i) * 4)
    expect(turned).toEqual(data)
  })
})

describe('torn edges', () => {
  it('take off no less and no more than they say, on each side, unevenly', async () => {
    const result = await applySteps(plain(80, 60, [1, 2, 3, 255]), [step('tornEdges', { least: 3, most: 12 })])
    const depths = { top: [] as number[], left: [] as number[] }
    const solid = (x: number, y: number): boolean => pixelAt(result, x, y)[3] === 255
    for (let x = 15; x < 65; x++) depths.top.push(Array.from({ length: 60 }, (_, y) => y).findIndex((y) => solid(x, y)))
    for (let y = 15; y < 45; y++) depths.left.push(Array.from({ length: 80 }, (_, x) => x).findIndex((x) => solid(x, y)))
    for (const side of Object.values(depths)) {
      expect([Math.min(...side) >= 3, Math.max(...side) <= 12]).toEqual([true, true])
      expect(new Set(side).size).toBeGreaterThan(3)
    }
    for (let y = 13; y < 47; y++) for (let x = 13; x < 67; x++) expect(solid(x, y)).toBe(true)
  })
  it('leave something of the smallest picture', async () => {
    const result = await applySteps(plain(3, 3, [1, 2, 3, 255]), [step('tornEdges', { least: 5, most: 9 })])
    expect(pixelAt(result, 1, 1)).toEqual([1, 2, 3, 255])
  })
})

describe('shadow', () => {
  const cast = (source: Raster, params: object): Promise<Raster> => applySteps(source, [step('shadow', params)])
  it('is the shape of the picture, moved', async () => {
    const result = await cast(plain(4, 3, [250, 0, 0, 255]), { sigma: 0, x: 2, y: -1, opacity: 0.4, colour: '0000ffff' })
    expect([result.width, result.height]).toEqual([6, 4])
    const [red, shade, nothing] = [[250, 0, 0, 255], [0, 0, 255, 102], 0]
    expect([pixelAt(result, 0, 1), pixelAt(result, 3, 3), pixelAt(result, 5, 0), pixelAt(result, 2, 0)]).toEqual([red, red, shade, shade])
    expect([pixelAt(result, 0, 0)[3], pixelAt(result, 5, 3)[3]]).toEqual([nothing, nothing])
  })
  it('is as soft as a Gaussian makes the edge of a half plane', async () => {
    const sigma = 3
    const result = await cast(plain(60, 60, [9, 9, 9, 255]), { sigma, x: 0, y: 0, opacity: 1 })
    // Nine pixels of canvas lie before the picture.
    for (let x = 0; x < 9; x++) {
      const wanted = sumOfGaussian(x - 9, sigma)
      expect(Math.abs((pixelAt(result, x, 39)[3] ?? 0) - 255 * wanted), `column ${x}`).toBeLessThan(2)
    }
  })
  it('lies behind translucent pixels', async () => {
    const result = await cast(plain(2, 2, [0, 0, 0, 128]), { sigma: 0, x: 0, y: 0, opacity: 1 })
    // 128 over a shadow of 128: a + b − ab.
    expect(Math.abs((pixelAt(result, 0, 0)[3] ?? 0) - 192)).toBeLessThanOrEqual(1)
  })
})

describe('oil paint', () => {
  it.each([1, 2, 5])('radius %i is its definition', async (radius) => {
    for (const source of [picture, translucent]) {
      const { data } = await applySteps(source, [step('oilPaint', { radius })])
      expect(apart(data, oilPaint(source, radius))).toBeLessThanOrEqual(1)
    }
  })
})

describe('partial blur and pixelate', () => {
  const area = { x: 12, y: 9, width: 30, height: 25 }
  const cut = step('crop', { ...area, position: 'top-left' })
  it.each<[string, Step, Step]>([
    ['partialBlur', step('partialBlur', { areas: [area], softness: 0, sigma: 4 }), step('blur', { sigma: 4 })],
    ['partialPixelate', step('partialPixelate', { areas: [area], softness: 0, size: 5 }), step('pixelate', { size: 5 })],
  ])('%s does to an area what the whole effect does to the area alone, and nothing outside', async (_, partial, whole) => {
    const result = await applySteps(picture, [partial])
    expect((await applySteps(result, [cut])).data).toEqual((await applySteps(picture, [cut, whole])).data)
    for (let y = 0; y < 50; y++)
      for (let x = 0; x < 70; x++) {
        const isInside = x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height
        if (!isInside) expect(pixelAt(result, x, y)).toEqual(pixelAt(picture, x, y))
      }
  })
  it('an oval leaves the corners of its rectangle alone', async () => {
    const source = { ...picture, data: picture.data.map((value, i) => (i % 4 === 3 ? 255 : value ^ ((i * 97) & 255))) }
    const oval = await applySteps(source, [step('partialPixelate', { areas: [area], shape: 'oval', softness: 0, size: 9 })])
    expect(pixelAt(oval, area.x, area.y)).toEqual(pixelAt(source, area.x, area.y))
    expect(pixelAt(oval, area.x + 15, area.y + 12)).not.toEqual(pixelAt(source, area.x + 15, area.y + 12))
  })
  it('what lies outside of the picture is left out', async () => {
    const beyond = [
      { x: 60, y: 40, width: 500, height: 500 },
      { x: 900, y: 0, width: 5, height: 5 },
    ]
    const result = await applySteps(picture, [step('partialPixelate', { areas: beyond })])
    expect([result.width, result.height]).toEqual([70, 50])
  })
})
