import { AppError } from '../../../errors.ts'
import { type AutoFormat, codec, type FormatName, isDecided, type Output, type PlanLimits, type TransformPlan } from '../../plan.ts'
import type { Probe } from '../define.ts'

/** A format that a result may have, and how it is written then. */
export type Candidate = Pick<Output, 'lossless'> & { readonly format: FormatName }
/** The best first: what does not fit into the memory of a run gives way to the next. */
export type Candidates = readonly [Candidate, ...Candidate[]]

/** By the wish and the source's header. @throws AppError `not_implemented` when the wished format is not written here. */
export function outputFormats(plan: TransformPlan, source: FormatName, probe: Probe, { onRenderers = true }: PlanLimits): Candidates {
  const { format, otherwise, lossless } = plan.output
  if ((format === 'avif' || format === 'jxl') && !onRenderers) {
    const name = format === 'avif' ? 'AVIF' : 'JPEG XL'
    throw new AppError('not_implemented', {
      reason: `${name} is written by renderers, and this installation has none: the binding RENDERER is not set (docs/deploy.md).`,
    })
  }
  if (isDecided(format)) return [{ format, lossless }]
  const usual = { format: probe.hasAlpha || probe.isFlat ? 'png' : 'jpeg', lossless } as const
  if (format === 'source') {
    const instead = { format: otherwise ?? usual.format, lossless }
    // JPEG XL is for who asks for it: most clients do not show it.
    if (!codec(source).can.encode || source === 'jxl' || (source === 'avif' && !onRenderers)) return [instead]
    return source === 'avif' ? [{ format: source, lossless }, instead] : [{ format: source, lossless }]
  }
  const shown = UNIVERSAL.includes(source) && codec(source).can.encode ? { format: source, lossless } : usual
  return negotiated(format, { plan, source, probe, onRenderers, shown })
}

/** What every client shows. */
const UNIVERSAL: readonly FormatName[] = ['jpeg', 'png', 'gif']

interface Choice {
  readonly plan: TransformPlan
  readonly source: FormatName
  readonly probe: Probe
  readonly onRenderers: boolean
  /** What a client gets that shows nothing newer. */
  readonly shown: Candidate
}

/**
 * Animations stay what they are where a format has them. What is drawn with few colours keeps them: lossless, as the PNG that it would be else. All else
 * is lossy at the wished quality.
 */
function negotiated(format: AutoFormat, { plan, source, probe, onRenderers, shown }: Choice): Candidates {
  const isAnimated = probe.frames > 1 && codec(source).frames !== undefined && plan.page === undefined && !plan.output.still
  if (format === 'auto') return [isAnimated && codec('gif').animate ? { format: 'gif' } : shown]
  const webp = { format: 'webp', lossless: plan.output.lossless } as const
  if (isAnimated) return [webp]
  if (probe.isFlat) return [{ format: 'webp', lossless: true }, shown]
  return format === 'auto-avif' && onRenderers && !plan.output.lossless ? [{ format: 'avif' }, webp, shown] : [webp, shown]
}
