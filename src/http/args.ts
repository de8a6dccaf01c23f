import { AppError } from '../errors.ts'

export interface NumberRange {
  readonly min?: number
  readonly max?: number
}

/** What a text that no other reader knows may be, for errors and for who writes a vocabulary down. */
export interface ValueShape {
  /** Behind "Expected". */
  readonly expected: string
  /** Words that are values. */
  readonly words?: readonly string[]
  /** Numbers that are values. */
  readonly range?: NumberRange
}

/** Reads a vendor's named arguments. Each reader takes a name with its aliases and consumes the argument. `done` rejects the arguments that are left. */
export interface Args {
  integer(range: NumberRange, ...names: string[]): number | undefined
  number(range: NumberRange, ...names: string[]): number | undefined
  oneOf<const T>(table: Readonly<Record<string, T>>, ...names: string[]): T | undefined
  text(...names: string[]): string | undefined
  /** `read` answers `null` for what is not of the shape. */
  value<T>(shape: ValueShape, read: (text: string) => T | null, ...names: string[]): T | undefined
  flag(...names: string[]): boolean | undefined
  /** True when one of the names was sent and has not been read. */
  has(...names: string[]): boolean
  /** @throws AppError `unknown_parameter` naming the first argument that nobody read, or `invalid_parameter` with what was `expected` in its place. */
  done(expected?: string): void
}

export const invalidParameter = (field: string, expected: string, received: string): AppError =>
  new AppError('invalid_parameter', {
    field,
    reason: `Expected ${expected} for ${JSON.stringify(field)}, received ${JSON.stringify(received.slice(0, 100))}.`,
  })

const between = ({ min = -Infinity, max = Infinity }: NumberRange): string =>
  min === -Infinity && max === Infinity ? '' : max === Infinity ? ` of at least ${min}` : ` from ${min} to ${max}`

/** @throws AppError `invalid_parameter` when a name occurs twice; each reader throws it for a malformed value. */
export function readArgs(entries: Iterable<readonly [string, string]>): Args {
  const unread = new Map<string, string>()
  for (const [name, value] of entries) {
    if (unread.has(name))
      throw new AppError('invalid_parameter', { field: name, reason: `Expected ${JSON.stringify(name)} once, received it twice.` })
    unread.set(name, value)
  }

  const take = (names: readonly string[]): { readonly name: string; readonly text: string } | undefined => {
    const given = names.filter((name) => unread.has(name))
    if (given.length > 1)
      throw new AppError('invalid_parameter', { field: given[1], reason: `Expected one of ${given.join(' and ')}, received both.` })
    const name = given[0]
    if (name === undefined) return undefined
    const text = unread.get(name) ?? ''
    unread.delete(name)
    return { name, text }
  }

  const numeric = (pattern: RegExp, kind: string, range: NumberRange, names: readonly string[]): number | undefined => {
    const arg = take(names)
    if (!arg) return undefined
    const value = pattern.test(arg.text) ? Number(arg.text) : Number.NaN
    if (!(value >= (range.min ?? -Infinity) && value <= (range.max ?? Infinity)))
      throw invalidParameter(arg.name, `${kind}${between(range)}`, arg.text)
    return value
  }

  return {
    integer: (range, ...names) => numeric(/^-?\d{1,9}$/, 'an integer', range, names),
    number: (range, ...names) => numeric(/^-?(\d{1,9}(\.\d{1,9})?|\.\d{1,9})$/, 'a number', range, names),
    text: (...names) => take(names)?.text,
    value(shape, read, ...names) {
      const arg = take(names)
      if (!arg) return undefined
      const value = read(arg.text)
      if (value === null) throw invalidParameter(arg.name, shape.expected, arg.text)
      return value
    },
    oneOf(table, ...names) {
      const arg = take(names)
      if (!arg) return undefined
      if (!Object.hasOwn(table, arg.text)) throw invalidParameter(arg.name, `one of ${Object.keys(table).join(', ')}`, arg.text)
      return table[arg.text]
    },
    flag(...names) {
      const arg = take(names)
      if (!arg) return undefined
      if (arg.text !== 'true' && arg.text !== 'false') throw invalidParameter(arg.name, 'true or false', arg.text)
      return arg.text === 'true'
    },
    has: (...names) => names.some((name) => unread.has(name)),
    done(expected) {
      const [name] = unread.keys()
      if (name !== undefined && expected !== undefined)
        throw new AppError('invalid_parameter', { field: name, reason: `Expected ${expected}, received ${JSON.stringify(name)}.` })
      if (name !== undefined) throw new AppError('unknown_parameter', { field: name, reason: `The parameter is ${JSON.stringify(name)}.` })
    },
  }
}
