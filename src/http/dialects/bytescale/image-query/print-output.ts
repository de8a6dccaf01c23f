import { AUTO_FORMATS, codec, DEFAULT_OUTPUT, isDecided, type Output, type TransformPlan } from '../../../../image/plan.ts'
import { decimal } from '../../../explain/printed.ts'
import { qualityWord } from '../../../quality.ts'
import type { Entry } from './values.ts'

export function printOutput({ steps, output, page, info }: TransformPlan): readonly Entry[] {
  const paged: readonly Entry[] = page === undefined ? [] : [['page', decimal(page)]]
  if (info) return [['f', 'json'], ['fields', info.join(',')], ...paged]
  const { maxBytes, effort, lossless, onlyLossless, palette, still, colours, metadata } = output
  return [
    ...formatOf(output),
    ...qualityOf(output, metadata !== undefined && steps.length === 0),
    ...(maxBytes === undefined ? [] : [['max-bytes', decimal(maxBytes)] as const]),
    ...(effort === undefined ? [] : [['c', decimal(effort)] as const]),
    ...(lossless && !onlyLossless ? [['lossless', 'true'] as const] : []),
    ...(palette ? [['palette', 'true'] as const] : []),
    ...(still ? [['anim', 'false'] as const] : []),
    ...(colours && !onlyLossless ? [['cm', colours] as const] : []),
    ...((metadata ?? output.keepsCoding) ? [['metadata', metadata ?? 'none'] as const] : []),
    ...paged,
  ]
}

function formatOf({ format }: Output): readonly Entry[] {
  if (isDecided(format)) return [['f', codec(format).extension]]
  return (AUTO_FORMATS as readonly string[]).includes(format) ? [['f', 'auto']] : []
}

/** Where the coding may be kept no quality is named; where it could be kept and must not, the usual one is. */
function qualityOf(output: Output, couldKeep: boolean): readonly Entry[] {
  if (output.keepsCoding) return []
  const isUsual = output.quality === DEFAULT_OUTPUT.quality && output.maxBytes === undefined && !output.target && !couldKeep
  return isUsual ? [] : [['q', qualityWord(output)]]
}
