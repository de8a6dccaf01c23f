import { AppError } from '../../../errors.ts'
import type { TransformPlan } from '../../../image/plan.ts'
import type { Parameter } from '../../foreign/foreign.ts'
import { read, type Words } from '../../foreign/read.ts'
import { autoFormat } from '../../picture.ts'
import type { DoorWish } from './door.ts'

/** Options of a URL, at most. */
const MOST_OPTIONS = 60

/**
 * The plan of options in the words of a service. Where something near is done for one, that is what is done here (docs/frameworks.md).
 * @throws AppError `unknown_parameter`, `invalid_parameter` for an option without an equal here, with its name.
 */
export function readOptions(
  words: Words,
  options: readonly Parameter[],
  accept: string | undefined,
): Pick<DoorWish, 'plan' | 'variesByAccept'> {
  if (options.length > MOST_OPTIONS)
    throw new AppError('invalid_parameter', { reason: `Expected at most ${MOST_OPTIONS} options, received ${options.length}.` })
  const { plan, verdicts } = read(words, options)
  for (const [i, { name, value }] of options.entries()) {
    const field = name.slice(0, 100)
    if (!Object.hasOwn(words.words, name))
      throw new AppError('unknown_parameter', { field, reason: `The parameter is ${JSON.stringify(field)}.` })
    const verdict = verdicts[i]
    if (verdict?.kind === 'lost')
      throw new AppError('invalid_parameter', {
        field,
        reason: `Received ${JSON.stringify(value.slice(0, 100))} for ${JSON.stringify(field)}. ${verdict.because}`,
      })
  }
  return negotiated(plan, accept)
}

/** A format that is chosen for each client. */
export function negotiated(plan: TransformPlan, accept: string | undefined): Pick<DoorWish, 'plan' | 'variesByAccept'> {
  if (plan.output.format !== 'auto') return { plan, variesByAccept: false }
  return { plan: { ...plan, output: { ...plan.output, format: autoFormat(accept) } }, variesByAccept: true }
}
