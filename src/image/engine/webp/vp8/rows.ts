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
import { decodeVp8, vp8Bytes } from './decoder.ts'
import type { Vp8DecoderExports } from './exports.ts'
import { vp8Planes, vp8PlanesBytes, type Vp8Shrink } from './planes.ts'
import { vp8RgbaBytes, vp8RgbaRows } from './rgba-rows.ts'

export type Vp8Core = Core<Vp8DecoderExports & ColourExports & ResampleExports & AlphaExports>

/** How a lossy picture is decoded for a geometry. */
interface Vp8Reading {
  /** Rows that are read, from the first on. */
  readonly rows: number
  readonly isFiltered: boolean
  readonly shrink: 1 | Vp8Shrink
}

/** From here on libwebp leaves out the filter of edges, which nobody sees then. */
const UNFILTERED_RATIO = 4 / 3

/**
 * Below three quarters of the size edges are not filtered; from a quarter on means of squares are taken first, which leave the resampler twice the
 * samples of the result, or more.
 */
function planReading({ height }: Shape, { window, width, height: wanted, kernel }: Geometry, hasAlpha: boolean): Vp8Reading {
  const ratio = kernel === 'nearest' ? 1 : Math.min(window.width / width, window.height / wanted)
  const shrink = hasAlpha || ratio < 4 ? 1 : ratio >= 16 ? 8 : ratio >= 8 ? 4 : 2
  return { rows: Math.min(height, Math.ceil(window.y + window.height)), isFiltered: ratio < UNFILTERED_RATIO, shrink }
}

/**
 * The picture cut and resampled, row by row, as stored: `geometry` is in stored pixels.
 * @throws AppError `invalid_image` when it is damaged or ends too early.
 */
export function lossyRows(core: Vp8Core, file: Uint8Array, { bitstream, alpha }: WebpPixels, shape: Shape, geometry: Geometry): PixelRows {
  const { rows, isFiltered, shrink } = planReading(shape, geometry, alpha !== undefined)
  if (shrink !== 1) {
    const part = { width: shape.width, height: rows }
    const stream = vp8Planes(core, decodeVp8(core, file, bitstream, shape, { rows, isFiltered }), part, shrink)
    const { window } = geometry
    const scaled = { x: window.x / shrink, y: window.y / shrink, width: window.width / shrink, height: window.height / shrink }
    return scaleRows(core, drawn(rgbaRows(core, stream, false)), { ...geometry, window: scaled })
  }
  // The last row is mixed with the chroma below it.
  const read = Math.min(shape.height, rows + 2)
  const source = decodeVp8(core, file, bitstream, shape, { rows: read, isFiltered })
  const colours = vp8RgbaRows(core, source, { width: shape.width, height: read }, rows)
  return resampleRows(core, alpha ? joinAlpha(core, colours, alphaRows(core, file, alpha, shape)) : colours, geometry)
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
export function lossyRowsBytes({ bitstream, alpha }: WebpPixels, shape: Shape, geometry: Geometry): number {
  const { shrink } = planReading(shape, geometry, alpha !== undefined)
  const decoding = vp8Bytes(shape, bitstream.end - bitstream.start)
  if (shrink === 1) {
    const joined = alpha ? alphaRowsBytes(shape, alpha.end - alpha.start) : 0
    return decoding + vp8RgbaBytes(shape) + joined + resampleRowsBytes(shape, geometry)
  }
  const small = { width: Math.ceil(shape.width / shrink), height: Math.ceil(shape.height / shrink) }
  return decoding + vp8PlanesBytes(shape) + 2 * rowsBytes(small.width, BAND_ROWS) + resampleRowsBytes(small, geometry)
}

/** The same of any whole picture in a file, with or without alpha. */
export const lossyFrameBytes = (shape: Shape, fileBytes: number): number =>
  vp8Bytes(shape, fileBytes) + vp8RgbaBytes(shape) + alphaRowsBytes(shape, fileBytes)
