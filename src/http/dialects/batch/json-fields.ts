import { AppError } from '../../../errors.ts'
import type { NumberRange } from '../../args.ts'

/** Characters of a client's text in a message. */
const MAX_SHOWN = 100
const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/

/**
 * Reads the fields of one JSON object. `null` counts as absent (docs/protocols/batch.md §1.1, §2). Each reader
 * throws AppError `invalid_parameter` with the whole path of the field, such as `jobs[0].transformations[2].sigma`.
 */
export interface JsonFields {
  /** The path of a field, for messages. */
  at(name: string): string
  raw(name: string): unknown
  /** A JSON number or its text. */
  number(name: string, range: NumberRange): number | undefined
  text(name: string): string | undefined
  oneOf<const T>(name: string, table: Readonly<Record<string, T>>): T | undefined
  /** The paths of the fields that no reader has asked for. */
  unread(): readonly string[]
}

export function jsonFields(value: unknown, path: string): JsonFields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalidField(path, 'an object', value)
  const fields = value as Readonly<Record<string, unknown>> // an object that came from JSON
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const read = new Set<string>()
  const raw = (name: string): unknown => {
    read.add(name)
    return Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined
  }
  return {
    at,
    raw,
    number(name, { min = -Infinity, max = Infinity }) {
      const given = raw(name)
      if (given === undefined) return undefined
      const number = typeof given === 'number' ? given : typeof given === 'string' && NUMBER.test(given.trim()) ? Number(given) : Number.NaN
      if (!(number >= min && number <= max)) throw invalidField(at(name), `a number${range(min, max)}`, given)
      return number
    },
    text(name) {
      const given = raw(name)
      if (given !== undefined && typeof given !== 'string') throw invalidField(at(name), 'a string', given)
      return given
    },
    oneOf(name, table) {
      const given = raw(name)
      if (given === undefined) return undefined
      if (typeof given !== 'string' || !Object.hasOwn(table, given))
        throw invalidField(at(name), `one of ${Object.keys(table).join(', ')}`, given)
      return table[given]
    },
    unread: () =>
      Object.keys(fields)
        .filter((name) => !read.has(name))
        .map((name) => at(name.slice(0, MAX_SHOWN))),
  }
}

const range = (min: number, max: number): string =>
  max === Infinity ? (min === -Infinity ? '' : ` of at least ${min}`) : ` from ${min} to ${max}`

export function invalidField(path: string, expected: string, received: unknown): AppError {
  const shown =
    received === undefined
      ? 'nothing'
      : Array.isArray(received)
        ? `${received.length} entries`
        : (JSON.stringify(received) ?? 'nothing').slice(0, MAX_SHOWN)
  return new AppError('invalid_parameter', { field: path, reason: `Expected ${expected} for ${JSON.stringify(path)}, received ${shown}.` })
}

/** The value of a field that must be there. */
export function required<T>(value: T | undefined, path: string, expected: string): T {
  if (value === undefined) throw invalidField(path, expected, value)
  return value
}
