// Pictures and files of HEIC's tests: HEVC whose samples are stored as they are, so that every pixel is known.
import { AppError } from '../../../src/errors.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { decoded } from '../../support/icc/decoded.ts'
import { codePoints, grid, ispe, type WrittenAvif, type WrittenItem, writeAvif } from './avif-file.ts'
import { hevcItem, type Samples } from './hevc-picture.ts'

export const [WIDTH, HEIGHT] = [77, 45]
export const writeHeic = (file: WrittenAvif): Uint8Array => writeAvif({ ...file, brand: 'heic' })

/** The picture of HEIC's tests: red, green and blue of a pixel. */
export const levels = (x: number, y: number): readonly [number, number, number] => [(x * 3) & 255, (y * 5 + x) & 255, (x * y) & 255]

/** RGB is coded as it is: green, blue and red in three whole planes. */
export const rgbItem = (width: number, height: number, left = 0, top = 0): WrittenItem => {
  const item = hevcItem({
    width,
    height,
    chroma: 3,
    bits: 8,
    sample: (plane, x, y) => levels(left + x, top + y)[([1, 2, 0] as const)[plane] ?? 0],
  })
  return { ...item, properties: [...item.properties, codePoints(1, 13)] }
}
export const grayItem = (width: number, height: number, sample: Samples['sample'], bits: 8 | 10 = 8): WrittenItem => {
  const item = hevcItem({ width, height, chroma: 0, bits, sample })
  return { ...item, properties: [...item.properties, codePoints(1, 13, 6)] }
}

export type Place = (x: number, y: number) => readonly [x: number, y: number]

/** The RGBA of so many pixels, each that of a place of the picture. */
export const expected = (
  width: number,
  height: number,
  place: Place = (x, y) => [x, y],
  alpha = (_x: number, _y: number): number => 255,
): Raster => ({
  width,
  height,
  data: Uint8ClampedArray.from(
    Array.from({ length: width * height }, (_, i) => {
      const [x, y] = place(i % width, Math.floor(i / width))
      return [...levels(x, y), alpha(x, y)]
    }).flat(),
  ),
})

/** A grid of these cells, row by row. */
export function gridOf(cells: readonly WrittenItem[], columns: number, width: number, height: number): Uint8Array {
  const data = grid(cells.length / columns, columns, width, height)
  const main: WrittenItem = { type: 'grid', data, properties: [ispe(width, height), codePoints(1, 13)] }
  return writeHeic({ items: [main, ...cells], references: [{ type: 'dimg', from: 1, to: cells.map((_, i) => i + 2) }] })
}

/** Six cells of 64 × 64, two rows of three. */
export const gridFile = (width: number, height: number, change = (cell: WrittenItem, _i: number): WrittenItem => cell): Uint8Array =>
  gridOf(
    Array.from({ length: 6 }, (_, i) => change(rgbItem(64, 64, (i % 3) * 64, Math.floor(i / 3) * 64), i)),
    3,
    width,
    height,
  )

export async function problemOf(file: Uint8Array): Promise<string> {
  try {
    await decoded(file)
    return 'none'
  } catch (thrown) {
    return thrown instanceof AppError ? `${thrown.fault.status} ${thrown.code}` : String(thrown)
  }
}
