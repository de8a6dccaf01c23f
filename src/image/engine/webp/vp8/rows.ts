import type { Geometry } from '../../../geometry.ts'
import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { ColourExports } from '../../jpeg/decode/colour-exports.ts'
import { rgbaRows } from '../../jpeg/decode/rgba-rows.ts'
import { mapRows } from '../../rows/stages.ts'
import type { Band } from '../../plane-stream.ts'
import { BAND_ROWS, type PixelRows, rowsBytes } from '../../rows/pixel-rows.ts'
import type { ResampleExports } from '../../resample/resampler.ts'
import { resampleRows, resampleRowsBytes, scaleRows } from '../../resample/rows.ts'
import type { WebpPixels } from '../container.ts'
import { type AlphaExports, alphaRows, alphaRowsBytes } from '../lossless/alpha.ts'
import { decodeVp8, vp8Bytes, type Vp8Shrink } from './decoder.ts'
import type { Vp8DecoderExports } from './exports.ts'
import { vp8Planes } from './planes.ts'
import { vp8RgbaBytes, vp8RgbaRows } from './rgba-rows.ts'

export type Vp8Core = Core<Vp8DecoderExports & ColourExports & ResampleExports & AlphaExports>

/** How a lossy picture is decoded for a geometry. */
export interface Vp8Reading {
  /** Rows of the picture that are read, from the first on. */
  readonly rows: number
  readonly isFiltered: boolean
  /** The picture is that much smaller. */
  readonly shrink: Vp8Shrink
}

/** From here on libwebp leaves out the filter of edges, which nobody sees then. */
const UNFILTERED_RATIO = 4 / 3

/**
 * Below three quarters of the size edges are not filtered; from a quarter on means of squares are taken first, at the ratios at which a JPEG is reduced, so that
 * the resampler has something left to do. `geometry` is in stored pixels.
 */
export function planReading({ alpha }: WebpPixels, { height }: Shape, { window, width, height: wanted, kernel }: Geometry): Vp8Reading {
  const ratio = kernel === 'nearest' ? 1 : Math.min(window.width / width, window.height / wanted)
  const shrink = alpha || ratio < 4 ? 1 : ratio >= 9 ? 8 : ratio >= 5 ? 4 : 2
  return { rows: Math.min(height, Math.ceil(window.y + window.height)), isFiltered: ratio < UNFILTERED_RATIO, shrink }
}

/** The picture as it is stored, row by row. @throws AppError `invalid_image` when it is damaged or ends too early. */
export function lossyRows(core: Vp8Core, file: Uint8Array, { bitstream, alpha }: WebpPixels, shape: Shape, reading: Vp8Reading): PixelRows {
  const { rows, isFiltered, shrink } = reading
  if (shrink !== 1) {
    const part = { width: shape.width, height: rows }
    return drawn(
      rgbaRows(core, vp8Planes(core, decodeVp8(core, file, bitstream, shape, { rows, isFiltered, shrink }), part, shrink), false),
    )
  }
  // The last row is mixed with the chroma below it.
  const read = Math.min(shape.height, rows + 2)
  const source = decodeVp8(core, file, bitstream, shape, { rows: read, isFiltered, shrink })
  const colours = vp8RgbaRows(core, source, { width: shape.width, height: read }, rows)
  return alpha ? joinAlpha(core, colours, alphaRows(core, file, alpha, shape)) : colours
}

/** Cuts and scales rows of `lossyRows`. `geometry` is in pixels of the whole picture. */
export function fitLossyRows(core: Vp8Core, rows: PixelRows, geometry: Geometry, shrink: Vp8Reading['shrink']): PixelRows {
  if (shrink === 1) return resampleRows(core, rows, geometry)
  const { window } = geometry
  const scaled = { x: window.x / shrink, y: window.y / shrink, width: window.width / shrink, height: window.height / shrink }
  return scaleRows(core, rows, { ...geometry, window: scaled })
}

function drawn({ width, height, next }: ReturnType<typeof rgbaRows>): PixelRows {
  function* bands(): Generator<Band> {
    for (let band = next(); band; band = next()) yield band
  }
  return { width, height, isOpaque: true, bands: bands() }
}

/** Gives rows their alpha. */
function joinAlpha(core: Vp8Core, colours: PixelRows, alpha: Generator<Band, void>): PixelRows {
  let [band, first]: [Band, number] = [{ ptr: 0, stride: 0, rows: 0 }, 0]
  const rowAt = (y: number): number => {
    while (y >= first + band.rows) {
      first += band.rows
      const { value } = alpha.next()
      if (!value) break
      band = value
    }
    return band.ptr + (y - first) * band.stride
  }
  return mapRows(colours, (at, _bytes, y) => core.exports.vp8PutAlpha(rowAt(y), at, colours.width), false)
}

/** Upper bound of the core's memory that `lossyRows` takes. */
export function lossyRowsBytes({ bitstream, alpha }: WebpPixels, shape: Shape, { shrink }: Vp8Reading): number {
  const decoding = vp8Bytes(shape, bitstream.end - bitstream.start)
  if (shrink !== 1) return decoding + 2 * rowsBytes(Math.ceil(shape.width / shrink), BAND_ROWS)
  return decoding + vp8RgbaBytes(shape) + (alpha ? alphaRowsBytes(shape, alpha.end - alpha.start) : 0)
}

/** The same of `fitLossyRows`. */
export const fitLossyBytes = ({ width, height }: Shape, geometry: Geometry, shrink: Vp8Reading['shrink']): number =>
  resampleRowsBytes({ width: Math.ceil(width / shrink), height: Math.ceil(height / shrink) }, geometry)

/** The same of any whole picture in a file, with or without alpha. */
export const lossyFrameBytes = (shape: Shape, fileBytes: number): number =>
  vp8Bytes(shape, fileBytes) + vp8RgbaBytes(shape) + alphaRowsBytes(shape, fileBytes)
