import type { Shape } from '../../../raster.ts'
import type { Band } from '../../plane-stream.ts'
import { allocateRows, rowsBytes } from '../../rows/pixel-rows.ts'
import { createVp8Encoder, type Vp8EncodeOptions, type Vp8Encoder } from './encoder.ts'
import type { Vp8EncoderCore } from './exports.ts'

/** Takes a picture's rows of RGBA, and gives its file. Alpha says which colours are seen; it becomes part of the file by `finishing`. */
export interface Vp8RowEncoder {
  take(band: Band): void
  /** When all rows have been taken, some rows at a time, or at once. */
  finishing(alpha?: Uint8Array<ArrayBuffer> | null): Generator<void, Uint8Array>
  finish(): Uint8Array
}

/** Core memory that a row encoder takes beside its encoder's. `isOpaque`: no pixel can be transparent. */
export const rowEncoderBytes = ({ width }: Shape, isOpaque: boolean): number =>
  rowsBytes(width + 1, 2) + (isOpaque ? 0 : (MACROBLOCK * 5 * evenWidth(width)) / 4 + 96)

const MACROBLOCK = 16
/** No square has been seen yet. */
const NO_LEVEL = 256
const evenWidth = (width: number): number => (width + 1) & ~1

/** An encoder for rows that come from stages which allocate in the same core: all that it needs is allocated now. `isOpaque`: no pixel can be transparent. */
export function createVp8RowEncoder(
  core: Vp8EncoderCore,
  { isOpaque, ...shape }: Shape & { readonly isOpaque: boolean },
  options: Vp8EncodeOptions,
): Vp8RowEncoder {
  const encoder = createVp8Encoder(core, shape, options)
  const [luma, cb, cr] = encoder.planes
  const { width, height } = shape
  const { exports } = core
  // Chroma is made of two rows, and of two columns: an odd picture's last ones stand for those that are not there.
  const pair = allocateRows(core, width + 1, 2)
  const pairOf = (half: number): number => pair.ptr + half * pair.stride
  const hidden = isOpaque ? null : createHidden(core, encoder)
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
        hidden?.take(pairOf(y % 2), at)
        if (y % 2 === 1 || isLast) {
          const to = (at >> 1) * cb.stride
          if (hidden) exports.webpWeighPair(pairOf(0), pairOf(y % 2), evenWidth(width))
          exports.rgbaToStudioChroma(pairOf(0), pairOf(y % 2), cb.ptr + to, cr.ptr + to, cb.width)
        }
        if (isLast || at === luma.rowsPerMcu - 1) {
          hidden?.smooth(at + 1)
          encoder.encodeRow()
        }
      }
    },
    finishing: encoder.finishing,
    finish: encoder.finish,
  }
}

/** Makes samples that nobody sees alike, so that they cost few bits. */
function createHidden({ alloc, exports }: Vp8EncoderCore, { planes: [luma, cb, cr] }: Vp8Encoder) {
  const stride = evenWidth(luma.width)
  const alpha = alloc(stride * MACROBLOCK)
  const halved = alloc((stride / 2) * (MACROBLOCK / 2))
  const levels = alloc(3 * 4)
  new Uint32Array(exports.memory.buffer, levels, 3).fill(NO_LEVEL)
  return {
    /** Alphas of a row of RGBA, of even width, as row `at` of the macroblocks. */
    take(rgba: number, at: number): void {
      exports.webpTakeAlpha(rgba, alpha + at * stride, stride)
    },
    /** The first `rows` rows of the macroblocks are there. */
    smooth(rows: number): void {
      exports.webpSmoothHidden(luma.ptr, luma.stride, alpha, stride, luma.width, rows, levels)
      const chromaRows = Math.ceil(rows / 2)
      for (let y = 0; y < chromaRows; y++) {
        const first = alpha + 2 * y * stride
        exports.webpHalveAlpha(first, 2 * y + 1 < rows ? first + stride : first, halved + (y * stride) / 2, stride / 2)
      }
      ;[cb, cr].forEach(({ ptr, stride: chromaStride, width }, i) =>
        exports.webpSmoothHidden(ptr, chromaStride, halved, stride / 2, width, chromaRows, levels + 4 * (i + 1)),
      )
    },
  }
}
