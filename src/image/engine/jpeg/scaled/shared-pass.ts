import type { Geometry } from '../../../geometry.ts'
import { type Orientation, turnUpright } from '../../../orientation.ts'
import { createRaster, type Raster } from '../../../raster.ts'
import { estimateScaledBytes, resamplerBytes, type JpegSource } from './estimate.ts'
import { decodeJpeg } from '../decode/decoder.ts'
import { type JpegHeader, probeJpeg } from '../header.ts'
import { rgbaRows } from '../decode/rgba-rows.ts'
import { rowSink, type ScaledJpegCore } from './convert.ts'
import { planScaledDecode } from './decode-scale.ts'

/** Names how the file is decoded for a geometry: one pass can serve all geometries of one name. */
export function jpegPass(header: JpegHeader, orientation: Orientation, geometry: Geometry): string {
  const { scale, region } = planScaledDecode(header, orientation, geometry)
  return JSON.stringify([scale, region ?? null])
}

/** As `jpegToRaster` for each geometry, with the same pixels, decoding once. All geometries must be of one `jpegPass`. */
export function jpegToRasters(
  core: ScaledJpegCore,
  file: Uint8Array,
  orientation: Orientation,
  geometries: readonly Geometry[],
  warnings = new Set<string>(),
): readonly Raster[] {
  const mark = core.mark()
  try {
    const header = probeJpeg(file)
    const plans = geometries.map((geometry) => planScaledDecode(header, orientation, geometry))
    const [first] = plans
    if (!first) return []
    const stream = decodeJpeg(core, file, first)
    const rows = rgbaRows(core, stream)
    const rasters = plans.map(({ stored }) => createRaster(stored))
    const sinks = plans.map((plan, i) => rowSink(core, rows, stream, plan, rasters[i] as Raster)) // a raster for each plan
    for (let band = rows.next(); band; band = rows.next()) for (const sink of sinks) sink(band.ptr, band.stride, band.rows)
    for (const warning of stream.warnings) warnings.add(warning)
    return rasters.map((raster) => turnUpright(raster, orientation))
  } finally {
    core.release(mark)
  }
}

/** Upper bound of what a pass holds, its rasters included. */
export function estimatePassBytes(source: JpegSource, orientation: Orientation, geometries: readonly Geometry[]): number {
  const copies = orientation === 1 ? 4 : 8
  const rasters = geometries.reduce((sum, { width, height }) => sum + copies * width * height, 0)
  const resamplers = geometries.reduce((sum, geometry) => sum + resamplerBytes(source, orientation, geometry), 0)
  return Math.max(0, ...geometries.map((geometry) => estimateScaledBytes(source, orientation, geometry))) + resamplers + rasters
}
