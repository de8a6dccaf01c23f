import type { Position } from '../../image/geometry.ts'
import type { Length } from '../../image/length.ts'
import { step, type Step } from '../../image/plan.ts'

/** Where a position of a picture lies after a quarter turn clockwise. */
const QUARTER: Readonly<Record<Position, Position>> = {
  center: 'center',
  top: 'right',
  right: 'bottom',
  bottom: 'left',
  left: 'top',
  'top-left': 'top-right',
  'top-right': 'bottom-right',
  'bottom-right': 'bottom-left',
  'bottom-left': 'top-left',
}

const FLIPPED: Readonly<Partial<Record<Position, Position>>> = {
  top: 'bottom',
  bottom: 'top',
  'top-left': 'bottom-left',
  'top-right': 'bottom-right',
  'bottom-left': 'top-left',
  'bottom-right': 'top-right',
}

/** A mirror from left to right is one from top to bottom with two quarter turns before and two behind. */
const flopped = (position: Position): Position => {
  const around = (each: Position): Position => QUARTER[QUARTER[each]]
  const opposite = around(position)
  return FLIPPED[opposite] ?? opposite
}

/** The part of a sheet that a turn changes. */
interface Sides {
  readonly width: Length | undefined
  readonly height: Length | undefined
  readonly aspect: number | undefined
  readonly position: Position | 'smart' | 'smart-entropy'
}

/** Clockwise degrees, mirrors from top to bottom and from left to right, and in which order turns and sizes are done. */
export interface Turns {
  readonly degrees: number
  readonly flip: boolean
  readonly flop: boolean
  readonly turns: 'rotate, mirror, size' | 'mirror, rotate, size' | 'size, rotate' | 'size, mirror, rotate'
}

/**
 * Turns, mirrors and sizes. An image URL turns, mirrors, then sizes: other orders are said in this one where that is the same picture, which holds for all right
 * angles. A turn by another angle after a size stays behind it.
 */
export function turned(sheet: Turns & Sides & { readonly background: string | undefined }, size: (sides: Sides) => Step[]): Step[] {
  const { flip, flop, turns, background } = sheet
  const mirrorsFirst = turns === 'mirror, rotate, size' || turns === 'size, mirror, rotate'
  // A mirror before a turn is the same as the turn the other way before the mirror.
  const degrees = mirrorsFirst && flip !== flop ? -sheet.degrees : sheet.degrees
  const rotate = degrees % 360 === 0 ? [] : [step('rotate', { degrees, ...(background && { background }) }, 'rotate')]
  const mirrors = [...(flip ? [step('flip', { axis: 'vertical' })] : []), ...(flop ? [step('flip', { axis: 'horizontal' })] : [])]
  if (turns === 'rotate, mirror, size' || turns === 'mirror, rotate, size') return [...rotate, ...mirrors, ...size(sheet)]
  if (degrees % 90 !== 0) return [...size(sheet), ...rotate, ...mirrors]
  return [...rotate, ...mirrors, ...size(behindTurns(sheet, degrees))]
}

/** The sides and the position that a size has behind the turns, to be the same as before them. */
function behindTurns({ width, height, aspect, position, flip, flop }: Turns & Sides, degrees: number): Sides {
  const quarters = (((degrees / 90) % 4) + 4) % 4
  const swaps = quarters % 2 === 1
  const sides = swaps
    ? { width: crossed(height), height: crossed(width), aspect: aspect === undefined ? undefined : 1 / aspect }
    : { width, height, aspect }
  if (position === 'smart' || position === 'smart-entropy') return { ...sides, position }
  let place = position
  for (let turn = 0; turn < quarters; turn++) place = QUARTER[place]
  if (flip) place = FLIPPED[place] ?? place
  if (flop) place = flopped(place)
  return { ...sides, position: place }
}

/** A percentage of the width is one of the height after a quarter turn. */
const crossed = (length: Length | undefined): Length | undefined =>
  typeof length === 'object' ? { ...length, of: length.of === 'width' ? 'height' : 'width' } : length
