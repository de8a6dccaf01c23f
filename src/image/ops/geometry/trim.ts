import * as z from 'zod'
import { cutOut } from '../../paste.ts'
import type { Raster } from '../../raster.ts'
import { defineOperation } from '../define.ts'

/** Whether the pixel at byte `at` differs from the first pixel by more than the threshold in any channel; fully transparent pixels are all alike. */
function differs(data: Uint8ClampedArray, at: number, threshold: number): boolean {
  if (data[at + 3] === 0 && data[3] === 0) return false
  for (let c = 0; c < 4; c++) if (Math.abs((data[at + c] as number) - (data[c] as number)) > threshold) return true // callers stay inside
  return false
}

/** The smallest rectangle that holds every differing pixel; `null` when there is none. */
function content({ width, height, data }: Raster, threshold: number) {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y++) {
    const row = y * width * 4
    let first = 0
    while (first < width && !differs(data, row + first * 4, threshold)) first++
    if (first === width) continue
    let last = width - 1
    while (!differs(data, row + last * 4, threshold)) last--
    left = Math.min(left, first)
    right = Math.max(right, last)
    top = Math.min(top, y)
    bottom = y
  }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

export const trim = defineOperation({
  summary: 'Cuts off the edges that have the colour of the upper left pixel; an image of one colour stays as it is.',
  params: z.strictObject({
    threshold: z
      .number()
      .min(0)
      .max(255)
      .default(10)
      .describe('The largest difference in any channel that still counts as the same colour.'),
  }),
  plan: (_params, { width, height }) => ({ width, height }),
  shrinks: true,
  apply({ threshold }, input) {
    const kept = content(input, threshold)
    return kept === null ? input : cutOut(input, kept.x, kept.y, kept)
  },
})
