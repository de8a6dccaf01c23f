import { AppError } from '../../errors.ts'
import type { Codec, Probe } from '../codecs/define.ts'
import { profileTablesBytes } from '../engine/pixels/to-srgb.ts'
import { resampleRowsBytes } from '../engine/resample/rows.ts'
import { turnRowsBytes } from '../engine/rows/turn.ts'
import type { Geometry } from '../geometry.ts'
import { storedGeometry } from '../orientation.ts'
import type { PlanLimits, TransformPlan } from '../plan.ts'
import type { Shape } from '../raster.ts'

/** Whether the result is an animation: the source is one, the output's format has them, and neither a page nor a still picture is wished for. */
export const animates = ({ page, info, output }: TransformPlan, { frames }: Probe, decoder: Codec, encoder: Codec): boolean =>
  frames > 1 && page === undefined && info === undefined && !output.still && decoder.frames !== undefined && encoder.animate !== undefined

/** All frames count together, before the plan and behind it. @throws AppError `too_many_pixels`. */
export function checkFrames(frames: number, shapes: readonly Shape[], { maxPixels }: PlanLimits): void {
  const largest = shapes.find(({ width, height }) => frames * width * height > maxPixels)
  if (!largest) return
  throw new AppError('too_many_pixels', {
    reason: `Expected an animation of at most ${maxPixels} pixels in all its frames, received ${frames} frames of ${largest.width}×${largest.height}: one frame, or a smaller size, fits.`,
  })
}

/** Upper bound of what is held beside the file while its frames are read, cut, scaled, converted and turned. */
export function framesBytes(decoder: Codec, probe: Probe, geometry: Geometry, fileBytes: number): number {
  const stored = storedGeometry(geometry, probe, probe.orientation)
  const stages = profileTablesBytes(true) + resampleRowsBytes(probe, stored) + turnRowsBytes(stored, probe.orientation, false)
  return (decoder.frames?.bytes(probe, fileBytes) ?? 0) + stages
}
