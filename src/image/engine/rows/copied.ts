import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'
import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes, rowStride } from './pixel-rows.ts'

/** Memory that `copiedRows` takes. */
export const copiedRowsBytes = ({ width }: Shape): number => rowsBytes(width, BAND_ROWS)

/** Rows of what stays: who reads them may write to them. `copy` puts row `y` at an offset of the core's memory. */
type CopiedRows = (shape: Shape, isOpaque: boolean, copy: (y: number, to: number) => void) => PixelRows

/** The copies' memory is taken once, for one reader after the other, of pictures of at most so many pixels of width. */
export function copiedRows(core: Core, widest: number): CopiedRows {
  const { ptr } = allocateRows(core, widest, BAND_ROWS)
  return ({ width, height }, isOpaque, copy) => {
    const stride = rowStride(width)
    function* bands(): Generator<Band> {
      for (let y = 0; y < height; y += BAND_ROWS) {
        const rows = Math.min(BAND_ROWS, height - y)
        for (let row = 0; row < rows; row++) copy(y + row, ptr + row * stride)
        yield { ptr, stride, rows }
      }
    }
    return { width, height, isOpaque, bands: bands() }
  }
}
