import type { Core } from '../core.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import { slideRows, slideRowsBytes } from '../rows/stages.ts'

/** Grades of brightness that are told apart. */
const GRADES = 32

const windowOf = (width: number, radius: number) => ({ radius, rowBytes: width * 4 })

/** Memory that `oilPaint` takes. */
export const oilPaintBytes = (width: number, radius: number): number => slideRowsBytes(width, windowOf(width, radius)) + GRADES * 24

/**
 * Each pixel becomes the mean of those of the square around it that have its commonest brightness; `test/image/definitions/oil-paint.ts`. Of equally common
 * ones the darkest counts. The square is cut off at the left and the right edge, and rows repeat at the upper and the lower one.
 */
export function oilPaint(core: Core, input: PixelRows, radius: number): PixelRows {
  const { width } = input
  const counts = new Int32Array(GRADES)
  /** Red, green, blue, alpha of each grade; the colours weighted by alpha. */
  const sums = new Float64Array(GRADES * 4)
  const column = (memory: Uint8Array, rows: readonly number[], x: number, sign: 1 | -1): void => {
    for (const row of rows) {
      const at = row + x * 4
      const [red, green, blue, alpha] = [memory[at] as number, memory[at + 1] as number, memory[at + 2] as number, memory[at + 3] as number] // of a row of the window
      const g = Math.floor((red * 299 + green * 587 + blue * 114) / (256_000 / GRADES))
      counts[g] = (counts[g] as number) + sign // below GRADES
      const weight = sign * alpha
      sums[g * 4] = (sums[g * 4] as number) + red * weight
      sums[g * 4 + 1] = (sums[g * 4 + 1] as number) + green * weight
      sums[g * 4 + 2] = (sums[g * 4 + 2] as number) + blue * weight
      sums[g * 4 + 3] = (sums[g * 4 + 3] as number) + weight
    }
  }
  const write = (memory: Uint8Array, to: number): void => {
    let best = 0
    for (let g = 1; g < GRADES; g++) if ((counts[g] as number) > (counts[best] as number)) best = g
    const alpha = sums[best * 4 + 3] as number
    for (let c = 0; c < 3; c++) memory[to + c] = alpha === 0 ? 0 : Math.round((sums[best * 4 + c] as number) / alpha)
    memory[to + 3] = Math.round(alpha / (counts[best] as number))
  }
  return slideRows(core, input, {
    ...windowOf(width, radius),
    load: (from, to) => void core.bytes().copyWithin(to, from, from + width * 4),
    emit(rows, to) {
      const memory = core.bytes()
      counts.fill(0)
      sums.fill(0)
      for (let x = 0; x < Math.min(radius, width); x++) column(memory, rows, x, 1)
      for (let x = 0; x < width; x++) {
        if (x + radius < width) column(memory, rows, x + radius, 1)
        if (x - radius - 1 >= 0) column(memory, rows, x - radius - 1, -1)
        write(memory, to + x * 4)
      }
    },
  })
}
