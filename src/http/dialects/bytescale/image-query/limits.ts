import { AppError } from '../../../../errors.ts'

/** Parameters of a picture: of its URL, its preset and a save's `extendedParams` together. */
export const MAX_PARAMETERS = 500
/** Each layer is a step, and the account's `limits.maxSteps` (64 by default) may allow fewer. */
export const MAX_LAYERS = 100
/** UTF-16 code units. */
export const MAX_TEXT_LENGTH = 1000

type Parameters = readonly (readonly [name: string, value: string])[]

/**
 * Counts before anything is parsed or looked up, so that a request costs no more than its length.
 * @throws AppError `invalid_parameter`, `too_many_steps`, each with the limit and the count.
 */
export function checkParameterCounts(query: Parameters): void {
  if (query.length > MAX_PARAMETERS)
    throw new AppError('invalid_parameter', { reason: `Expected at most ${MAX_PARAMETERS} parameters, received ${query.length}.` })
  const layers = query.filter(([name]) => name === 'text' || name === 'image').length
  if (layers > MAX_LAYERS)
    throw new AppError('too_many_steps', { reason: `Expected at most ${MAX_LAYERS} layers ("text" and "image"), received ${layers}.` })
  const long = query.find(([name, value]) => name === 'text' && value.length > MAX_TEXT_LENGTH)
  if (long !== undefined)
    throw new AppError('invalid_parameter', {
      field: 'text',
      reason: `Expected at most ${MAX_TEXT_LENGTH} characters for "text", received ${long[1].length}.`,
    })
}
