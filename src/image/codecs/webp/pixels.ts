import type { Geometry } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'
import type { PixelRows } from '../../engine/rows/pixel-rows.ts'
import { resampleRows, resampleRowsBytes } from '../../engine/resample/rows.ts'
import type { WebpPixels } from '../../engine/webp/container.ts'
import { losslessRows, losslessRowsBytes } from '../../engine/webp/lossless/rows.ts'
import { lossyFrameBytes, lossyRows, lossyRowsBytes, type Vp8Core } from '../../engine/webp/vp8/rows.ts'

const isLossy = ({ bitstream }: WebpPixels): boolean => bitstream.kind === 'VP8 '

/**
 * The pixels of a still picture or of a frame, cut and resampled, row by row. `geometry` is in stored pixels. `isOpaque`: the file says that no pixel is
 * transparent. @throws AppError `invalid_image` when it is damaged or ends too early, `too_many_pixels` when its codes take more memory than is given.
 */
export const webpRows = (
  core: Vp8Core,
  file: Uint8Array,
  pixels: WebpPixels,
  shape: Shape,
  isOpaque: boolean,
  geometry: Geometry,
): PixelRows =>
  isLossy(pixels)
    ? lossyRows(core, file, pixels, shape, geometry)
    : resampleRows(core, losslessRows(core, file, pixels.bitstream, shape, isOpaque), geometry)

/** Upper bound of what `webpRows` holds beside the file. */
export const webpRowsBytes = (pixels: WebpPixels, shape: Shape, fileBytes: number, geometry: Geometry): number =>
  isLossy(pixels) ? lossyRowsBytes(pixels, shape, geometry) : losslessRowsBytes(shape, fileBytes) + resampleRowsBytes(shape, geometry)

/** The same of any frame of an animation, which is as large as its canvas at most. */
export const frameRowsBytes = (canvas: Shape, fileBytes: number): number =>
  Math.max(losslessRowsBytes(canvas, fileBytes), lossyFrameBytes(canvas, fileBytes))
