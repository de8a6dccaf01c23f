import type { Geometry } from '../../../geometry.ts'
import type { Orientation } from '../../../orientation.ts'
import { createRaster, type Raster } from '../../../raster.ts'
import { estimateScaledBytes, resamplerBytes, type JpegSource } from './estimate.ts'
import { decodeJpeg } from '../decode/decoder.ts'
import { type JpegHeader, probeJpeg } from '../header.ts'
import { rgbaRows, type RgbaRows } from '../decode/rgba-rows.ts'
import type { Pace } from '../../pace.ts'
import { NO_ROWS, putRows } from '../../rows/pixel-rows.ts'
import { copyRows } from '../../rows/stages.ts'
import { turnRows } from '../../rows/turn.ts'
import type { Band, PlaneStream } from '../../plane-stream.ts'
import { type DecodedRows, fitRows, type ScaledJpegCore } from './convert.ts'
import { planScaledDecode, type ScaledDecode } from './decode-scale.ts'

/** Names how the file is decoded for a geometry: one pass can serve all geometries of one name. */
export function jpegPass(header: JpegHeader, orientation: Orientation, geometry: Geometry): string {
  const { scale, region } = planScaledDecode(header, orientation, geometry)
  return JSON.stringify([scale, region ?? null])
}

/**
 * As `jpegRows` for each geometry, with the same pixels, decoding once. All geometries must be of one `jpegPass`. The decoded rows go to each result in
 * turn, band by band.
 */
export async function jpegToRasters(
  core: ScaledJpegCore,
  file: Uint8Array,
  orientation: Orientation,
  geometries: readonly Geometry[],
  warnings: Set<string>,
  pace: Pace,
): Promise<readonly Raster[]> {
  const mark = core.mark()
  try {
    const header = probeJpeg(file)
    const plans = geometries.map((geometry) => planScaledDecode(header, orientation, geometry))
    const [first] = plans
    if (!first) return []
    const stream = decodeJpeg(core, file, first)
    const rows = rgbaRows(core, stream)
    const sinks = plans.map((plan) => rasterSink(core, rows, stream, plan, orientation))
    for (let band = rows.next(); band; band = rows.next()) {
      for (const sink of sinks) {
        sink.take(band)
        pace.count(band.rows * rows.width * NS_PER_PIXEL)
        await pace.breathe()
      }
    }
    for (const warning of stream.warnings) warnings.add(warning)
    return sinks.map((sink) => sink.finish())
  } finally {
    core.release(mark)
  }
}

/** Work on a decoded pixel for one result. */
const NS_PER_PIXEL = 4

/** One result: takes the decoded bands, which are not its own to write. */
function rasterSink(core: ScaledJpegCore, rows: RgbaRows, stream: PlaneStream, plan: ScaledDecode, orientation: Orientation) {
  let given: Band | null = null
  /** Whether the stages have asked for more than they were given: then they have done with it. */
  let isStarved = false
  let isEnded = false
  function* bands(): Generator<Band> {
    while (!isEnded) {
      isStarved = given === null
      const band = given ?? NO_ROWS
      given = null
      yield band
    }
  }
  const { width, height, originX, originY } = rows
  const shared: DecodedRows = { width, height, originX, originY, isOpaque: true, bands: bands() }
  const source = plan.isResampled ? shared : { ...shared, ...copyRows(core, shared) }
  const result = turnRows(core, fitRows(core, source, stream, plan), orientation)
  const raster = createRaster(result)
  const iterator = result.bands[Symbol.iterator]()
  let y = 0
  /** False when there is nothing more. */
  const pull = (): boolean => {
    const { done, value } = iterator.next()
    if (done === true) return false
    putRows(core, value, raster, y)
    y += value.rows
    return true
  }
  return {
    take(band: Band): void {
      given = band
      isStarved = false
      while (!isStarved && pull());
    },
    finish(): Raster {
      isEnded = true
      while (pull());
      return raster
    },
  }
}

/** Upper bound of what a pass holds, its rasters included. */
export function estimatePassBytes(source: JpegSource, orientation: Orientation, geometries: readonly Geometry[]): number {
  const copies = orientation === 1 ? 4 : 8
  const rasters = geometries.reduce((sum, { width, height }) => sum + copies * width * height, 0)
  const resamplers = geometries.reduce((sum, geometry) => sum + resamplerBytes(source, orientation, geometry), 0)
  return Math.max(0, ...geometries.map((geometry) => estimateScaledBytes(source, orientation, geometry))) + resamplers + rasters
}
