import * as z from 'zod'
import { cutOut } from '../../paste.ts'
import type { Raster } from '../../raster.ts'
import { defineOperation } from '../define.ts'

type Colour = readonly [red: number, green: number, blue: number]

/** Each pixel of row 0 differs by at most this from its first, in each channel (docs/protocols/batch.md §4.13) */
const BAND_TOLERANCE = 1
/** A row whose mean differs by more than this in a channel begins the picture. */
const PICTURE_DIFFERENCE = 10

function isUniform({ width, data }: Raster, colour: Colour): boolean {
  for (let i = 0; i < width * 4; i += 4) {
    for (let c = 0; c < 3; c++) if (Math.abs((data[i + c] as number) - (colour[c] as number)) > BAND_TOLERANCE) return false // i + c stays in row 0
  }
  return true
}

function showsPicture({ width, data }: Raster, row: number, colour: Colour): boolean {
  const sums: [number, number, number] = [0, 0, 0]
  for (let i = row * width * 4; i < (row + 1) * width * 4; i += 4) {
    for (let c = 0; c < 3; c++) sums[c]! += data[i + c] as number // c is 0–2, i stays in the row
  }
  return sums.some((sum, c) => Math.abs(sum / width - (colour[c] as number)) > PICTURE_DIFFERENCE)
}

export const unletterbox = defineOperation({
  summary: 'Cuts off uniform bands above and below the picture.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  shrinks: true,
  apply(_params, input) {
    const colour: Colour = [input.data[0] ?? 0, input.data[1] ?? 0, input.data[2] ?? 0]
    if (!isUniform(input, colour)) return input
    let top = 0
    while (top < input.height && !showsPicture(input, top, colour)) top++
    // If nothing is left, the picture stays.
    if (top === input.height) return input
    let bottom = input.height
    while (!showsPicture(input, bottom - 1, colour)) bottom--
    return cutOut(input, 0, top, { width: input.width, height: bottom - top })
  },
})
