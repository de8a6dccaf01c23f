import type { Shape } from '../../../raster.ts'
import type { Band } from '../../plane-stream.ts'
import { allocateRows } from '../../rows/pixel-rows.ts'
import { createVp8Encoder, type Vp8EncodeOptions } from './encoder.ts'
import type { Vp8EncoderCore } from './exports.ts'

/** Takes a picture's rows of RGBA, whose alpha is ignored, and gives its file. */
export interface Vp8RowEncoder {
  take(band: Band): void
  /** When all rows have been taken, some rows at a time, or at once. */
  finishing(): Generator<void, Uint8Array>
  finish(): Uint8Array
}

/** An encoder for rows that come from stages which allocate in the same core: all that it needs is allocated now. */
export function createVp8RowEncoder(core: Vp8EncoderCore, shape: Shape, options: Vp8EncodeOptions): Vp8RowEncoder {
  const encoder = createVp8Encoder(core, shape, options)
  const [luma, cb, cr] = encoder.planes
  const { width, height } = shape
  const { exports } = core
  // Chroma is made of two rows, and of two columns: an odd picture's last ones stand for those that are not there.
  const pair = allocateRows(core, width + 1, 2)
  const pairOf = (half: number): number => pair.ptr + half * pair.stride
  let y = 0
  return {
    take({ ptr, stride, rows }) {
      for (let row = 0; row < rows; row++, y++) {
        const at = y % luma.rowsPerMcu
        const rgba = ptr + row * stride
        exports.rgbaToStudioLuma(rgba, luma.ptr + at * luma.stride, width)
        const bytes = core.bytes()
        bytes.copyWithin(pairOf(y % 2), rgba, rgba + width * 4)
        if (width % 2 === 1) bytes.copyWithin(pairOf(y % 2) + width * 4, rgba + (width - 1) * 4, rgba + width * 4)
        const isLast = y === height - 1
        if (y % 2 === 1 || isLast) {
          const to = (at >> 1) * cb.stride
          exports.rgbaToStudioChroma(pairOf(0), pairOf(y % 2), cb.ptr + to, cr.ptr + to, cb.width)
        }
        if (isLast || at === luma.rowsPerMcu - 1) encoder.encodeRow()
      }
    },
    finishing: encoder.finishing,
    finish: encoder.finish,
  }
}
