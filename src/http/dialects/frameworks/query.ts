import { AppError } from '../../../errors.ts'
import type { Entries } from './door.ts'

/** The entries of a door's own, and the others, which are parameters of delivery. */
export const divided = (query: Entries, names: readonly string[]): { readonly own: Entries; readonly others: Entries } => ({
  own: query.filter(([name]) => names.includes(name)),
  others: query.filter(([name]) => !names.includes(name)),
})

/** @throws AppError `invalid_parameter` for what is not given. */
export function demanded<T>(value: T | undefined, field: string): T {
  if (value === undefined || value === '')
    throw new AppError('invalid_parameter', { field, reason: `Expected ${JSON.stringify(field)}, received nothing.` })
  return value
}
