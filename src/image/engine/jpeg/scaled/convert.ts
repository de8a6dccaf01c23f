import type { Geometry } from '../../../geometry.ts'
import { type Orientation, turnUpright } from '../../../orientation.ts'
import { createRaster, type Raster } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { JpegDecoderExports } from '../decode/exports.ts'
import { decodeJpeg } from '../decode/decoder.ts'
import { layOutFrame } from '../encode/frame.ts'
import { encodeRaster } from '../encode/raster.ts'
import { createJpegEncoder, type JpegEncodeOptions } from '../encode/encoder.ts'
import { probeJpeg } from '../header.ts'
import { bufferedMcuRows, encodeTurned, encodeUpright, type OrientExports, planeJobs } from './planes.ts'
import type { PlaneStream } from '../../plane-stream.ts'
import type { JpegEncoderExports } from '../encode/frame.ts'
import { createResampler, type ResampleExports } from '../../resample/resampler.ts'
import type { ColourExports } from '../decode/colour-exports.ts'
import { rgbaRows, type RgbaRows } from '../decode/rgba-rows.ts'
import { inSamples, keepsSubsampling, planScaledDecode, type ScaledDecode } from './decode-scale.ts'

export type ScaledJpegCore = Core<JpegDecoderExports & ColourExports & ResampleExports & JpegEncoderExports & OrientExports>

/** The colour of the file is kept: gray stays gray. */
export type RecodeOptions = Omit<JpegEncodeOptions, 'colour'>

/**
 * JPEG to JPEG in one pass: decodes at the best scale, cuts, resamples and turns upright. Grey and YCbCr pictures stay in their planes,
 * so that nothing is rounded through RGB; other colours go through RGBA. `geometry` is in upright source pixels.
 * `warnings` takes what was wrong with the file.
 * @throws AppError as `decodeJpeg` and `createJpegEncoder` do.
 */
export function jpegToJpeg(
  core: ScaledJpegCore,
  file: Uint8Array,
  orientation: Orientation,
  geometry: Geometry,
  options: RecodeOptions,
  warnings = new Set<string>(),
): Uint8Array {
  const mark = core.mark()
  try {
    const header = probeJpeg(file)
    if (header.colour !== 'gray' && header.colour !== 'ycbcr') {
      return encodeRaster(core, jpegToRaster(core, file, orientation, geometry, warnings), { ...options, colour: 'ycbcr' })
    }
    const plan = planScaledDecode(header, orientation, geometry)
    const stream = decodeJpeg(core, file, { ...plan, keepsSubsampling: options.subsampling === '4:2:0' && keepsSubsampling(header) })
    const encoding = { ...options, colour: header.colour }
    const frame = layOutFrame(geometry, header.colour, options.subsampling)
    const jobs = planeJobs(stream.components, plan, orientation, geometry, frame.components)
    const planes = frame.components.map(({ height, down }) => ({ height, rowsPerMcu: down * 8 }))
    const isTurned = orientation !== 1
    const encoder = createJpegEncoder(core, geometry, encoding, isTurned ? 1 : bufferedMcuRows(jobs, planes, frame.mcuRows))
    if (isTurned) encodeTurned(core, stream, jobs, encoder, orientation)
    else encodeUpright(core, stream, jobs, encoder)
    for (const warning of stream.warnings) warnings.add(warning)
    return encoder.finish()
  } finally {
    core.release(mark)
  }
}

/** JPEG to upright RGBA: decodes at the best scale, cuts and resamples. `geometry` is in upright source pixels. */
export function jpegToRaster(
  core: ScaledJpegCore,
  file: Uint8Array,
  orientation: Orientation,
  geometry: Geometry,
  warnings = new Set<string>(),
): Raster {
  const mark = core.mark()
  try {
    const plan = planScaledDecode(probeJpeg(file), orientation, geometry)
    const stream = decodeJpeg(core, file, plan)
    const rows = rgbaRows(core, stream)
    const raster = createRaster(plan.stored)
    const sink = rowSink(core, rows, stream, plan, raster)
    for (let band = rows.next(); band; band = rows.next()) sink(band.ptr, band.stride, band.rows)
    for (const warning of stream.warnings) warnings.add(warning)
    return turnUpright(raster, orientation)
  } finally {
    core.release(mark)
  }
}

type RowSink = (ptr: number, stride: number, rows: number) => void

/** Returns a sink for the rows of a decoded picture. It fills the stored raster of a plan. */
export const rowSink = (core: ScaledJpegCore, rows: RgbaRows, stream: PlaneStream, plan: ScaledDecode, raster: Raster): RowSink =>
  plan.isResampled ? resampledInto(core, rows, stream, plan, raster) : cutInto(core, rows, plan, raster)

function resampledInto(core: ScaledJpegCore, rows: RgbaRows, stream: PlaneStream, { stored }: ScaledDecode, raster: Raster): RowSink {
  const scaleX = Math.max(...stream.components.map((component) => component.scaleX))
  const scaleY = Math.max(...stream.components.map((component) => component.scaleY))
  const rowBytes = raster.width * 4
  const options = {
    channels: 4,
    premultiply: false,
    sourceWidth: rows.width,
    sourceHeight: rows.height,
    window: inSamples(stored.window, { ...rows, scaleX, scaleY }),
    width: raster.width,
    height: raster.height,
    kernel: stored.kernel,
  } as const
  const onRow = (y: number, ptr: number): void => raster.data.set(core.bytes().subarray(ptr, ptr + rowBytes), y * rowBytes)
  return createResampler(core, options, { ptr: core.alloc(rowBytes + 16), stride: 0, rows: 1, onRow }).push
}

function cutInto(core: ScaledJpegCore, rows: RgbaRows, { stored }: ScaledDecode, raster: Raster): RowSink {
  const rowBytes = raster.width * 4
  const left = (stored.window.x - rows.originX) * 4
  let y = rows.originY - stored.window.y
  return (ptr, stride, count) => {
    const memory = core.bytes()
    for (let row = 0; row < count; row++, y++) {
      const from = ptr + row * stride + left
      if (y >= 0 && y < raster.height) raster.data.set(memory.subarray(from, from + rowBytes), y * rowBytes)
    }
  }
}
