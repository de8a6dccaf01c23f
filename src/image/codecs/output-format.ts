import { AppError } from '../../errors.ts'
import type { Probe } from './define.ts'
import { codec, type FormatName, type Output, type PlanLimits } from '../plan.ts'

/** The formats that a result may have, the best first: what does not fit into the memory of a run gives way to the next. */
export type Candidates = readonly [FormatName, ...FormatName[]]

/** By the wish and the source's header. @throws AppError `not_implemented` when the wished format is not written here. */
export function outputFormats({ format }: Output, source: FormatName, probe: Probe, { avif = true }: PlanLimits): Candidates {
  if (format === 'avif' && !avif)
    throw new AppError('not_implemented', {
      reason: 'AVIF is written by renderers, and this installation has none: the binding RENDERER is not set (docs/deploy.md).',
    })
  if (format !== 'source') return [format]
  const usual = probe.hasAlpha || probe.isFlat ? 'png' : 'jpeg'
  if (!codec(source).can.encode) return [usual]
  return source === 'avif' ? (avif ? [source, usual] : [usual]) : [source]
}
