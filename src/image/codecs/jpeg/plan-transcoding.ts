import { AppError } from '../../../errors.ts'
import { isResampled, type Geometry } from '../../geometry.ts'
import { operation, type FormatName, type Output, type Step } from '../../plan.ts'
import type { Shape } from '../../raster.ts'
import type { Codec, Probe } from '../define.ts'
import type { KeptMap } from '../gain-map.ts'

/** Work that might be done without a pixel. */
interface Work {
  readonly output: Output
  /** Those of the plan that the decoder does, and the shapes that enter them; then those that are left. */
  readonly fused: readonly Step[]
  readonly shapes: readonly Shape[]
  readonly left: readonly Step[]
  readonly geometry: Geometry
  readonly source: FormatName
  readonly format: FormatName
  readonly encoder: Codec
  readonly file: Uint8Array
  readonly probe: Probe
  readonly options: unknown
  /** The gain map that the result has. */
  readonly kept: KeptMap | null
}

/**
 * Whether a plan changes the file's coefficients and no pixel: `demanded` by the plan, or `chosen` where an encoding would have the file's own quality; `null`:
 * it takes pixels. @throws AppError `not_lossless` when a plan demands what cannot be.
 */
export function planTranscoding(work: Work): 'demanded' | 'chosen' | null {
  const { output, encoder, file, probe, options } = work
  if (output.onlyLossless) {
    const isExact = encoder.writesExactly && !output.palette
    const reason = encoder.transcode ? obstacle(work) : isExact ? null : `${work.format} is not written without loss here.`
    if (reason !== null) throw notLossless(reason)
    return encoder.transcode ? 'demanded' : null
  }
  const isSearched = output.target !== undefined || output.maxBytes !== undefined
  if (!encoder.transcode || isSearched || obstacle(work) !== null) return null
  return output.keepsCoding || encoder.transcode.isOwnQuality(file, probe, options as never) ? 'chosen' : null
}

/**
 * How the coefficients of a picture that is only turned are kept, in the place of a result that has more bytes than the file: with the file's profile where its
 * colours are not sRGB's. `null`: they cannot be kept, or nothing is turned.
 */
export function planSpare(work: Work): Geometry | null {
  const { encoder, probe, geometry } = work
  const isTurned = probe.orientation !== 1 && geometry.width * geometry.height === probe.width * probe.height
  if (!encoder.transcode || !isTurned) return null
  const withProfile: Geometry = { ...geometry, keepsColours: true }
  return [geometry, withProfile].find((one) => obstacle({ ...work, geometry: one }) === null) ?? null
}

export const notLossless = (reason: string): AppError => new AppError('not_lossless', { field: 'lossless', reason })

/** Why a plan cannot do without pixels; `null`: it can. */
function obstacle({ fused, shapes, left, geometry, source, format, encoder, file, probe, kept }: Work): string | null {
  if (source !== format) return `Expected a source of the result's format ${format}, received ${source}.`
  const scaling = fused.find(({ op, params }, i) => {
    const shown = operation(op).geometry?.(params, shapes[i] as Shape) // one a step
    return shown !== undefined && isResampled(shown)
  })
  const step = scaling ?? left[0]
  if (step) return `Expected turns by right angles, mirrors and cuts alone, received ${step.op}, which takes pixels.`
  const own = encoder.transcode?.obstacle(file, probe, geometry) ?? null
  if (own !== null || kept === null) return own
  const ofMap = encoder.gainMap?.transcode.obstacle(kept.map, kept.orientation, kept.geometry) ?? null
  return ofMap === null ? null : `The gain map does not go the same way: ${ofMap}`
}
