import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type AffineExports, rightAngleTurn, rotatedShape } from '../../../../src/image/engine/pixels/affine.ts'
import type { BlurExports } from '../../../../src/image/engine/pixels/blur-direct.ts'
import type { CompositeExports } from '../../../../src/image/engine/pixels/composite.ts'
import type { ConvolveExports } from '../../../../src/image/engine/pixels/convolve.ts'
import { type Core, createCore } from '../../../../src/image/engine/core.ts'
import type { NeighbourhoodExports } from '../../../../src/image/engine/pixels/neighbourhood.ts'
import type { PixelwiseExports } from '../../../../src/image/engine/pixels/pixelwise.ts'
import type { ColourMatrix } from '../../../../src/image/definitions/colour-matrix.ts'
import { COMPOSITE_MODES } from '../../../../src/image/definitions/blend-modes.ts'
import { gaussianTaps } from '../../../../src/image/definitions/gaussian.ts'
import { type LookUpTables, tableOf } from '../../../../src/image/definitions/look-up.ts'
import { SHARPENING } from '../../../../src/image/definitions/sharpen.ts'
import * as affineDefinition from '../../definitions/affine.ts'
import * as matrixDefinition from '../../definitions/colour-matrix.ts'
import * as compositeDefinition from '../../definitions/composite.ts'
import * as convolveDefinition from '../../definitions/convolve.ts'
import * as enhanceDefinition from '../../definitions/enhance.ts'
import * as gaussianDefinition from '../../definitions/gaussian.ts'
import * as lookUpDefinition from '../../definitions/look-up.ts'
import * as premultiplyDefinition from '../../definitions/premultiply.ts'
import * as selectiveDefinition from '../../definitions/selective-blur.ts'
import * as sharpenDefinition from '../../definitions/sharpen.ts'
import type { Raster } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import {
  affine,
  blur,
  composite,
  convolve,
  enhance,
  flatten,
  lookUp,
  lookUpLuma,
  median,
  multiplyColours,
  premultiply,
  rotate,
  selectiveBlur,
  sharpen,
  turn,
  unpremultiply,
} from '../../../support/stages.ts'
import { random } from '../png/writer.ts'

type Exports = AffineExports & BlurExports & CompositeExports & ConvolveExports & NeighbourhoodExports & PixelwiseExports

let core: Core<Exports>
beforeAll(async () => {
  core = createCore(await coreModule())
})

/** Random pixels, smooth or rough, a third of them opaque, some fully transparent with a colour. */
function randomRaster(width: number, height: number, seed: number): Raster {
  const next = random(seed)
  const data = new Uint8ClampedArray(width * height * 4)
  const isSmooth = seed % 2 === 0
  for (let at = 0; at < data.length; at += 4) {
    for (let c = 0; c < 3; c++) data[at + c] = isSmooth ? ((at >> 2) * (c + 1) + next(20)) % 256 : next(256)
    data[at + 3] = [255, 0, next(256)][next(3)] ?? 0
  }
  return { width, height, data }
}

const rasters = fc.record({
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 24 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
})
const made = rasters.map(({ width, height, seed }) => randomRaster(width, height, seed))

const opaque = (input: Raster): Raster => ({ ...input, data: input.data.map((value, at) => (at % 4 === 3 ? 255 : value)) })

/** The greatest difference of any channel. */
function farthest(a: Raster, b: Raster): number {
  if (a.width !== b.width || a.height !== b.height || a.data.length !== b.data.length) return Infinity
  return a.data.reduce((most, value, at) => Math.max(most, Math.abs(value - (b.data[at] ?? 0))), 0)
}

function meanDifference(a: Raster, b: Raster): number {
  return a.data.reduce((sum, value, at) => sum + Math.abs(value - (b.data[at] ?? 0)), 0) / a.data.length
}

/**
 * Holds a driver to its definition on random rasters; and that it neither writes its input nor keeps core memory. A colour whose alpha
 * is nearly nothing amplifies rounding: such kernels are compared premultiplied.
 */
function hold(driver: (input: Raster) => Raster, definition: (input: Raster) => Raster, within: number, numRuns = 60): void {
  fc.assert(
    fc.property(made, (input) => {
      const untouched = input.data.slice()
      const mark = core.mark()
      const actual = driver(input)
      expect(core.mark()).toBe(mark)
      expect(input.data).toEqual(untouched)
      expect(actual.data).not.toBe(input.data)
      expect(farthest(actual, definition(input))).toBeLessThanOrEqual(within)
    }),
    { numRuns, seed: 4 },
  )
}

const KERNELS = {
  edgedetect: { weights: [-1, 0, -1, 0, 4, 0, -1, 0, -1], divisor: 1, offset: 127 },
  emboss: { weights: [1.5, 0, 0, 0, 0, 0, 0, 0, -1.5], divisor: 1, offset: 127 },
  blurgaussian: { weights: [1, 2, 1, 2, 4, 2, 1, 2, 1], divisor: 16, offset: 0 },
  meanremoval: { weights: [-1, -1, -1, -1, 9, -1, -1, -1, -1], divisor: 1, offset: 0 },
  smooth: { weights: [1, 1, 1, 1, 1, 1, 1, 1, 1], divisor: 9, offset: 0 },
  lopsided: { weights: [0.1, 0.7, -0.3, 1.3, 0.2, 0.9, -1.7, 0.4, 0.6], divisor: 0.7, offset: 3.3 },
}

describe('convolve', () => {
  test.each(Object.entries(KERNELS))('equals its definition: %s', (_name, kernel) => {
    hold(
      (input) => convolve(core, input, kernel),
      (input) => convolveDefinition.convolve(input, kernel),
      0,
    )
  })

  test('by hand: the mean of 3×3, edges repeated, truncated', () => {
    const gray = [0, 90, 180, 10, 100, 190].flatMap((value) => [value, value, value, 255])
    const { data } = convolve(core, { width: 3, height: 2, data: Uint8ClampedArray.from(gray) }, KERNELS.smooth)
    // (0 + 0 + 90) · 2 + (10 + 10 + 100) = 300 in nine pixels: 33.3
    expect([data[0], data[4], data[8]]).toEqual([33, 93, 153])
  })
})

describe('blur', () => {
  test.each([
    [0.3, 0],
    [1, 0],
    [3, 0],
    [2.5, 4],
    [0.5, 0.5],
    [1000, 3],
    [2, 10_000],
    [9, 0],
    [10, 0],
    [12, 0],
    [19, 0],
    [20, 60],
  ])('equals its definition within one level: sigma %d, radius %d', (sigma, radius) => {
    const taps = gaussianTaps(radius, sigma)
    const trimmed = taps.length > 2001 ? taps.slice((taps.length - 2001) / 2, (taps.length + 2001) / 2) : taps // what is cut is 0 in doubles
    const held = (form: (raster: Raster) => Raster, within: number): void =>
      hold(
        (input) => form(blur(core, form(input), { sigma, radius })),
        (input) => form(gaussianDefinition.blur(form(input), trimmed)),
        within,
        12,
      )
    held(opaque, 1)
    held(premultiplyDefinition.premultiply, 2) // a colour and its alpha may each be one off
  })

  test.each([
    [21, 0],
    [60, 0],
    [218, 465],
    [400, 100],
    [3000, 0],
    [10_000, 10_000],
  ])('is near its definition on average when wide: sigma %d, radius %d', (sigma, radius) => {
    const input = randomRaster(31, 23, 3)
    for (let x = 0; x < 31; x++) input.data.set([255, x, 0, 255], x * 4) // an edge row that stands out
    const taps = gaussianTaps(radius, sigma)
    const expected = gaussianDefinition.blur(input, taps)
    expect(meanDifference(blur(core, input, { sigma, radius }), expected)).toBeLessThan(0.5)
  })

  test('sigma 0 changes nothing but the colour of transparent pixels', () => {
    const input = randomRaster(9, 9, 7)
    const shown = blur(core, input, { sigma: 0 })
    input.data.forEach((value, at) => expect(shown.data[at]).toBe(input.data[at | 3] === 0 ? 0 : value))
  })

  test('wide pictures go through, to the same pixels', () => {
    const input = randomRaster(4000, 5, 2)
    const taps = gaussianTaps(0, 9)
    expect(
      farthest(premultiply(core, blur(core, input, { sigma: 9 })), premultiply(core, gaussianDefinition.blur(input, taps))),
    ).toBeLessThanOrEqual(1)
  })

  test('core memory stays bounded for the widest kernels', async () => {
    const fresh = createCore<Exports>(await coreModule())
    blur(fresh, randomRaster(3000, 40, 2), { sigma: 10_000, radius: 10_000 })
    blur(fresh, randomRaster(3000, 40, 2), { sigma: 20 })
    expect(fresh.size()).toBeLessThan(12_000_000)
  })

  test('taps: ImageMagick’s counts, symmetric, summing to one', () => {
    const count = (radius: number, sigma: number): number => gaussianTaps(radius, sigma).length
    // "sigma 3 → 25 taps, sigma 0.5 → 5"
    expect([count(0, 3), count(0, 0.5), count(0.5, 9), count(4.9, 9), count(465, 218), count(0, 0)]).toEqual([25, 5, 3, 9, 931, 1])
    const taps = gaussianTaps(0, 3)
    expect(taps.reduce((sum, tap) => sum + tap, 0)).toBeCloseTo(1, 12)
    taps.forEach((tap, k) => expect(tap).toBeCloseTo(taps[24 - k] ?? 0, 12))
  })
})

describe('sharpen', () => {
  test.each([0.5, 1, 4])('equals its definition, sigma %d', (sigma) => {
    const parameters = { sigma, ...SHARPENING }
    // The definition rounds the blurred picture; the jagged slope doubles that.
    hold(
      (input) => sharpen(core, opaque(input), parameters),
      (input) => sharpenDefinition.sharpen(opaque(input), parameters),
      2,
      20,
    )
  })

  test('leaves one colour alone and steepens an edge within its limits', () => {
    const data = Uint8ClampedArray.from({ length: 40 * 4 }, (_, at) => (at % 4 === 3 ? 255 : at < 80 ? 100 : 150))
    const { data: sharp } = sharpen(core, { width: 40, height: 1, data }, { sigma: 1, ...SHARPENING })
    expect([sharp[0], sharp[39 * 4]]).toEqual([100, 150])
    const reds = [...sharp].filter((_, at) => at % 4 === 0)
    const difference = 50 * ((1 - (gaussianTaps(0, 1).at(4) ?? 0)) / 2) // what half of the kernel sees of the step
    expect(Math.min(...reds)).toBe(Math.floor(100 - (5.1 + 2 * (difference - 5.1)) + 0.5))
    expect([175, 176]).toContain(Math.max(...reds)) // 150 and at most 10 · 2.55 more
  })
})

describe('pixelwise', () => {
  test('tables equal their definition', () => {
    const tables = [tableOf((value) => 255 - value), tableOf((value) => value + 77), tableOf((value) => value / 3)] as const
    hold(
      (input) => lookUp(core, input, tables),
      (input) => lookUpDefinition.lookUp(input, tables),
      0,
    )
  })

  test('tables by luma equal their definition', () => {
    const tables = [tableOf((value) => 255 - value), tableOf((value) => value + 77), tableOf((value) => value / 3)] as const
    hold(
      (input) => lookUpLuma(core, input, tables),
      (input) => lookUpDefinition.lookUpLuma(input, tables),
      0,
    )
  })

  test('matrices equal their definition', () => {
    const entry = fc.double({ min: -2, max: 2, noNaN: true })
    const matrices = fc.tuple(
      ...Array.from({ length: 12 }, (_, at) => (at % 4 === 3 ? fc.double({ min: -99, max: 99, noNaN: true }) : entry)),
    )
    fc.assert(
      fc.property(made, matrices, (input, matrix) => {
        const typed = matrix as unknown as ColourMatrix
        return farthest(multiplyColours(core, input, typed), matrixDefinition.multiplyColours(input, typed)) <= 1
      }),
      { seed: 5 },
    )
  })

  test('the identity matrix changes nothing', () => {
    const input = randomRaster(64, 64, 9)
    expect(multiplyColours(core, input, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]).data).toEqual(input.data)
  })

  test('premultiply, unpremultiply and flatten equal their definitions for every colour and alpha', () => {
    const data = new Uint8ClampedArray(256 * 256 * 4)
    for (let i = 0; i < 65536; i++) data.set([i & 255, 255 - (i & 255), (i * 7) & 255, i >> 8], i * 4)
    const every = { width: 256, height: 256, data }
    expect(premultiply(core, every)).toEqual(premultiplyDefinition.premultiply(every))
    expect(unpremultiply(core, every)).toEqual(premultiplyDefinition.unpremultiply(every))
    expect(flatten(core, every, [200, 17, 0])).toEqual(premultiplyDefinition.flatten(every, [200, 17, 0]))
  })

  test('large rasters go through whole', () => {
    const input = randomRaster(700, 300, 1)
    const tables = [0, 1, 2].map(() => tableOf((value) => 255 - value)) as unknown as LookUpTables
    expect(lookUp(core, input, tables)).toEqual(lookUpDefinition.lookUp(input, tables))
  })
})

describe('composite', () => {
  const place = fc.record({
    left: fc.integer({ min: -30, max: 45 }),
    top: fc.integer({ min: -20, max: 30 }),
    isTiled: fc.boolean(),
    opacity: fc.constantFrom(1, 0.8, 0.31, 0),
  })

  test.each(COMPOSITE_MODES)('%s equals its definition', (mode) => {
    fc.assert(
      fc.property(made, made, place, (input, raster, where) => {
        const layer = { raster, mode, ...where }
        const untouched = input.data.slice()
        const actual = composite(core, input, layer)
        expect(input.data).toEqual(untouched)
        expect(farthest(actual, compositeDefinition.composite(input, layer))).toBeLessThanOrEqual(1)
      }),
      { numRuns: 40, seed: 6 },
    )
  })

  const pixel = (...data: number[]): Raster => ({ width: 1, height: 1, data: Uint8ClampedArray.from(data) })
  // Worked by hand from W3C Compositing and Blending Level 1.
  test.each([
    ['over', [200, 100, 0, 255], [0, 100, 200, 128], [100, 100, 100, 255]],
    ['dest-over', [200, 100, 0, 255], [0, 100, 200, 128], [200, 100, 0, 255]],
    ['in', [200, 100, 0, 128], [0, 100, 200, 255], [0, 100, 200, 128]],
    ['out', [200, 100, 0, 255], [0, 100, 200, 255], [0, 0, 0, 0]],
    ['xor', [200, 100, 0, 255], [0, 100, 200, 0], [200, 100, 0, 255]],
    ['add', [200, 100, 0, 255], [100, 100, 100, 255], [255, 200, 100, 255]],
    ['multiply', [200, 100, 0, 255], [51, 255, 9, 255], [40, 100, 0, 255]],
    ['screen', [200, 100, 0, 255], [51, 0, 9, 255], [211, 100, 9, 255]],
    ['overlay', [51, 204, 0, 255], [102, 102, 102, 255], [41, 194, 0, 255]],
    ['difference', [200, 100, 0, 255], [51, 150, 9, 255], [149, 50, 9, 255]],
    ['exclusion', [255, 0, 51, 255], [51, 51, 51, 255], [204, 51, 82, 255]],
    ['color-dodge', [0, 51, 100, 255], [255, 153, 255, 255], [0, 128, 255, 255]],
    ['color-burn', [255, 204, 100, 255], [0, 102, 0, 255], [255, 128, 0, 255]],
    ['hard-light', [102, 102, 102, 255], [51, 204, 0, 255], [41, 194, 0, 255]],
    ['darken', [200, 100, 0, 255], [51, 150, 9, 255], [51, 100, 0, 255]],
    ['lighten', [200, 100, 0, 255], [51, 150, 9, 255], [200, 150, 9, 255]],
  ] as const)('by hand: %s', (mode, back, source, expected) => {
    const layer = { raster: pixel(...source), left: 0, top: 0, opacity: 1, isTiled: false, mode }
    expect([...composite(core, pixel(...back), layer).data]).toEqual([...expected])
  })
})

describe('affine', () => {
  const WHITE = [255, 255, 255, 255] as const

  test.each(['bilinear', 'bicubic'] as const)('equals its definition within one level: %s', (interpolation) => {
    const entry = fc.double({ min: -1.5, max: 1.5, noNaN: true })
    const shift = fc.double({ min: -20, max: 40, noNaN: true })
    const background = fc.constantFrom(WHITE, [0, 0, 0, 0] as const, [10, 200, 30, 99] as const)
    fc.assert(
      fc.property(made, fc.boolean(), fc.tuple(entry, entry, shift, entry, entry, shift), background, (drawn, isOpaque, matrix, around) => {
        const input = isOpaque ? opaque(drawn) : drawn // an opaque picture is held without its alphas
        const map = { width: 21, height: 17, matrix, background: around, interpolation }
        const [actual, expected] = [affine(core, input, map), affineDefinition.affine(input, map)]
        expect(farthest(premultiplyDefinition.premultiply(actual), premultiplyDefinition.premultiply(expected))).toBeLessThanOrEqual(1)
      }),
      { numRuns: 150, seed: 8 },
    )
  })

  test('pictures of many tiles equal the definition', () => {
    const input = randomRaster(260, 150, 2)
    const turned = rotate(core, input, { degrees: 33.3, background: WHITE })
    const [cos, sin] = [Math.cos((33.3 * Math.PI) / 180), Math.sin((33.3 * Math.PI) / 180)]
    const [x, y] = [(turned.width - 1) / 2, (turned.height - 1) / 2]
    const matrix = [cos, sin, 129.5 - cos * x - sin * y, -sin, cos, 74.5 + sin * x - cos * y] as const
    const map = { width: turned.width, height: turned.height, matrix, background: WHITE, interpolation: 'bicubic' } as const
    const expected = affineDefinition.affine(input, map)
    expect(farthest(premultiplyDefinition.premultiply(turned), premultiplyDefinition.premultiply(expected))).toBeLessThanOrEqual(1)
  })

  test('quarter turns move pixels untouched, clockwise', () => {
    const input = randomRaster(3, 2, 5)
    const pixels = (raster: Raster): string[] =>
      Array.from({ length: raster.data.length / 4 }, (_, i) => raster.data.subarray(i * 4, i * 4 + 4).join())
    for (const shown of [input, opaque(input)]) {
      const turned = (degrees: number): string[] => pixels(turn(core, shown, rightAngleTurn(degrees) ?? 1))
      const [a, b, c, d, e, f] = pixels(shown)
      expect(turned(90)).toEqual([d, a, e, b, f, c])
      expect(turned(180)).toEqual([f, e, d, c, b, a])
      expect(turned(-90)).toEqual([c, f, b, e, a, d])
      expect(turned(360)).toEqual([a, b, c, d, e, f])
    }
  })

  test('the canvas holds the turned corners', () => {
    expect(rotatedShape({ width: 160, height: 120 }, 20)).toEqual({ width: 192, height: 168 })
    expect(rotatedShape({ width: 160, height: 120 }, 90)).toEqual({ width: 120, height: 160 })
    expect(rotatedShape({ width: 100, height: 100 }, 45)).toEqual({ width: 142, height: 142 })
  })

  test('a positive angle turns clockwise', () => {
    const data = new Uint8ClampedArray(41 * 41 * 4).fill(255)
    for (let y = 18; y < 23; y++) for (let x = 0; x < 41; x++) data.set([0, 0, 0, 255], (y * 41 + x) * 4)
    const { width, height, data: turned } = rotate(core, { width: 41, height: 41, data }, { degrees: 30, background: WHITE })
    const at = (x: number, y: number): number => turned[(Math.round(y) * width + Math.round(x)) * 4] ?? 0
    const [x, y] = [(width - 1) / 2, (height - 1) / 2]
    const [dx, dy] = [15 * Math.cos(Math.PI / 6), 15 * Math.sin(Math.PI / 6)]
    expect(at(x + dx, y + dy)).toBeLessThan(60) // right end went down
    expect(at(x + dx, y - dy)).toBeGreaterThan(200)
  })
})

describe('neighbourhoods', () => {
  test.each([3, 5, 9, 15])('the median of %i pixels square is the middle of the sorted neighbours', (size) => {
    const half = (size - 1) / 2
    const sorted = ({ width, height, data }: Raster): Raster => ({
      width,
      height,
      data: data.map((_, at) => {
        const [x, y] = [(at >> 2) % width, Math.floor(at / 4 / width)]
        const clamp = (value: number, most: number): number => Math.min(most - 1, Math.max(0, value))
        const near = Array.from(
          { length: size * size },
          (_, k) => (clamp(y - half + Math.floor(k / size), height) * width + clamp(x - half + (k % size), width)) * 4 + (at & 3),
        )
        return near.map((index) => data[index] ?? 0).toSorted((a, b) => a - b)[(size * size - 1) / 2] ?? 0
      }),
    })
    hold((input) => median(core, input, size), sorted, 0, 20)
  })

  test('selective blur equals its definition', () => {
    hold((input) => selectiveBlur(core, input), selectiveDefinition.selectiveBlur, 0)
  })

  test('selective blur by hand: weights 1 / difference, the middle 0.5, black outside', () => {
    const data = Uint8ClampedArray.of(100, 100, 100, 7, 102, 102, 102, 255)
    // 100 with one neighbour 2 away and seven black ones: (0.5 · 102 + 0.5 · 100) / (0.5 + 0.5 + 7 / 100) = 94.4; then 102 with 94 and black
    const second = (102 * 0.5 + 94 / 8) / (0.5 + 1 / 8 + 7 / 102)
    expect([...selectiveBlur(core, { width: 2, height: 1, data }).data]).toEqual([94, 94, 94, 7, ...Array(3).fill(Math.trunc(second)), 255])
  })

  test('enhance equals its definition within one level', () => {
    const near = (input: Raster): Raster => ({
      ...input,
      data: input.data.map((value, at) => (at % 4 === 3 ? 200 + (value >> 3) : 100 + (value >> 2))),
    })
    const small = ({ width, height }: Raster): boolean => width < 5 || height < 5
    hold(
      (input) => enhance(core, near(input)),
      (input) => (small(input) ? near(input) : enhanceDefinition.enhance(near(input))),
      1,
    )
  })
})
