/** Pixels of units, by CSS at 96 dots an inch. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  pt: 4 / 3,
  pc: 16,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  q: 96 / 101.6,
  em: 16,
  rem: 16,
  ex: 8,
  ch: 8,
}

const LENGTH = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(%|[a-z]*)\s*$/i

/** A length in pixels, a share of `whole` for `%`; `null` for what is none. `em` is 16 pixels unless told. */
export function readLength(text: string | undefined, whole: number, em = 16): number | null {
  const match = LENGTH.exec(text?.slice(0, 100) ?? '')
  if (!match) return null
  const [, number, unit = ''] = match
  const value = Number(number)
  if (unit === '%') return (value * whole) / 100
  const factor = UNITS[unit.toLowerCase()]
  return factor === undefined ? null : value * (/^(em|ex|ch)$/i.test(unit) ? (factor * em) / 16 : factor)
}
