import { parseHexColour } from '../../../../image/colour.ts'
import type { Args } from '../../../args.ts'

/** A parameter of a URL. */
export type Entry = readonly [name: string, value: string]

/** Colours are `RRGGBB` without `#` (docs/protocols/bytescale.md §3.1); also three digits, and an alpha pair behind. */
export const readColour = (args: Args, ...names: string[]): string | undefined =>
  args.value({ expected: 'a hexadecimal colour such as ff8000' }, parseHexColour, ...names)

/** `dpr`: how many pixels of the result one pixel of the URL's sizes means. */
export const readDensity = (args: Args): number => args.number({ min: 0.1, max: 10 }, 'dpr') ?? 1

/** A value that may also be the word `true`, which means the given default. */
export function numberOrTrue(
  args: Args,
  name: string,
  range: { readonly min: number; readonly max: number },
  whenTrue: number,
): number | undefined {
  const shape = { expected: `true, or a number from ${range.min} to ${range.max}`, words: ['true', 'false'], range }
  const read = (text: string): { readonly number: number | undefined } | null => {
    if (text === 'true' || text === 'false') return { number: text === 'true' ? whenTrue : undefined }
    const number = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN
    return number >= range.min && number <= range.max ? { number } : null
  }
  return args.value(shape, read, name)?.number
}
