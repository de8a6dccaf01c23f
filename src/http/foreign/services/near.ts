import type { Position } from '../../../image/geometry.ts'
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

/** Pixels, or `max`. */
export const radius: Word = (text, sheet) => {
  const value = text === 'max' ? Infinity : decimalOf(text)
  if (value === null || value < 0) return lost('All corners have one radius here.')
  sheet.radius = value
  return undefined
}
