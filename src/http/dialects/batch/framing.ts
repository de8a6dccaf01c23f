import { channels } from '../../../image/colour.ts'
import { step, type Step } from '../../../image/plan.ts'
import { invalidField, required, type JsonFields } from './json-fields.ts'
import { readColour, readGravity, readPlacement, requireSides } from './lengths.ts'

/** Both sides give exactly that size; one side keeps the aspect ratio. Enlarging is allowed (docs/protocols/batch.md §4.11) */
export function resize(fields: JsonFields): Step[] {
  const sides = requireSides(fields)
  const both = sides.width !== undefined && sides.height !== undefined
  return [step('resize', both ? { ...sides, fit: 'stretch' } : sides, fields.at('width'))]
}

/** The text `crop` means true; anything else but a boolean is an error (docs/protocols/batch.md §4.6) */
export function crop(fields: JsonFields): Step[] {
  const fit = fields.raw('fit') ?? true
  if (typeof fit !== 'boolean' && fit !== 'crop') throw invalidField(fields.at('fit'), 'true or false', fit)
  return [step('crop', { ...requireSides(fields), ...readPlacement(fields), fit: fit !== false }, fields.at('width'))]
}

const FIT_TYPES = { box: 'inside', stretch: 'stretch', outside: 'outside', cropbox: 'cropbox', letterbox: 'letterbox' } as const

/** `color` is `#000000` and `opacity` 10, opaque, when absent; only a letterbox uses them (docs/protocols/batch.md §4.9) */
export function fitmethod(fields: JsonFields): Step[] {
  const fit = required(fields.oneOf('fit_type', FIT_TYPES), fields.at('fit_type'), `one of ${Object.keys(FIT_TYPES).join(', ')}`)
  const sides = requireSides(fields)
  const position = readGravity(fields)
  const background = faded(readColour(fields, 'color') ?? '000000ff', (fields.number('opacity', { min: 0, max: 10 }) ?? 10) / 10)
  if (fit === 'letterbox') return [step('letterbox', { ...sides, position, background }, fields.at('width'))]
  const { width, height } = sides
  // With one side the box has the image's own aspect ratio, so there is nothing to cut.
  if (fit !== 'cropbox') return [step('resize', { ...sides, fit }, fields.at('width'))]
  return width === undefined || height === undefined
    ? [step('resize', sides, fields.at('width'))]
    : [step('cover', { width, height, position }, fields.at('width'))]
}

function faded(colour: string, opacity: number): string {
  const alpha = Math.round(channels(colour)[3] * opacity)
  return colour.slice(0, 6) + alpha.toString(16).padStart(2, '0')
}

/** `x` and `horizontal` exchange left and right (docs/protocols/batch.md §4.10) */
const DIRECTIONS = { x: 'horizontal', y: 'vertical', horizontal: 'horizontal', vertical: 'vertical' } as const

export const flip = (fields: JsonFields): Step[] => [
  step('flip', { axis: required(fields.oneOf('direction', DIRECTIONS), fields.at('direction'), 'one of x, y, vertical, horizontal') }),
]

/** 0–360 with at most two decimals (docs/protocols/batch.md §4.12) */
export function rotate(fields: JsonFields): Step[] {
  const expected = 'a number from 0 to 360 with at most two decimals'
  const degrees = required(fields.number('degrees', { min: 0, max: 360 }), fields.at('degrees'), expected)
  if (Number(degrees.toFixed(2)) !== degrees) throw invalidField(fields.at('degrees'), expected, degrees)
  return [step('rotate', { degrees }, fields.at('degrees'))]
}

export const ulb = (): Step[] => [step('unletterbox', {})]

/** `level` is 1 when absent (docs/protocols/batch.md §4.15) */
export const zoom = (fields: JsonFields): Step[] => [
  step('zoom', { ...requireSides(fields), level: fields.number('level', { min: 0, max: 10 }) ?? 1 }, fields.at('width')),
]
