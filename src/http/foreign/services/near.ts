import type { Position } from '../../../image/geometry.ts'
import type { Length } from '../../../image/length.ts'
import { step, type Step } from '../../../image/plan.ts'
import { differs, lost, type Verdict, type Word } from '../foreign.ts'
import type { Sheet } from '../sheet.ts'
import { decimalOf, effect, number, setOutput } from '../values.ts'

/** Words that several services share. */

/** Something near is done for every number of a range but the one that changes nothing. */
export const near = (because: string, [min, max]: readonly [number, number], make: (value: number) => Step | null, idle = 0): Word =>
  number(min, max, (value, sheet) => {
    const made = make(value)
    if (made) effect(sheet, made)
    return value === idle ? undefined : differs(because)
  })

/** -100 to 100 in percent. */
export const percentage = (name: 'brightness' | 'saturation'): Word =>
  near('The percentage multiplies the value in CIE LCh.', [-100, 100], (value) => step('modulate', { [name]: 1 + value / 100 }))

export const contrast: Word = near('Its curve is another one.', [-100, 100], (level) => step('contrast', { level }))

export const sepia = (sheet: Sheet): Verdict => {
  effect(sheet, step('sepia', {}))
  return differs('Its browns are those of GD.')
}

export const smart = (sheet: Sheet, because = 'What matters in a picture is found by another method.'): Verdict => {
  sheet.position = 'smart'
  return differs(because)
}

/** A side in pixels; with a point and up to 1 a share of the source. */
export const sideOf =
  (name: 'width' | 'height', zero: 'lost' | 'absent' = 'lost'): Word =>
  (text, sheet) => {
    const value = decimalOf(text)
    if (value === 0 && zero === 'absent') return undefined
    if (value === null || value <= 0 || value > 20_000) return lost('It is no size that is known here.')
    sheet[name] = value <= 1 && text.includes('.') ? { percent: value * 100, of: name } : value
    return undefined
  }

/** The quality by similarity. */
export const byTarget = (sheet: Sheet, target: 'high' | 'medium' | 'low'): Verdict => {
  setOutput(sheet, { quality: 100, target })
  return differs('The quality is found by similarity: q=auto.')
}

export const SIGNED = 'Signatures are made with a key of the account: sign the new URL.'
export const EXPIRES = 'An expiry counts in signed URLs: sign the new URL with exp=.'

/** `north_west` and the like. */
export const COMPASS: Readonly<Record<string, Position>> = {
  center: 'center',
  north: 'top',
  south: 'bottom',
  west: 'left',
  east: 'right',
  north_west: 'top-left',
  north_east: 'top-right',
  south_west: 'bottom-left',
  south_east: 'bottom-right',
}

/** Pixels, or `max`; of several with colons between, the first. */
export const radius: Word = (text, sheet) => {
  const [first = '', ...others] = text.split(':')
  const value = first === 'max' ? Infinity : decimalOf(first)
  if (value === null || value < 0) return lost('It is no radius that is known here.')
  sheet.radius = value
  return others.length > 0 ? differs('All corners have the first radius.') : undefined
}

const ROWS = ['top', 'center', 'bottom'] as const
const COLUMNS = ['left', 'center', 'right'] as const

/** A point in shares of width and height: the nearest of nine positions. */
export function atPoint(x: number, y: number, place: (position: Position) => void): Verdict | undefined {
  const third = (share: number): number => Math.min(2, Math.max(0, Math.floor(share * 3)))
  const [row, column] = [ROWS[third(y)] ?? 'center', COLUMNS[third(x)] ?? 'center']
  place(row === 'center' ? column : column === 'center' ? row : `${row}-${column}`)
  return [x, y].every((share) => share === 0 || share === 0.5 || share === 1)
    ? undefined
    : differs('The point counts as the nearest of nine positions.')
}

/** The largest part of a picture that has an aspect ratio, of width by height. */
export const partOf = (aspect: number): { readonly width: Length; readonly height: Length } => ({
  width: { percent: rounded(100 * aspect), of: 'height' },
  height: { percent: rounded(100 / aspect), of: 'width' },
})

/** To what every spelling of a number here can say. */
export const rounded = (value: number): number => Number(value.toFixed(6))

/** What a layer is where the vendor names an address or an id. */
export const LAYER = 'The picture of the layer has to be stored in the account, at the path that the layer has.'
