import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'
import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes } from './pixel-rows.ts'

/** Writes row `y` of a picture: one word a pixel, as `pixel` packs it. Rows are asked for top to bottom, each once. */
export type PaintRow = (y: number, row: Uint32Array) => void

/** A pixel as a word of the core's memory, which is little-endian: R, G, B, A. */
export const pixel = (red: number, green: number, blue: number, alpha = 255): number =>
  (red | (green << 8) | (blue << 16) | (alpha << 24)) >>> 0

/** Rows that are written by TypeScript, band by band. */
export function paintedRows(core: Core, { width, height }: Shape, isOpaque: boolean, paint: PaintRow): PixelRows {
  const { ptr, stride } = allocateRows(core, width, Math.min(BAND_ROWS, height))
  // Whoever paints may take of the core's memory, which detaches views.
  const painted = new Uint32Array(width)
  function* bands(): Generator<Band> {
    for (let y = 0; y < height; y += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - y)
      for (let row = 0; row < rows; row++) {
        paint(y + row, painted)
        new Uint32Array(core.exports.memory.buffer, ptr + row * stride, width).set(painted)
      }
      yield { ptr, stride, rows }
    }
  }
  return { width, height, isOpaque, bands: bands() }
}

/** Memory that `paintedRows` takes. */
export const paintedRowsBytes = ({ width }: Shape): number => rowsBytes(width, BAND_ROWS) + 4 * width
