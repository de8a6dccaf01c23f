import type { Geometry } from '../../../geometry.ts'
import { type Orientation, turnsRows } from '../../../orientation.ts'
import type { Raster } from '../../../raster.ts'
import { estimateScaledBytes, resamplerBytes, type JpegSource } from './estimate.ts'
import { decodeJpeg } from '../decode/decoder.ts'
import { type JpegHeader, probeJpeg } from '../header.ts'
import { jpegConversion } from '../icc.ts'
import { toSrgb } from '../../pixels/to-srgb.ts'
import { rgbaRows } from '../decode/rgba-rows.ts'
import type { Pace } from '../../pace.ts'
import { fanOut } from '../../rows/fan-out.ts'
import type { PixelRows } from '../../rows/pixel-rows.ts'
import { turnRows } from '../../rows/turn.ts'
import { decodedRows, fitRows, type ScaledJpegCore } from './convert.ts'
import { planScaledDecode } from './decode-scale.ts'
import type { Recoding } from './recode.ts'

/** Names how the file is decoded for a geometry: one pass can serve all geometries of one name. */
export function jpegPass(header: JpegHeader, orientation: Orientation, geometry: Geometry): string {
  const { scale, region } = planScaledDecode(header, orientation, geometry)
  return JSON.stringify([scale, region ?? null, geometry.keepsColours ?? false])
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
    const conversion = jpegConversion(file, header, geometries[0]?.keepsColours)
    const stream = decodeJpeg(core, file, first)
    const rows = decodedRows(rgbaRows(core, stream, conversion !== null), stream, warnings)
    const branches = plans.map((plan) => ({
      stages: (shared: PixelRows) =>
        turnRows(core, toSrgb(core, fitRows(core, { ...rows, ...shared }, stream, plan), conversion), orientation),
      onlyReads: plan.isResampled,
    }))
    return await fanOut(core, rows, branches, pace)
  } finally {
    core.release(mark)
  }
}

/** Upper bound of what a pass holds, its rasters included. */
export function estimatePassBytes(source: JpegSource, orientation: Orientation, geometries: readonly Geometry[]): number {
  const copies = turnsRows(orientation) ? 8 : 4
  const rasters = geometries.reduce((sum, { width, height }) => sum + copies * width * height, 0)
  const resamplers = geometries.reduce((sum, geometry) => sum + resamplerBytes(source, orientation, geometry), 0)
  return Math.max(0, ...geometries.map((geometry) => estimateScaledBytes(source, orientation, geometry))) + resamplers + rasters
}

/** Upper bound of the core's memory in which several results of one `jpegPass` are recoded together, and of the files. */
export const estimateRecodeBytes = (
  source: JpegSource,
  orientation: Orientation,
  results: readonly Pick<Recoding, 'geometry' | 'options'>[],
): number => results.reduce((sum, { geometry, options }) => sum + estimateScaledBytes(source, orientation, geometry, options), 0)
