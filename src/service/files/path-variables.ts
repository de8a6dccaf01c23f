import { AppError } from '../../errors.ts'
import type { RandomBytes } from '../ports.ts'
import { splitExtension } from './path.ts'

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const TOKEN_LENGTH = 8
const TOKEN_SPACE = 58 ** TOKEN_LENGTH

export interface PathVariableValues {
  readonly now: Date
  readonly originalFileName: string | null
  readonly random: RandomBytes
}

/** Uniform base58 characters: bytes of 232 and above are drawn again, for 256 is no multiple of 58. */
export function randomBase58(count: number, random: RandomBytes): string {
  let text = ''
  while (text.length < count) {
    for (const byte of random(count * 2)) if (byte < 232 && text.length < count) text += BASE58[byte % 58]
  }
  return text
}

/** 8 base58 characters that sort as the numbers do. */
function timeToken(value: number): string {
  let rest = Math.floor(value) % TOKEN_SPACE
  let text = ''
  for (let i = 0; i < TOKEN_LENGTH; i++) {
    text = BASE58[rest % 58] + text
    rest = Math.floor(rest / 58)
  }
  return text
}

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0')

/** A variable's value for a file. `null`: it has none for this one. */
type Expand = (values: PathVariableValues) => string | null

const utc =
  (format: (now: Date) => string): Expand =>
  ({ now }) =>
    format(now)

/** The path variables of docs/protocols/bytescale.md §5.3, and what they stand for. */
export const PATH_VARIABLES: Readonly<Record<string, { readonly meaning: string; readonly expand: Expand }>> = {
  ORIGINAL_FILE_NAME: {
    meaning: "The name of the client's file without its extension. Without one, a template that needs it is replaced by the fallback.",
    expand: ({ originalFileName }) => (originalFileName === null ? null : splitExtension(originalFileName).name),
  },
  ORIGINAL_FILE_EXT: {
    meaning: "The extension of the client's file with its dot, or nothing.",
    expand: ({ originalFileName }) => (originalFileName === null ? '' : splitExtension(originalFileName).extension),
  },
  UTC_DATE: { meaning: 'The date: 2026-11-25.', expand: utc((now) => now.toISOString().slice(0, 10)) },
  UTC_TIME: { meaning: 'The time: 13:05:09.042.', expand: utc((now) => now.toISOString().slice(11, 23)) },
  UTC_YEAR: { meaning: 'The year, 4 digits.', expand: utc((now) => pad(now.getUTCFullYear(), 4)) },
  UTC_MONTH: { meaning: 'The month, 2 digits.', expand: utc((now) => pad(now.getUTCMonth() + 1)) },
  UTC_DAY: { meaning: 'The day of the month, 2 digits.', expand: utc((now) => pad(now.getUTCDate())) },
  UTC_HOUR: { meaning: 'The hour, 2 digits.', expand: utc((now) => pad(now.getUTCHours())) },
  UTC_MINUTE: { meaning: 'The minute, 2 digits.', expand: utc((now) => pad(now.getUTCMinutes())) },
  UTC_SECOND: { meaning: 'The second, 2 digits.', expand: utc((now) => pad(now.getUTCSeconds())) },
  UTC_MILLISECOND: { meaning: 'The millisecond, 3 digits.', expand: utc((now) => pad(now.getUTCMilliseconds(), 3)) },
  UTC_TIME_TOKEN: { meaning: '8 characters that sort by time, the oldest first.', expand: utc((now) => timeToken(now.getTime())) },
  UTC_TIME_TOKEN_INVERSE: {
    meaning: '8 characters that sort by time, the newest first.',
    expand: utc((now) => timeToken(TOKEN_SPACE - 1 - now.getTime())),
  },
}

/** `UNIQUE_DIGITS_8`: that many random base58 characters, 1 to 20. */
const UNIQUE_DIGITS = /^UNIQUE_DIGITS_(\d{1,2})$/

/** `null`: the variable is known and has no value for this file. `undefined`: it is not known. */
function expand(name: string, values: PathVariableValues): string | null | undefined {
  const digits = Number(UNIQUE_DIGITS.exec(name)?.[1])
  if (digits >= 1 && digits <= 20) return randomBase58(digits, values.random)
  return Object.hasOwn(PATH_VARIABLES, name) ? PATH_VARIABLES[name]?.expand(values) : undefined
}

/**
 * Replaces `{VARIABLE}`s; `\{` stands for a brace. `null` when a variable is known but has no value for this file (the caller's fallback).
 * @throws AppError `invalid_path` for an unknown variable or an open brace.
 */
export function expandPathVariables(template: string, values: PathVariableValues, field: string): string | null {
  let absent = false
  const text = template.replaceAll(/\\([{}\\])|\{([^{}]*)\}|[{}]/g, (match, escaped: string | undefined, name: string | undefined) => {
    if (escaped !== undefined) return escaped
    const value = name === undefined ? undefined : expand(name, values)
    if (value === undefined)
      throw new AppError('invalid_path', { field, reason: `Expected a known path variable, received ${JSON.stringify(match)}.` })
    absent ||= value === null
    return value ?? ''
  })
  return absent ? null : text
}

/** Whether expanding twice can give two different paths: only then is a taken path worth another try. */
export const hasRandomVariable = (template: string): boolean => /\{UNIQUE_DIGITS_\d+\}/.test(template)
