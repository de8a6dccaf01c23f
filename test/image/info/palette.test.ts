import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { paletteOf } from '../../../src/image/info/palette.ts'
import type { Raster } from '../../../src/image/raster.ts'

type Colour = readonly [red: number, green: number, blue: number]

/** A picture of one row: so many pixels of each colour. */
function row(colours: readonly (readonly [colour: Colour, count: number, alpha?: number])[]): Raster {
  const pixels = colours.flatMap(([colour, count, alpha = 255]) => Array.from({ length: count }, () => [...colour, alpha]))
  return { width: pixels.length, height: 1, data: Uint8ClampedArray.from(pixels.flat()) }
}

const told = (picture: Raster, most = 6) =>
  paletteOf(picture, most).map(({ red, green, blue, share }) => [red, green, blue, share] as const)

const level = fc.integer({ min: 0, max: 255 })
const colour = fc.tuple(level, level, level)
/** Colours that stand in different cells: their upper five bits differ. */
const apart = (most: number) =>
  fc.uniqueArray(fc.tuple(colour, fc.integer({ min: 1, max: 40 })), {
    minLength: 1,
    maxLength: most,
    selector: ([levels]) => levels.map((value) => value >> 3).join(),
  })

const squaredError = (picture: Raster, palette: readonly (readonly number[])[]): number => {
  let sum = 0
  for (let at = 0; at < picture.data.length; at += 4)
    sum += Math.min(...palette.map((one) => [0, 1, 2].reduce((all, i) => all + ((picture.data[at + i] ?? 0) - (one[i] ?? 0)) ** 2, 0)))
  return sum
}

describe("Wu's quantiser", () => {
  it('gives flat colours exactly, with their shares, the largest first', () => {
    fc.assert(
      fc.property(apart(6), (colours) => {
        const palette = told(row(colours))
        const total = colours.reduce((sum, [, count]) => sum + count, 0)
        expect(new Set(palette.map(String))).toEqual(new Set(colours.map(([levels, count]) => String([...levels, count / total]))))
        expect(palette.map(([, , , share]) => share)).toEqual(palette.map(([, , , share]) => share).toSorted((a, b) => b - a))
      }),
      { seed: 1 },
    )
  })

  it('has shares that add up to one, and no more colours than wished, whatever the picture is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(colour, fc.constant(1)), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 8 }),
        (colours, most) => {
          const palette = told(row(colours), most)
          expect(palette.length).toBeLessThanOrEqual(most)
          expect(palette.reduce((sum, [, , , share]) => sum + share, 0)).toBeCloseTo(1, 9)
        },
      ),
      { seed: 2 },
    )
  })

  it('does not depend on where the pixels stand', () => {
    fc.assert(
      fc.property(apart(20), (colours) => {
        expect(told(row(colours.toReversed()))).toEqual(told(row(colours)))
      }),
      { seed: 3 },
    )
  })

  it('gets closer to the picture with each colour, and closer than fixed cells of a cube', () => {
    const colours = Array.from({ length: 400 }, (_, i): [Colour, number] => [
      [128 + 127 * Math.sin(i / 7), 128 + 100 * Math.cos(i / 31), (i * 5) % 256].map(Math.round) as unknown as Colour, // three levels
      1,
    ])
    const picture = row(colours)
    const errors = [1, 2, 3, 4, 5, 6, 7, 8].map((most) => squaredError(picture, told(picture, most)))
    for (const [i, error] of errors.slice(1).entries()) expect(error).toBeLessThan(errors[i] ?? 0)
    const cube = [64, 192].flatMap((red) => [64, 192].flatMap((green) => [64, 192].map((blue) => [red, green, blue])))
    expect(errors.at(-1)).toBeLessThan(squaredError(picture, cube))
  })

  it('sees what is at least half opaque alone', () => {
    const picture = row([
      [[255, 0, 0], 9, 127],
      [[0, 0, 255], 1, 128],
    ])
    expect(told(picture)).toEqual([[0, 0, 255, 1]])
    expect(told(row([[[9, 9, 9], 5, 0]]))).toEqual([])
  })
})
