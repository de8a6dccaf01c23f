import { parseHexColour } from '../../../image/colour.ts'
import type { Position } from '../../../image/geometry.ts'
import type { Length } from '../../../image/length.ts'
import { invalidField, type JsonFields } from './json-fields.ts'

/** The whole value; spaces around it do not count (docs/protocols/batch.md §2) */
const LENGTH = /^(-?\d{1,12}(?:\.\d{1,12})?)(px|%|w|h)?$/
const MAX_SIDE_PX = 10_000

/** The nine gravities, and `middle`, which the documentation's watermark example uses (docs/protocols/batch.md §3). */
export const GRAVITIES = {
  center: 'center',
  middle: 'center',
  north: 'top',
  northeast: 'top-right',
  east: 'right',
  southeast: 'bottom-right',
  south: 'bottom',
  southwest: 'bottom-left',
  west: 'left',
  northwest: 'top-left',
} as const satisfies Record<string, Position>

export interface Sides {
  readonly width?: Length
  readonly height?: Length
}

interface Parts {
  readonly value: number
  readonly unit: 'px' | '%' | 'w' | 'h'
}

function parts(given: unknown): Parts | null {
  if (typeof given === 'number') return Number.isFinite(given) ? { value: given, unit: 'px' } : null
  const match = typeof given === 'string' ? LENGTH.exec(given.trim()) : null
  return match ? { value: Number(match[1]), unit: (match[2] ?? 'px') as Parts['unit'] } : null // the pattern's own alternatives
}

function side(fields: JsonFields, name: 'width' | 'height'): Length | undefined {
  const given = fields.raw(name)
  if (given === undefined) return undefined
  const length = parts(given)
  // "50h" is a width in percent of the height, "50w" a height in percent of the width; the other two combinations are errors.
  const cross = name === 'width' ? 'h' : 'w'
  const isUnit = length?.unit === 'px' || length?.unit === '%' || length?.unit === cross
  if (!length || !isUnit || length.value <= 0 || (length.unit === 'px' && length.value > MAX_SIDE_PX)) {
    throw invalidField(fields.at(name), `a length above 0 and up to ${MAX_SIDE_PX} such as 100, "100px", "50%" or "50${cross}"`, given)
  }
  if (length.unit === 'px') return length.value
  return { percent: length.value, of: length.unit === '%' ? name : cross === 'h' ? 'height' : 'width' }
}

export function readSides(fields: JsonFields): Sides {
  const [width, height] = [side(fields, 'width'), side(fields, 'height')]
  return { ...(width !== undefined && { width }), ...(height !== undefined && { height }) }
}

/** One side alone keeps the aspect ratio; none is an error. */
export function requireSides(fields: JsonFields): Sides {
  const sides = readSides(fields)
  if (sides.width === undefined && sides.height === undefined)
    throw invalidField(fields.at('width'), '"width", "height" or both', undefined)
  return sides
}

function offset(fields: JsonFields, name: 'xoffset' | 'yoffset'): Length {
  const given = fields.raw(name)
  if (given === undefined) return 0
  const length = parts(given)
  if (!length || (length.unit !== 'px' && length.unit !== '%') || Math.abs(length.value) > 1e6) {
    throw invalidField(fields.at(name), 'a distance such as 10, "-10px" or "5%"', given)
  }
  return length.unit === 'px' ? length.value : { percent: length.value, of: name === 'xoffset' ? 'width' : 'height' }
}

export const readGravity = (fields: JsonFields): Position => fields.oneOf('gravity', GRAVITIES) ?? 'center'

export const readPlacement = (fields: JsonFields) => ({
  position: readGravity(fields),
  x: offset(fields, 'xoffset'),
  y: offset(fields, 'yoffset'),
})

/** "#rrggbb; also #rgb, both without #, optional alpha pair" */
export function readColour(fields: JsonFields, name: string): string | undefined {
  const given = fields.text(name)
  if (given === undefined) return undefined
  const colour = parseHexColour(given.trim())
  if (colour === null) throw invalidField(fields.at(name), 'a hexadecimal colour such as #rrggbb', given)
  return colour
}
