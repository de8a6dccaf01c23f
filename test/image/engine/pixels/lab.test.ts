import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Core, createCore } from '../../../../src/image/engine/core.ts'
import type { PixelwiseExports } from '../../../../src/image/engine/pixels/pixelwise.ts'
import { type Lab, type LabChange, labSpace } from '../../../../src/image/definitions/lab.ts'
import * as definition from '../../definitions/lab.ts'
import type { Raster } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import { changeLab } from '../../../support/stages.ts'
import { random } from '../png/writer.ts'

let core: Core<PixelwiseExports>
beforeAll(async () => {
  core = createCore(await coreModule())
})

const SAME: LabChange = { brightness: 1, lightness: 0, saturation: 1, hue: 0 }

function noise(width: number, height: number, seed: number): Raster {
  const next = random(seed)
  return { width, height, data: Uint8ClampedArray.from({ length: width * height * 4 }, () => next(256)) }
}

/** Every combination of 32 levels of each channel, with every alpha. */
const cube: Raster = {
  width: 256,
  height: 128,
  data: Uint8ClampedArray.from({ length: 32 ** 3 * 4 }, (_, i) => {
    const colour = i >> 2
    return i % 4 === 3 ? colour : Math.round((((colour >> ((i % 4) * 5)) & 31) * 255) / 31)
  }),
}

/** The greatest difference of any channel, and the share of channels that differ at all. */
function difference(a: Raster, b: Raster): { most: number; share: number } {
  const differences = a.data.map((value, i) => Math.abs(value - (b.data[i] ?? 0)))
  return { most: differences.reduce((most, value) => Math.max(most, value), 0), share: differences.filter(Boolean).length / a.data.length }
}

describe('changes in L*a*b*', () => {
  test.each<[string, Partial<LabChange>]>([
    ['nothing', {}],
    ['more light and colour', { brightness: 1.1, saturation: 1.3 }],
    ['less', { brightness: 0.4, saturation: 0.2 }],
    ['a turn', { hue: 137 }],
    ['added lightness', { lightness: -20 }],
    ['all at once', { brightness: 0.8, lightness: 5, saturation: 2.5, hue: -60 }],
    ['to white', { brightness: 100 }],
    ['to black', { brightness: 0 }],
  ])('equal their definition within a level, nearly everywhere exactly: %s', (_name, change) => {
    const wish = { ...SAME, ...change }
    const { most, share } = difference(changeLab(core, cube, wish), definition.changeLab(cube, wish))
    expect(most).toBeLessThanOrEqual(1)
    expect(share).toBeLessThan(0.005)
  })

  test('of any strength and on pictures of any size stay near the definition, and give the core its memory back', () => {
    const hundredths = (min: number, max: number) => fc.integer({ min: min * 100, max: max * 100 }).map((value) => value / 100)
    const changes = fc.record({
      brightness: hundredths(0, 3),
      lightness: hundredths(-100, 100),
      saturation: hundredths(0, 4),
      hue: hundredths(-360, 360),
    })
    const shapes = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 9 }), seed: fc.nat(1e6) })
    fc.assert(
      fc.property(shapes, changes, ({ width, height, seed }, change) => {
        const input = noise(width, height, seed)
        const untouched = input.data.slice()
        const mark = core.mark()
        const output = changeLab(core, input, change)
        expect(core.mark()).toBe(mark)
        expect(input.data).toEqual(untouched)
        expect(difference(output, definition.changeLab(input, change)).most).toBeLessThanOrEqual(1)
      }),
      { numRuns: 100, seed: 4 },
    )
  })

  test('that change nothing keep every colour, and alpha always stays', () => {
    expect(difference(changeLab(core, cube, SAME), cube).most).toBeLessThanOrEqual(1)
    const { data } = changeLab(core, cube, { ...SAME, brightness: 0.3, hue: 90 })
    expect(data.filter((_, i) => i % 4 === 3)).toEqual(cube.data.filter((_, i) => i % 4 === 3))
  })

  // CIE 15 and IEC 61966-2-1, D65: white, red, green and blue of sRGB.
  test.each([
    [255, 255, 255, 100, 0, 0],
    [255, 0, 0, 53.24, 80.09, 67.2],
    [0, 255, 0, 87.73, -86.18, 83.18],
    [0, 0, 255, 32.3, 79.19, -107.86],
  ])('know the colours of the book: %i %i %i', (red, green, blue, l, a, b) => {
    const lab: Lab = { l: 0, a: 0, b: 0 }
    labSpace().toLab(red, green, blue, lab)
    expect(Math.hypot(lab.l - l, lab.a - a, lab.b - b)).toBeLessThan(0.02)
  })
})
