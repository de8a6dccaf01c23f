import { parseArgs } from 'node:util'
import { quoted, UsageError } from './errors.ts'

/** An option of a command. */
export interface Option {
  /** Without dashes. One character is a short option. */
  readonly name: string
  readonly short?: string
  /** What stands behind it; a switch when absent. */
  readonly value?: string
  /** Other names of the same. */
  readonly aliases?: readonly string[]
  /** One line; options without are left out of the help. */
  readonly summary?: string
  /** Words that the value may be, for completion. */
  readonly words?: readonly string[]
}

/** What a command line says, in its order. A switch is `true`, or `false` behind `--no-`. */
export interface Words {
  readonly given: readonly (readonly [name: string, value: string])[]
  readonly operands: readonly string[]
}

/** @throws UsageError for an option that is not known, has no value, or has one where it takes none. */
export function readWords(argv: readonly string[], options: readonly Option[]): Words {
  const byName = new Map(options.flatMap((option) => namesOf(option).map((name) => [name, option] as const)))
  const config = Object.fromEntries(
    [...byName].map(([name, option]) => {
      const type = option.value === undefined ? ('boolean' as const) : ('string' as const)
      const short = name.length === 1 ? name : name === option.name ? option.short : undefined
      return [name, { type, ...(short !== undefined && { short }) }]
    }),
  )
  const { tokens } = parseArgs({
    args: [...argv],
    options: config,
    strict: false,
    allowPositionals: true,
    allowNegative: true,
    tokens: true,
  })
  const given: [string, string][] = []
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const isNegated = token.rawName.startsWith('--no-') && !byName.has(token.rawName.slice(2))
    const option = byName.get(isNegated ? token.rawName.slice('--no-'.length) : token.name)
    if (!option || (isNegated && option.value !== undefined)) throw new UsageError(unknown(token.rawName, [...byName.keys()]))
    given.push([option.name, valueOf(option, token.rawName, token.value, isNegated)])
  }
  return { given, operands }
}

const namesOf = ({ name, aliases = [] }: Option): readonly string[] => [name, ...aliases]

function valueOf({ value: wanted }: Option, raw: string, value: string | undefined, isNegated: boolean): string {
  if (wanted !== undefined) {
    if (value === undefined) throw new UsageError(`Expected ${wanted} behind ${raw}, received nothing.`)
    return value
  }
  if (value !== undefined && value !== 'true' && value !== 'false')
    throw new UsageError(`Expected no value, true or false for ${raw}, received ${quoted(value)}.`)
  return isNegated ? 'false' : (value ?? 'true')
}

function unknown(raw: string, names: readonly string[]): string {
  const name = raw.replace(/^-+/, '')
  const [nearest] = names
    .map((each) => ({ each, distance: editDistance(name, each) }))
    .filter(({ distance }) => distance <= (name.length < 4 ? 1 : 2))
    .sort((a, b) => a.distance - b.distance)
  return `The option ${raw} is not known.${nearest && name.length > 1 ? ` Did you mean --${nearest.each}?` : ''}`
}

/** Levenshtein's: single characters that are put in, taken out or replaced. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}

/** The last value of an option. */
export const lastOf = ({ given }: Words, name: string): string | undefined => given.findLast(([each]) => each === name)?.[1]

export const isOn = (words: Words, name: string): boolean => lastOf(words, name) === 'true'

/** A whole number in a range. @throws UsageError. */
export function numberOf(words: Words, name: string, min: number, max: number): number | undefined {
  const text = lastOf(words, name)
  if (text === undefined) return undefined
  const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= min && number <= max))
    throw new UsageError(`Expected a whole number from ${min} to ${max} for --${name}, received ${quoted(text)}.`)
  return number
}
