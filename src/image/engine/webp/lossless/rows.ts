import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { Band } from '../../plane-stream.ts'
import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes } from '../../rows/pixel-rows.ts'
import { damagedWebp, isWhole, type WebpChunk } from '../container.ts'
import { losslessBytes, openLossless } from './decoder.ts'
import type { LosslessExports } from './exports.ts'
import { endedPixels } from './input.ts'

/** RFC 9649 §3.4: a signature of one byte, then sides, alpha and version in four. */
const HEADER_BYTES = 5
const VERSION_AT = 4
const VERSION_SHIFT = 5

/**
 * The picture of a chunk VP8L by rows. `isOpaque`: the file says that no pixel is transparent, whatever the pixels hold.
 * @throws AppError `invalid_image` when it is damaged or ends too early; `too_many_pixels` when its codes take more memory than is given.
 */
export function losslessRows(
  core: Core<LosslessExports>,
  file: Uint8Array,
  chunk: WebpChunk,
  { width, height }: Shape,
  isOpaque: boolean,
): PixelRows {
  const { start, end } = chunk
  if (!isWhole(file, chunk)) throw endedPixels()
  if ((file[start + VERSION_AT] ?? 0) >> VERSION_SHIFT !== 0) throw damagedWebp('the VP8L version is not 0')
  const opening = openLossless(core, file.subarray(start + HEADER_BYTES, end), { width, height })
  const { ptr, stride } = allocateRows(core, width, Math.min(BAND_ROWS, height))
  function* bands(): Generator<Band> {
    const rowAt = yield* opening
    for (let y = 0; y < height; y += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - y)
      for (let row = 0; row < rows; row++) core.exports.vp8lToRgba(rowAt(y + row), ptr + row * stride, width, isOpaque ? 1 : 0)
      yield { ptr, stride, rows }
    }
  }
  return { width, height, isOpaque, bands: bands() }
}

/** Upper bound of what `losslessRows` holds beside the file. */
export const losslessRowsBytes = (shape: Shape, fileBytes: number): number =>
  losslessBytes(shape, fileBytes) + rowsBytes(shape.width, BAND_ROWS)
