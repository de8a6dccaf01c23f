import { parseHexColour } from '../../image/colour.ts'
import { codec, type FormatName, type Output, type Step, WRITTEN_NAMES } from '../../image/plan.ts'
import { COLOUR_NAMES } from './colour-names.ts'
import { differs, lost, type Verdict, type Word } from './foreign.ts'
import type { Sheet } from './sheet.ts'

const DECIMAL = /^-?(\d{1,9}(\.\d{1,9})?|\.\d{1,9})$/

export const decimalOf = (text: string): number | null => (DECIMAL.test(text) ? Number(text) : null)

/** A number, as the service documents it. */
export const number =
  (min: number, max: number, apply: (value: number, sheet: Sheet) => Verdict | void): Word =>
  (text, sheet) => {
    const value = decimalOf(text)
    if (value === null || value < min || value > max) return lost(`It is no number from ${min} to ${max}.`)
    return apply(value, sheet) ?? undefined
  }

/** One of some words. */
export const oneOf =
  (table: Readonly<Record<string, (sheet: Sheet) => Verdict | void>>): Word =>
  (text, sheet) => {
    const apply = Object.hasOwn(table, text) ? table[text] : undefined
    return apply ? (apply(sheet) ?? undefined) : lost(`It is none of ${Object.keys(table).join(', ')}, or has no equal here.`)
  }

/** `true`, `1`, or no value at all. */
export const flag =
  (apply: (sheet: Sheet) => Verdict | void): Word =>
  (text, sheet) => {
    if (['false', '0', 'f', 'off'].includes(text)) return undefined
    return ['', 'true', '1', 't', 'on'].includes(text) ? (apply(sheet) ?? undefined) : lost('It is neither true nor false.')
  }

/** What is known and has no equal. */
export const never =
  (because: string): Word =>
  () =>
    lost(because)

/** `rrggbbaa` of hexadecimal digits, with or without `#`, of the functions `rgb` and `rgba`, or of a name. */
export function colourOf(text: string): string | null {
  const word = text.trim().toLowerCase()
  const name = Object.hasOwn(COLOUR_NAMES, word) ? COLOUR_NAMES[word] : undefined
  if (name !== undefined) return name
  const parts = /^rgba?[(:]\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+(\d?\.?\d+))?\s*\)?$/.exec(word)
  if (!parts) return parseHexColour(word)
  const [red = 0, green = 0, blue = 0] = parts.slice(1, 4).map(Number)
  const alpha = Math.round(Number(parts[4] ?? 1) * 255)
  if (Math.max(red, green, blue, alpha) > 255) return null
  return [red, green, blue, alpha].map((channel) => channel.toString(16).padStart(2, '0')).join('')
}

export const colour =
  (apply: (colour: string, sheet: Sheet) => Verdict | void): Word =>
  (text, sheet) => {
    const value = colourOf(text)
    return value === null ? lost('It is no colour that is known here.') : (apply(value, sheet) ?? undefined)
  }

const FORMATS: Readonly<Record<string, FormatName>> = Object.fromEntries(
  WRITTEN_NAMES.flatMap((name) => [
    [name, name],
    [codec(name).extension, name],
  ]),
)

export const setOutput = (sheet: Sheet, output: Partial<Output>): undefined => {
  const { otherwise, ...rest } = { ...sheet.output, ...output }
  sheet.output = rest.format === 'source' ? { ...rest, ...(otherwise && { otherwise }) } : rest
}

/** A format by its name or extension; other words by the table. */
export const format =
  (others: Readonly<Record<string, (sheet: Sheet) => Verdict | void>> = {}): Word =>
  (text, sheet) => {
    const other = Object.hasOwn(others, text) ? others[text] : undefined
    if (other) return other(sheet) ?? undefined
    const name = Object.hasOwn(FORMATS, text) ? FORMATS[text] : undefined
    if (name === undefined) return lost('Files of this format are not written here; the file keeps its own.')
    setOutput(sheet, { format: name })
    return undefined
  }

export const autoFormat = (sheet: Sheet): void => setOutput(sheet, { format: 'auto' })

export const quality: Word = number(0, 100, (value, sheet) => {
  setOutput(sheet, { quality: Math.max(1, Math.round(value)) })
  return value < 1 ? differs('The least quality here is 1.') : undefined
})

export const effect = (sheet: Sheet, step: Step): undefined => {
  sheet.effects.push(step)
}
