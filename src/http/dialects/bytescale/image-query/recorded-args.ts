import type { Args, NumberRange, ValueShape } from '../../../args.ts'

/** A parameter as its reader wants it. */
export interface Parameter {
  /** The first is the one to use, the others are its aliases. */
  readonly names: readonly string[]
  /** `value`: a text of a shape of its own. */
  readonly type: 'integer' | 'number' | 'flag' | 'text' | 'word' | 'value'
  readonly range?: NumberRange
  readonly words?: readonly string[]
  /** Behind "Expected". */
  readonly expected?: string
}

/**
 * Arguments that write down what is asked of them, and have none: the vocabulary of a parser, by the parser itself.
 * @param given texts that a reader cannot do without.
 */
export function recordArgs(given: Readonly<Record<string, string>> = {}): {
  readonly args: Args
  readonly parameters: readonly Parameter[]
} {
  const parameters: Parameter[] = []
  const record = (names: readonly string[], type: Parameter['type'], rest: Omit<Parameter, 'names' | 'type'> = {}): undefined => {
    parameters.push({ names, type, ...rest })
  }
  const args: Args = {
    integer: (range, ...names) => record(names, 'integer', { range }),
    number: (range, ...names) => record(names, 'number', { range }),
    oneOf: (table, ...names) => record(names, 'word', { words: Object.keys(table) }),
    text(...names) {
      record(names, 'text')
      return names.map((name) => given[name]).find((text) => text !== undefined)
    },
    value: (shape: ValueShape, _read, ...names) => record(names, 'value', shape),
    flag: (...names) => record(names, 'flag'),
    has: () => true,
    done: () => undefined,
  }
  return { args, parameters }
}
