import * as z from 'zod'
import { defineOperation, keepRectangle } from '../define.ts'

/** Whether the pixel at byte `at` differs from `first` by more than the threshold in any channel; fully transparent pixels are all alike. */
function differs(data: Uint8Array, at: number, first: Uint8Array, threshold: number): boolean {
  if (data[at + 3] === 0 && first[3] === 0) return false
  for (let c = 0; c < 4; c++) if (Math.abs((data[at + c] as number) - (first[c] as number)) > threshold) return true // callers stay inside
  return false
}

/** The first and last pixel of a row that differ; `null` when none does. */
function extent(row: Uint8Array, corner: Uint8Array, threshold: number): readonly [first: number, last: number] | null {
  let first = 0
  while (first < row.length && !differs(row, first, corner, threshold)) first += 4
  if (first === row.length) return null
  let last = row.length - 4
  while (!differs(row, last, corner, threshold)) last -= 4
  return [first / 4, last / 4]
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
  keepsGainMap: true,
  async resolve({ threshold }, input, _output, { core, drain }) {
    let corner: Uint8Array | undefined
    let [left, top, right, bottom] = [input.width, input.height, -1, -1]
    let y = 0
    await drain(input, ({ ptr, stride, rows }) => {
      const memory = core.bytes()
      for (let row = 0; row < rows; row++, y++) {
        const pixels = memory.subarray(ptr + row * stride, ptr + row * stride + input.width * 4)
        corner ??= pixels.slice(0, 4)
        const differing = extent(pixels, corner, threshold)
        if (differing === null) continue
        left = Math.min(left, differing[0])
        right = Math.max(right, differing[1])
        top = Math.min(top, y)
        bottom = y
      }
    })
    if (right < 0) return null
    return keepRectangle({ x: left, y: top, width: right - left + 1, height: bottom - top + 1 })
  },
})
