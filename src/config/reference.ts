import * as z from 'zod'

/** A secret or another value of the environment: `wrangler secret put` in production, generated on the first start locally. */
export const reference = z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]*$/), default: z.string().optional() })
export type EnvReference = z.infer<typeof reference>

export type Environment = Readonly<Record<string, unknown>>

/** Reads settings out of the environment and collects what is wrong with them, so that one error can name everything. */
export interface Resolver {
  /** The text of a setting that must not be empty; '' beside a problem when it is. */
  required(value: string | EnvReference): string
  /** The text of a setting that may be empty or absent. */
  optional(value: EnvReference | undefined): string | undefined
  /** The value of a setting as `parse` reads it. `expected` completes "expected …". `fallback` stands in beside a problem. Not for secrets: a problem shows the text. */
  parsed<T, F>(value: T | EnvReference, parse: (text: string) => T | undefined, expected: string, fallback: F): T | F
  /** Records that the value of a variable is wrong. `received` describes it; a secret is not shown. */
  refuse(value: EnvReference, expected: string, received: string): void
  /** Records what is wrong between several settings. */
  problem(text: string): void
  readonly problems: readonly string[]
}

export function createResolver(env: Environment): Resolver {
  const problems: string[] = []
  const optional = (value: EnvReference | undefined): string | undefined => {
    const found = value && (env[value.env] ?? value.default)
    return typeof found === 'string' && found !== '' ? found : undefined
  }
  const refuse: Resolver['refuse'] = ({ env: name }, expected, received) => {
    problems.push(`${name}: expected ${expected}, received ${received}`)
  }
  const required = (value: string | EnvReference): string => {
    if (typeof value === 'string') return value
    const found = optional(value)
    if (found === undefined) refuse(value, 'a value', 'none')
    return found ?? ''
  }
  return {
    problems,
    problem: (text) => void problems.push(text),
    refuse,
    optional,
    required,
    parsed(value, parse, expected, fallback) {
      if (!isReference(value)) return value
      const text = required(value)
      if (text === '') return fallback
      const parsed = parse(text)
      if (parsed === undefined) refuse(value, expected, JSON.stringify(text))
      return parsed ?? fallback
    },
  }
}

const isReference = (value: unknown): value is EnvReference => typeof value === 'object' && value !== null && 'env' in value

export const withoutUndefined = <T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> } // filtered on this line
