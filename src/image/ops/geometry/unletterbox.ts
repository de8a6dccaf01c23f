import * as z from 'zod'
import { defineOperation, keepRectangle } from '../define.ts'

type Colour = readonly [red: number, green: number, blue: number]

/** Each pixel of row 0 differs by at most this from its first, in each channel (docs/protocols/batch.md §4.13) */
const BAND_TOLERANCE = 1
/** A row whose mean differs by more than this in a channel begins the picture. */
const PICTURE_DIFFERENCE = 10

function isUniform(row: Uint8Array, colour: Colour): boolean {
  for (let i = 0; i < row.length; i += 4) {
    for (let c = 0; c < 3; c++) if (Math.abs((row[i + c] as number) - (colour[c] as number)) > BAND_TOLERANCE) return false // i + c stays in the row
  }
  return true
}

function showsPicture(row: Uint8Array, colour: Colour): boolean {
  const sums: [number, number, number] = [0, 0, 0]
  for (let i = 0; i < row.length; i += 4) {
    for (let c = 0; c < 3; c++) sums[c]! += row[i + c] as number // c is 0–2, i stays in the row
  }
  return sums.some((sum, c) => Math.abs(sum / (row.length / 4) - (colour[c] as number)) > PICTURE_DIFFERENCE)
}

export const unletterbox = defineOperation({
  summary: 'Cuts off uniform bands above and below the picture.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  keepsGainMap: true,
  async resolve(_params, input, _output, { core, drain }) {
    let colour: Colour | undefined
    let isBanded = true
    let [y, top, bottom] = [0, -1, -1]
    await drain(input, ({ ptr, stride, rows }) => {
      const memory = core.bytes()
      for (let row = 0; row < rows && isBanded; row++, y++) {
        const pixels = memory.subarray(ptr + row * stride, ptr + row * stride + input.width * 4)
        if (!colour) {
          colour = [pixels[0] ?? 0, pixels[1] ?? 0, pixels[2] ?? 0]
          isBanded = isUniform(pixels, colour)
        }
        if (!isBanded || !showsPicture(pixels, colour)) continue
        if (top < 0) top = y
        bottom = y
      }
    })
    // If nothing is left, the picture stays.
    if (!isBanded || top < 0) return null
    return keepRectangle({ x: 0, y: top, width: input.width, height: bottom - top + 1 })
  },
})
