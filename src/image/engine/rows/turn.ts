import { type Orientation, SYMMETRY, turnsRows, uprightShape } from '../../orientation.ts'
import { createRaster, type Raster, type Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { allocateRows, BAND_ROWS, NO_ROWS, type PixelRows, putRows, rowsBytes } from './pixel-rows.ts'
import type { Band } from '../plane-stream.ts'
import { mapRows } from './stages.ts'

/** Memory that `turnRows` takes: the picture, unless each row is only mirrored in itself. */
export const turnRowsBytes = ({ width, height }: Shape, orientation: Orientation): number =>
  turnsRows(orientation) ? width * height * 4 + rowsBytes(uprightShape({ width, height }, orientation).width, BAND_ROWS) : 0

/** Turns stored rows upright, without touching a pixel's value. */
export function turnRows(core: Core, input: PixelRows, orientation: Orientation): PixelRows {
  if (orientation === 1) return input
  if (!turnsRows(orientation)) {
    return mapRows(input, (at, bytes) => void new Uint32Array(core.exports.memory.buffer, at, bytes / 4).reverse())
  }
  const shape = uprightShape(input, orientation)
  const target = allocateRows(core, shape.width, BAND_ROWS)
  function* bands(): Generator<Band> {
    const stored = createRaster(input)
    let taken = 0
    for (const band of input.bands) {
      putRows(core, band, stored, taken)
      taken += band.rows
      yield NO_ROWS
    }
    for (let y = 0; y < shape.height; y += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, shape.height - y)
      const words = target.stride / 4
      turnBand(stored, orientation, y, new Uint32Array(core.exports.memory.buffer, target.ptr, words * rows), words, rows)
      yield { ...target, rows }
    }
  }
  return { ...shape, isOpaque: input.isOpaque, bands: bands() }
}

/** Upright rows `top` to `top + rows`. Reads along stored rows where the picture is transposed: what lies side by side in memory is read together. */
function turnBand(stored: Raster, orientation: Orientation, top: number, to: Uint32Array, words: number, rows: number): void {
  const { transpose, mirrorX, mirrorY } = SYMMETRY[orientation]
  const { width } = uprightShape(stored, orientation)
  const from = new Uint32Array(stored.data.buffer, stored.data.byteOffset, stored.data.length / 4)
  const stepX = mirrorX ? -1 : 1
  const stepY = (mirrorY ? -1 : 1) * stored.width
  const origin = (mirrorX ? stored.width - 1 : 0) + (mirrorY ? (stored.height - 1) * stored.width : 0)
  const [alongRow, alongColumn] = transpose ? [stepY, stepX] : [stepX, stepY]
  for (let x = 0; x < width; x++) {
    let at = origin + x * alongRow + top * alongColumn
    for (let y = 0, target = x; y < rows; y++, at += alongColumn, target += words) to[target] = from[at] as number // a symmetry is a bijection
  }
}
