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

/** The path variables of docs/protocols/bytescale.md §5.3. `null`: the variable is known and has no value for this file. */
function expand(name: string, { now, originalFileName, random }: PathVariableValues): string | null | undefined {
  const original = originalFileName === null ? null : splitExtension(originalFileName)
  const digits = /^UNIQUE_DIGITS_(\d{1,2})$/.exec(name)?.[1]
  if (digits !== undefined) return Number(digits) >= 1 && Number(digits) <= 20 ? randomBase58(Number(digits), random) : undefined
  switch (name) {
    case 'ORIGINAL_FILE_NAME':
      return original?.name ?? null
    case 'ORIGINAL_FILE_EXT':
      return original?.extension ?? ''
    case 'UTC_DATE':
      return now.toISOString().slice(0, 10)
    case 'UTC_TIME':
      return now.toISOString().slice(11, 23)
    case 'UTC_YEAR':
      return pad(now.getUTCFullYear(), 4)
    case 'UTC_MONTH':
      return pad(now.getUTCMonth() + 1)
    case 'UTC_DAY':
      return pad(now.getUTCDate())
    case 'UTC_HOUR':
      return pad(now.getUTCHours())
    case 'UTC_MINUTE':
      return pad(now.getUTCMinutes())
    case 'UTC_SECOND':
      return pad(now.getUTCSeconds())
    case 'UTC_MILLISECOND':
      return pad(now.getUTCMilliseconds(), 3)
    case 'UTC_TIME_TOKEN':
      return timeToken(now.getTime())
    case 'UTC_TIME_TOKEN_INVERSE':
      return timeToken(TOKEN_SPACE - 1 - now.getTime())
    default:
      return undefined
  }
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
