import type { PixelRows } from '../../engine/rows/pixel-rows.ts'
import { resampleRows, resampleRowsBytes } from '../../engine/resample/rows.ts'
import type { WebpPixels } from '../../engine/webp/container.ts'
import { losslessRows, losslessRowsBytes } from '../../engine/webp/lossless/rows.ts'
import {
  fitLossyBytes,
  fitLossyRows,
  lossyFrameBytes,
  lossyRows,
  lossyRowsBytes,
  planReading,
  type Vp8Core,
  type Vp8Reading,
} from '../../engine/webp/vp8/rows.ts'
import type { Geometry } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'

/** The pixels of a still picture or of a frame, and how to get at them for a geometry in stored pixels. */
export interface WebpReader {
  /** Equal for geometries that one decoding serves. */
  readonly pass: string
  /** All that the geometry needs, as stored. `geometries`: all that are served. @throws AppError `invalid_image`, `too_many_pixels`. */
  rows(core: Vp8Core, file: Uint8Array, geometries: readonly Geometry[]): PixelRows
  /** Cut and scaled. */
  fit(core: Vp8Core, rows: PixelRows, geometry: Geometry): PixelRows
  /** Upper bounds of what these two hold beside the file. */
  rowsBytes(): number
  fitBytes(geometry: Geometry): number
}

/** `isOpaque`: the file says that no pixel is transparent. */
export const webpReader = (pixels: WebpPixels, shape: Shape, isOpaque: boolean, geometry: Geometry): WebpReader =>
  pixels.bitstream.kind === 'VP8 ' ? lossyReader(pixels, shape, geometry) : losslessReader(pixels, shape, isOpaque)

function lossyReader(pixels: WebpPixels, shape: Shape, geometry: Geometry): WebpReader {
  const reading = planReading(pixels, shape, geometry)
  const { isFiltered, shrink } = reading
  const ofAll = (geometries: readonly Geometry[]): Vp8Reading => ({
    ...reading,
    rows: Math.max(...geometries.map((one) => planReading(pixels, shape, one).rows)),
  })
  return {
    pass: `${shrink} ${isFiltered}`,
    rows: (core, file, geometries) => lossyRows(core, file, pixels, shape, ofAll(geometries)),
    fit: (core, rows, one) => fitLossyRows(core, rows, one, shrink),
    rowsBytes: () => lossyRowsBytes(pixels, shape, reading),
    fitBytes: (one) => fitLossyBytes(shape, one, shrink),
  }
}

const losslessReader = ({ bitstream }: WebpPixels, shape: Shape, isOpaque: boolean): WebpReader => ({
  pass: 'lossless',
  rows: (core, file) => losslessRows(core, file, bitstream, shape, isOpaque),
  fit: resampleRows,
  rowsBytes: () => losslessRowsBytes(shape, bitstream.end - bitstream.start),
  fitBytes: (one) => resampleRowsBytes(shape, one),
})

/** Upper bound of what the rows of any frame of an animation hold: it is as large as its canvas at most. */
export const frameRowsBytes = (canvas: Shape, fileBytes: number): number =>
  Math.max(losslessRowsBytes(canvas, fileBytes), lossyFrameBytes(canvas, fileBytes))
