import type { Geometry } from '../../../geometry.ts'
import type { Orientation } from '../../../orientation.ts'
import type { Core } from '../../core.ts'
import type { JpegDecoderExports } from '../decode/exports.ts'
import { decodeJpeg } from '../decode/decoder.ts'
import { layOutFrame } from '../encode/frame.ts'
import { createJpegEncoder, type JpegEncodeOptions } from '../encode/encoder.ts'
import { probeJpeg } from '../header.ts'
import { bufferedMcuRows, encodeTurned, encodeUpright, type OrientExports, planeJobs } from './planes.ts'
import type { Pace } from '../../pace.ts'
import type { Band, PlaneStream } from '../../plane-stream.ts'
import type { PixelRows } from '../../rows/pixel-rows.ts'
import { cutRows } from '../../rows/stages.ts'
import { turnRows } from '../../rows/turn.ts'
import type { JpegEncoderExports } from '../encode/frame.ts'
import type { ResampleExports } from '../../resample/resampler.ts'
import { scaleRows } from '../../resample/rows.ts'
import type { ColourExports } from '../decode/colour-exports.ts'
import { rgbaRows, type RgbaRows } from '../decode/rgba-rows.ts'
import { inSamples, keepsSubsampling, planScaledDecode, type ScaledDecode } from './decode-scale.ts'

export type ScaledJpegCore = Core<JpegDecoderExports & ColourExports & ResampleExports & JpegEncoderExports & OrientExports>

/** The colour of the file is kept: gray stays gray. */
export type RecodeOptions = Omit<JpegEncodeOptions, 'colour'>

/**
 * JPEG to JPEG in one pass: decodes at the best scale, cuts, resamples and turns upright. Grey and YCbCr pictures stay in their planes,
 * so that nothing is rounded through RGB; other colours give `null`. `geometry` is in upright source pixels.
 * `warnings` takes what was wrong with the file. Lets others compute at `pace`.
 * @throws AppError as `decodeJpeg` and `createJpegEncoder` do.
 */
export async function jpegToJpeg(
  core: ScaledJpegCore,
  file: Uint8Array,
  orientation: Orientation,
  geometry: Geometry,
  options: RecodeOptions,
  warnings: Set<string>,
  pace: Pace,
): Promise<Uint8Array | null> {
  const mark = core.mark()
  try {
    const header = probeJpeg(file)
    if (header.colour !== 'gray' && header.colour !== 'ycbcr') return null
    const plan = planScaledDecode(header, orientation, geometry)
    const stream = decodeJpeg(core, file, { ...plan, keepsSubsampling: options.subsampling === '4:2:0' && keepsSubsampling(header) })
    const encoding = { ...options, colour: header.colour }
    const frame = layOutFrame(geometry, header.colour, options.subsampling)
    const jobs = planeJobs(stream.components, plan, orientation, geometry, frame.components)
    const planes = frame.components.map(({ height, down }) => ({ height, rowsPerMcu: down * 8 }))
    const isTurned = orientation !== 1
    const encoder = createJpegEncoder(core, geometry, encoding, isTurned ? 1 : bufferedMcuRows(jobs, planes, frame.mcuRows))
    if (isTurned) await encodeTurned(core, stream, jobs, encoder, orientation, pace)
    else await encodeUpright(core, stream, jobs, encoder, pace)
    for (const warning of stream.warnings) warnings.add(warning)
    return encoder.finish()
  } finally {
    core.release(mark)
  }
}

/**
 * JPEG to upright RGBA by rows: decodes at the best scale, cuts and resamples. `geometry` is in upright source pixels; `warnings` takes what was wrong
 * with the file. @throws AppError as `decodeJpeg` does, at the beginning or while rows are read.
 */
export function jpegRows(
  core: ScaledJpegCore,
  file: Uint8Array,
  orientation: Orientation,
  geometry: Geometry,
  warnings: Set<string>,
): PixelRows {
  const plan = planScaledDecode(probeJpeg(file), orientation, geometry)
  const stream = decodeJpeg(core, file, plan)
  return turnRows(core, fitRows(core, decodedRows(rgbaRows(core, stream), stream, warnings), stream, plan), orientation)
}

function decodedRows(rows: RgbaRows, stream: PlaneStream, warnings: Set<string>): DecodedRows {
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
