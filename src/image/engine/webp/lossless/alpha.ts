import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { Band } from '../../plane-stream.ts'
import { BAND_ROWS } from '../../rows/pixel-rows.ts'
import { damagedWebp, isWhole, type WebpChunk } from '../container.ts'
import { losslessBytes, openLossless } from './decoder.ts'
import type { LosslessExports } from './exports.ts'
import { endedPixels } from './input.ts'

export interface AlphaExports extends LosslessExports {
  alphaUnfilter(filter: number, row: number, above: number, width: number): void
}

interface AlphaHeader {
  readonly isCompressed: boolean
  readonly filter: number
}

/** Bytes that may be touched behind the last row. */
const SLACK = 64
const HEADER_BYTES = 1
const ALL_BITS = 255

/** Bytes from row to row of alpha: a multiple of 64. */
export const alphaStride = (width: number): number => (width + 63) & ~63

/** Upper bound of the core's memory that `alphaRows` takes. */
export const alphaRowsBytes = (shape: Shape, chunkBytes: number): number =>
  losslessBytes(shape, chunkBytes) + (BAND_ROWS + 1) * alphaStride(shape.width) + SLACK + 32

/**
 * The plane of a chunk ALPH (RFC 9649 §2.7.1.2) by rows of a byte a pixel, top to bottom; 0 is transparent. A band, which may be empty, lies in the core's memory until
 * the next is asked for. Memory is of the core's arena: what is known from the shape is taken at once, tables when the first band is asked for.
 * Planes whose levels were reduced ("pre-processing") come as they are stored.
 * @throws AppError `invalid_image` when it is damaged or ends too early; `too_many_pixels` when its codes take more memory than is given.
 */
export function alphaRows(core: Core<AlphaExports>, file: Uint8Array, chunk: WebpChunk, shape: Shape): Generator<Band, void> {
  const { width, height } = shape
  const { isCompressed, filter } = readHeader(file, chunk)
  const data = file.subarray(chunk.start + HEADER_BYTES, chunk.end)
  if (!isCompressed && data.length < width * height) throw endedPixels()
  const opening = isCompressed ? compressed(core, data, shape) : null
  const stride = alphaStride(width)
  // In front of the band lies the row above it.
  const above = core.alloc((BAND_ROWS + 1) * stride + SLACK)
  const first = above + stride
  return bands()

  function* bands(): Generator<Band, void> {
    const put = opening ? yield* opening : raw(core, data, shape)
    for (let y = 0; y < height; y += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - y)
      for (let row = 0; row < rows; row++) {
        const at = first + row * stride
        put(y + row, at)
        if (filter !== 0) core.exports.alphaUnfilter(filter, at, y + row === 0 ? 0 : at - stride, width)
      }
      yield { ptr: first, stride, rows }
      core.bytes().copyWithin(above, above + rows * stride, above + (rows + 1) * stride)
    }
  }
}

/** Two bits each from the lowest: compression, filter, pre-processing, reserved. */
function readHeader(file: Uint8Array, chunk: WebpChunk): AlphaHeader {
  const { start, end } = chunk
  if (!isWhole(file, chunk) || start + HEADER_BYTES > end) throw endedPixels()
  const bits = file[start] ?? 0
  if ((bits & 3) > 1 || ((bits >> 4) & 3) > 1 || bits >> 6 > 1) throw damagedWebp('the header of its alpha is damaged')
  return { isCompressed: (bits & 3) === 1, filter: (bits >> 2) & 3 }
}

/** Writes a row of the stored plane somewhere. Rows are asked for in order. */
type PutRow = (y: number, to: number) => void

function raw(core: Core<AlphaExports>, data: Uint8Array, { width }: Shape): PutRow {
  return (y, to) => core.bytes().set(data.subarray(y * width, (y + 1) * width), to)
}

/** "the green channel of its pixels": a picture of VP8L without its header. */
function compressed(core: Core<AlphaExports>, data: Uint8Array, shape: Shape): Generator<Band, PutRow> {
  const opening = openLossless(core, data, shape)
  return opened()

  function* opened(): Generator<Band, PutRow> {
    const rowAt = yield* opening
    return (y, to) => core.exports.vp8lGreens(rowAt(y), to, shape.width, ALL_BITS)
  }
}
