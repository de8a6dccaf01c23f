import { parseHexColour } from '../../../../image/colour.ts'
import { invalidParameter, type Args } from '../../../args.ts'

/** A parameter of a URL. */
export type Entry = readonly [name: string, value: string]

/** Colours are `RRGGBB` without `#` (docs/protocols/bytescale.md §3.1); also three digits, and an alpha pair behind. */
export function readColour(args: Args, ...names: string[]): string | undefined {
  const name = names.find((each) => args.has(each))
  const text = args.text(...names)
  if (text === undefined || name === undefined) return undefined
  const colour = parseHexColour(text)
  if (colour === null) throw invalidParameter(name, 'a hexadecimal colour such as ff8000', text)
  return colour
}

/** `dpr`: how many pixels of the result one pixel of the URL's sizes means. */
export const readDensity = (args: Args): number => args.number({ min: 0.1, max: 10 }, 'dpr') ?? 1

/** A value that may also be the word `true`, which means the given default. */
export function numberOrTrue(
  args: Args,
  name: string,
  range: { readonly min: number; readonly max: number },
  whenTrue: number,
): number | undefined {
  const text = args.text(name)
  if (text === undefined || text === 'false') return undefined
  if (text === 'true') return whenTrue
  const value = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= range.min && value <= range.max)) throw invalidParameter(name, `true, or a number from ${range.min} to ${range.max}`, text)
  return value
}
