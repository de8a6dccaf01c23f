import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { step, type Step } from '../../../src/image/plan.ts'
import type { Raster, Shape } from '../../../src/image/raster.ts'
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

describe('redaction', () => {
  type Side = number | { readonly percent: number; readonly of: 'width' | 'height' }
  type Area = Readonly<Record<'x' | 'y' | 'width' | 'height', Side>>
  const red = (width: number, height: number) => plain(width, height, [255, 0, 0, 255])
  /** Columns and rows from the first to the last that are black, of those that go through the middle of the area. */
  const filled = ({ width, height, data }: Raster): readonly (readonly [number, number])[] => {
    const isBlack = (x: number, y: number): boolean => data[(y * width + x) * 4] === 0
    const all = Array.from({ length: width * height }, (_, i) => [i % width, Math.floor(i / width)] as const).filter(([x, y]) =>
      isBlack(x, y),
    )
    const [across, down] = [all.map(([x]) => x), all.map(([, y]) => y)]
    const box = [[Math.min(...across), Math.max(...across)] as const, [Math.min(...down), Math.max(...down)] as const]
    // A full rectangle.
    expect(all.length).toBe(box.reduce((area, [first, last]) => area * (last - first + 1), 1))
    return box
  }
  const percent = (share: number, of: 'width' | 'height'): Side => ({ percent: share, of })
  it.each<[string, Shape, Area, readonly (readonly [number, number])[]]>([
    [
      'pixels',
      { width: 30, height: 20 },
      { x: 3, y: 4, width: 10, height: 5 },
      [
        [3, 12],
        [4, 8],
      ],
    ],
    [
      'parts of pixels: outwards',
      { width: 30, height: 20 },
      { x: 3.9, y: 4.2, width: 1.2, height: 0.5 },
      [
        [3, 5],
        [4, 4],
      ],
    ],
    [
      'percent',
      { width: 30, height: 20 },
      { x: percent(10, 'width'), y: percent(50, 'height'), width: percent(70, 'width'), height: percent(50, 'height') },
      [
        [3, 23],
        [10, 19],
      ],
    ],
    [
      'percent of a size that they do not divide: outwards',
      { width: 33, height: 7 },
      { x: percent(10, 'width'), y: percent(50, 'height'), width: percent(70, 'width'), height: percent(10, 'height') },
      [
        [3, 26],
        [3, 4],
      ],
    ],
    [
      'beyond the edge',
      { width: 30, height: 20 },
      { x: 25, y: 0, width: 999, height: percent(200, 'height') },
      [
        [25, 29],
        [0, 19],
      ],
    ],
  ])('%s', async (_, { width, height }, area, wanted) => {
    expect(filled(await applySteps(red(width, height), [step('redact', { areas: [area] })]))).toEqual(wanted)
  })
  it('puts the colour there with its alpha, whatever was there', async () => {
    const areas = [{ x: 0, y: 0, width: 1, height: 1 }]
    const result = await applySteps(plain(2, 1, [9, 8, 7, 6]), [step('redact', { areas, colour: '11223344' })])
    expect([pixelAt(result, 0, 0), pixelAt(result, 1, 0)].map((pixel) => [...pixel])).toEqual([
      [0x11, 0x22, 0x33, 0x44],
      [9, 8, 7, 6],
    ])
  })
})

describe('letters', () => {
  const draw = (source: Raster, params: object = {}): Promise<Raster> => applySteps(source, [step('ascii', params)])
  /** How much of a picture's paper is inked, 0–1. */
  const inkOf = ({ data }: Raster): number =>
    1 - data.filter((_, i) => i % 4 === 0).reduce((sum, value) => sum + value, 0) / ((data.length / 4) * 255)
  const gray = (level: number): Raster => plain(64, 48, [level, level, level, 255])

  it('have as much ink as the picture is dark, within the steps that letters allow', async () => {
    const most = inkOf(await draw(gray(0)))
    expect(most).toBeGreaterThan(0.25)
    for (const level of [32, 64, 96, 128, 160, 192, 224, 255])
      expect(Math.abs(inkOf(await draw(gray(level))) - (most * (255 - level)) / 255), `level ${level}`).toBeLessThan(0.03 * most)
  })
  it('in reverse have as much ink as it is bright', async () => {
    expect(inkOf(await draw(gray(0), { reverse: true }))).toBe(0)
    expect(inkOf(await draw(gray(255), { reverse: true }))).toBeCloseTo(inkOf(await draw(gray(0))), 10)
  })
  it('mix the two colours and no other, and each stands in a cell of its own', async () => {
    const halves = { ...plain(40, 32, [255, 255, 255, 255]) }
    for (let y = 0; y < 32; y++) for (let x = 24; x < 40; x++) halves.data.fill(0, (y * 40 + x) * 4, (y * 40 + x) * 4 + 3)
    const result = await draw(halves, { foreground: 'ff0000ff', background: '0000ffff' })
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 40; x++) {
        const [red = 0, green = 0, blue = 0, alpha] = pixelAt(result, x, y)
        expect([Math.abs(red + blue - 255) <= 1, green, alpha]).toEqual([true, 0, 255])
        if (x < 24) expect(red).toBe(0)
      }
    expect(Math.max(...Array.from({ length: 16 }, (_, i) => pixelAt(result, 24 + i, 8)[0] ?? 0))).toBeGreaterThan(100)
  })
  it('that are coloured have the mean colour of their cell', async () => {
    const result = await draw(plain(16, 16, [200, 30, 60, 255]), { coloured: true, background: '00000000' })
    const strongest = Array.from({ length: 256 }, (_, i) => pixelAt(result, i % 16, i >> 4)).toSorted(
      (a, b) => (b[3] ?? 0) - (a[3] ?? 0),
    )[0]
    expect(strongest?.slice(0, 3)).toEqual([200, 30, 60])
  })
  it('have no colour of transparent pixels', async () => {
    const half = plain(16, 16, [20, 40, 220, 255])
    for (let at = 0; at < half.data.length; at += 16) half.data.set([255, 0, 0, 0], at)
    const result = await draw(half, { coloured: true, background: '00000000' })
    const inked = Array.from({ length: 256 }, (_, i) => pixelAt(result, i % 16, i >> 4)).filter(([, , , alpha = 0]) => alpha > 100)
    expect(inked.length).toBeGreaterThan(5)
    for (const [red, green, blue] of inked) expect([red, green, blue]).toEqual([20, 40, 220])
  })
  it('stand for visible pixels alone, and are cut where the picture ends', async () => {
    const result = await draw(plain(13, 21, [0, 0, 0, 0]))
    expect([result.width, result.height, inkOf(result)]).toEqual([13, 21, 0])
    expect(inkOf(await draw(plain(13, 21, [0, 0, 0, 255])))).toBeGreaterThan(0.2)
  })
})

describe('round corners', () => {
  it.each([
    [20, 3],
    [9, 6],
    [1000, 2],
  ])('of radius %i, softened by %i, are a blurred mask', async (radius, softness) => {
    const [width, height, room] = [90, 60, 60]
    const result = await applySteps(plain(width, height, [1, 2, 3, 255]), [step('roundCorners', { radius, softness })])
    const round = Math.min(radius, height / 2)
    const mask = `<svg xmlns="http://www.w3.org/2000/svg" width="${width + 2 * room}" height="${height + 2 * room}"><rect x="${room}" y="${room}" width="${width}" height="${height}" rx="${round}" fill="#fff"/></svg>`
    const blurred = await sharp(Buffer.from(mask))
      .flatten({ background: '#000' })
      .blur({ sigma: softness, precision: 'float', minAmplitude: 0.001 })
      .removeAlpha()
      .raw()
      .toBuffer()
    const wanted = (x: number, y: number): number => blurred[((y + room) * (width + 2 * room) + x + room) * 3] ?? 0
    const alphas = result.data.filter((_, i) => i % 4 === 3)
    // A blurred corner of a small radius is darker than the distance to its outline tells.
    const differences = Array.from(alphas, (value, i) => Math.abs(value - wanted(i % width, Math.floor(i / width))))
    expect(differences.reduce((sum, each) => sum + each, 0) / differences.length).toBeLessThan(4)
    expect(Math.max(...differences)).toBeLessThan(40)
  })
})
