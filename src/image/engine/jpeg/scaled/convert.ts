import type { Geometry } from '../../../geometry.ts'
import type { Orientation } from '../../../orientation.ts'
import type { Core } from '../../core.ts'
import type { JpegDecoderExports } from '../decode/exports.ts'
import { decodeJpeg } from '../decode/decoder.ts'
import { probeJpeg } from '../header.ts'
import { jpegConversion } from '../icc.ts'
import type { OrientExports } from './planes.ts'
import type { Band, PlaneStream } from '../../plane-stream.ts'
import type { HoldExports } from '../../rows/held.ts'
import type { PixelRows } from '../../rows/pixel-rows.ts'
import { cutRows } from '../../rows/stages.ts'
import { turnRows } from '../../rows/turn.ts'
import { type ConvertExports, toSrgb } from '../../pixels/to-srgb.ts'
import type { JpegEncoderExports } from '../encode/frame.ts'
import type { ResampleExports } from '../../resample/resampler.ts'
import { scaleRows } from '../../resample/rows.ts'
import type { ColourExports } from '../decode/colour-exports.ts'
import { rgbaRows, type RgbaRows } from '../decode/rgba-rows.ts'
import { inSamples, planScaledDecode, type ScaledDecode } from './decode-scale.ts'

export type ScaledJpegCore = Core<
  JpegDecoderExports & ColourExports & ResampleExports & JpegEncoderExports & OrientExports & HoldExports & ConvertExports
>

/**
 * JPEG to upright sRGB by rows: decodes at the best scale, cuts, resamples and converts. `geometry` is in upright source pixels; `warnings` takes what was wrong
 * with the file. @throws AppError as `decodeJpeg` does, at the beginning or while rows are read.
 */
export function jpegRows(
  core: ScaledJpegCore,
  file: Uint8Array,
  orientation: Orientation,
  geometry: Geometry,
  warnings: Set<string>,
): PixelRows {
  const header = probeJpeg(file)
  const plan = planScaledDecode(header, orientation, geometry)
  const conversion = jpegConversion(file, header, geometry.keepsColours)
  const stream = decodeJpeg(core, file, plan)
  const fitted = fitRows(core, decodedRows(rgbaRows(core, stream, conversion !== null), stream, warnings), stream, plan)
  return turnRows(core, toSrgb(core, fitted, conversion), orientation)
}

export function decodedRows(rows: RgbaRows, stream: PlaneStream, warnings: Set<string>): DecodedRows {
  function* bands(): Generator<Band> {
    for (let band = rows.next(); band; band = rows.next()) yield band
    for (const warning of stream.warnings) warnings.add(warning)
  }
  const { width, height, originX, originY } = rows
  return { width, height, originX, originY, isOpaque: true, bands: bands() }
}

/** Rows of the decoded part, and where it lies in the scaled picture. */
export type DecodedRows = PixelRows & Pick<RgbaRows, 'originX' | 'originY'>

/** What is left to do on the rows of a decoded picture, before they are turned. */
export function fitRows(core: ScaledJpegCore, rows: DecodedRows, stream: PlaneStream, { stored, isResampled }: ScaledDecode): PixelRows {
  if (!isResampled) return cutRows(rows, stored.window.x - rows.originX, stored.window.y - rows.originY, stored)
  const scaleX = Math.max(...stream.components.map((component) => component.scaleX))
  const scaleY = Math.max(...stream.components.map((component) => component.scaleY))
  return scaleRows(core, rows, { ...stored, window: inSamples(stored.window, { ...rows, scaleX, scaleY }) })
}
