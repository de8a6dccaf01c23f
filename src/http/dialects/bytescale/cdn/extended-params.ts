import * as z from 'zod'
import { AppError } from '../../../../errors.ts'
import { checkParameterCounts, MAX_PARAMETERS } from '../image-query/limits.ts'

const group = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))

/** `extendedParams` of a save: an object, or a list of objects, of query parameters (docs/protocols/bytescale.md §4). */
export const extendedParamsSchema = z.union([group, z.array(group)])

/** The parameters in their order. Null entries are dropped, as in the SDK. */
export const extendedQuery = (extended: z.output<typeof extendedParamsSchema> | undefined): (readonly [string, string])[] =>
  groupsOf(extended)
    .flatMap((entry) => Object.entries(entry ?? {}))
    .flatMap(([name, value]) => (value === null ? [] : [[name, String(value)] as const]))

const groupsOf = (extended: unknown): readonly (object | null)[] =>
  extended === undefined ? [] : Array.isArray(extended) ? (extended as readonly object[]) : [extended as object]

/**
 * Counts the parameters of a save's body before its schema looks at each of them.
 * @throws AppError `invalid_parameter`, `too_many_steps`, each with the limit and the count.
 */
export function checkExtendedParams(body: unknown): void {
  const extended = (body as { readonly extendedParams?: unknown } | null)?.extendedParams
  if (Array.isArray(extended) && extended.length > MAX_PARAMETERS)
    throw new AppError('invalid_parameter', {
      field: 'extendedParams',
      reason: `Expected at most ${MAX_PARAMETERS} groups of parameters, received ${extended.length}.`,
    })
  checkParameterCounts(groupsOf(extended).flatMap((entry) => Object.entries(entry ?? {})))
}
