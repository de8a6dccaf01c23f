import { type Orientation, SYMMETRY, turnsRows, uprightShape } from '../../orientation.ts'
import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { heldBytes, type HeldPicture, type HoldExports, holdPicture } from './held.ts'
import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes } from './pixel-rows.ts'
import type { Band } from '../plane-stream.ts'
import { mapRows } from './stages.ts'

/** Memory that `turnRows` takes: the picture, unless each row is only mirrored in itself. */
export const turnRowsBytes = (stored: Shape, orientation: Orientation, isOpaque: boolean): number =>
  turnsRows(orientation) ? heldBytes(stored, isOpaque) + rowsBytes(uprightShape(stored, orientation).width, BAND_ROWS) : 0

/** Turns stored rows upright, without touching a pixel's value. */
export function turnRows(core: Core<HoldExports>, input: PixelRows, orientation: Orientation): PixelRows {
  if (orientation === 1) return input
  if (!turnsRows(orientation)) {
    return mapRows(input, (at, bytes) => void new Uint32Array(core.exports.memory.buffer, at, bytes / 4).reverse())
  }
  const shape = uprightShape(input, orientation)
  const target = allocateRows(core, shape.width, BAND_ROWS)
  const { picture: stored, bands } = holdPicture(core, input)
  function* turned(): Generator<Band> {
    for (let y = 0; y < shape.height; y += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, shape.height - y)
      const words = target.stride / 4
      turnBand(stored, orientation, y, new Uint32Array(core.exports.memory.buffer, target.ptr, words * rows), words, rows)
      yield { ...target, rows }
    }
  }
  return { ...shape, isOpaque: input.isOpaque, bands: bands(turned) }
}

/** Upright rows `top` to `top + rows`. Reads along stored rows where the picture is transposed: what lies side by side in memory is read together. */
function turnBand(stored: HeldPicture, orientation: Orientation, top: number, to: Uint32Array, words: number, rows: number): void {
  const { transpose, mirrorX, mirrorY } = SYMMETRY[orientation]
  const { width } = uprightShape(stored, orientation)
  const stepX = mirrorX ? -1 : 1
  const stepY = (mirrorY ? -1 : 1) * stored.width
  const origin = (mirrorX ? stored.width - 1 : 0) + (mirrorY ? (stored.height - 1) * stored.width : 0)
  const [alongRow, alongColumn] = transpose ? [stepY, stepX] : [stepX, stepY]
  const { bytes } = stored
  const words32 = stored.pixelBytes === 4 ? new Uint32Array(bytes.buffer) : null
  // A symmetry is a bijection: every index is inside.
  const pixelAt = words32
    ? (at: number): number => words32[at] as number
    : (at: number): number =>
        (bytes[at * 3] as number) | ((bytes[at * 3 + 1] as number) << 8) | ((bytes[at * 3 + 2] as number) << 16) | OPAQUE
  for (let x = 0; x < width; x++) {
    let at = origin + x * alongRow + top * alongColumn
    for (let y = 0, target = x; y < rows; y++, at += alongColumn, target += words) to[target] = pixelAt(at)
  }
}

const OPAQUE = 0xff << 24
