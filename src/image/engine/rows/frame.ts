import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes } from './pixel-rows.ts'
import type { Band } from '../plane-stream.ts'

/** Core memory that `frameRows` takes. */
export const frameRowsBytes = (width: number): number => rowsBytes(width, BAND_ROWS) + rowsBytes(width, 1)

/**
 * A canvas of one colour with a picture copied onto it, not blended, its upper left corner at (x, y) in whole pixels; what lies outside is cut.
 * `background`: straight alpha, 0–255.
 */
export function frameRows(
  core: Core,
  input: PixelRows,
  { width, height }: Shape,
  background: readonly [red: number, green: number, blue: number, alpha: number],
  x: number,
  y: number,
): PixelRows {
  const target = allocateRows(core, width, BAND_ROWS)
  const empty = allocateRows(core, width, 1).ptr
  new Uint32Array(core.exports.memory.buffer, empty, width).fill(new Uint32Array(Uint8Array.from(background).buffer)[0] ?? 0)
  const [left, right] = [Math.max(0, x), Math.min(width, x + input.width)]
  const isCovered = left === 0 && right === width && y <= 0 && y + input.height >= height
  /** Row `row` of the target: the background, and the picture's row at `from` on it. */
  const put = (row: number, from?: number): void => {
    const memory = core.bytes()
    const to = target.ptr + row * target.stride
    if (from === undefined || right - left < width) memory.copyWithin(to, empty, empty + width * 4)
    if (from !== undefined && left < right) memory.copyWithin(to + left * 4, from + (left - x) * 4, from + (right - x) * 4)
  }
  function* margin(rows: number): Generator<Band> {
    for (let made = 0; made < rows; made += BAND_ROWS) {
      const count = Math.min(BAND_ROWS, rows - made)
      for (let row = 0; row < count; row++) put(row)
      yield { ...target, rows: count }
    }
  }
  function* bands(): Generator<Band> {
    const top = Math.min(height, Math.max(0, y))
    yield* margin(top)
    let at = y
    for (const { ptr, stride, rows } of input.bands) {
      let filled = 0
      for (let row = 0; row < rows; row++, at++) {
        if (at < 0 || at >= height) continue
        put(filled++, ptr + row * stride)
        if (filled < BAND_ROWS) continue
        yield { ...target, rows: filled }
        filled = 0
      }
      yield { ...target, rows: filled }
    }
    yield* margin(height - Math.max(top, Math.min(height, y + input.height)))
  }
  return { width, height, isOpaque: input.isOpaque && (background[3] === 255 || isCovered), bands: bands() }
}
