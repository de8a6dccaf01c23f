import { AppError } from '../../errors.ts'
import type { Codec, Probe } from '../codecs/define.ts'
import type { RowsContext } from '../context.ts'
import { toSrgb } from '../engine/pixels/to-srgb.ts'
import type { PixelRows } from '../engine/rows/pixel-rows.ts'
import { turnRows } from '../engine/rows/turn.ts'
import { resampleRows } from '../engine/resample/rows.ts'
import type { Geometry } from '../geometry.ts'
import { storedGeometry } from '../orientation.ts'
import type { Shape } from '../raster.ts'

/** An animation on its way through a plan. */
export interface Animating {
  readonly decoder: Codec
  readonly encoder: Codec
  readonly probe: Probe
  readonly geometry: Geometry
  /** Of the result. */
  readonly shape: Shape
  readonly options: unknown
  /** The rows behind the steps that are left. */
  steps(rows: PixelRows): Promise<PixelRows>
}

/**
 * The whole way of each frame, one after the other: one canvas of the source and what the encoder keeps are in memory. @throws AppError `invalid_image` when
 * there is no frame.
 */
export async function animate(
  { decoder, encoder, probe, geometry, shape, options, steps }: Animating,
  file: Uint8Array,
  context: RowsContext,
): Promise<Uint8Array> {
  const { core } = context
  if (!decoder.frames || !encoder.animate) throw new AppError('internal', { detail: `${encoder.mime} of ${decoder.mime} is no animation` })
  const start = core.mark()
  try {
    const { all, conversion } = decoder.frames.open(file, probe, geometry.keepsColours === true, context)
    const plays = decoder.about?.(file, probe, context).animation?.()?.plays ?? 0
    const animation = encoder.animate.open({ ...shape, frames: probe.frames, plays }, options as never, context) // parsed by that very encoder's schema, in the planner
    const stored = storedGeometry(geometry, probe, probe.orientation)
    for await (const { durationMs, rows } of all) {
      const mark = core.mark()
      const fitted = turnRows(core, toSrgb(core, resampleRows(core, rows, stored), conversion), probe.orientation)
      await animation.add(await steps(fitted), durationMs)
      core.release(mark)
    }
    return await animation.finish()
  } finally {
    core.release(start)
  }
}
