import type { Position } from '../../../image/geometry.ts'
import { step } from '../../../image/plan.ts'
import { familyNamed } from '../../../image/text/families.ts'
import { differs, lost, type Verdict } from '../foreign.ts'
import type { Sheet } from '../sheet.ts'
import { colourOf, decimalOf, effect } from '../values.ts'
import { COMPASS, LAYER } from './near.ts'

/** Layers of Cloudinary and ImageKit: what is drawn, and where. Anything else about them is lost. */

/** Commas and slashes of a text are encoded once more than the URL; a percent sign may stand for itself. */
const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const UNKNOWN = lost('The layer has more wishes than are known here: text= and image= name layers.')
const LETTERS = 'The letters are those of another font.'

interface Placed {
  readonly position: Position
  readonly x: number
  readonly y: number
}

/** Every name of `parts` is among `known`. */
const knows = (parts: ReadonlyMap<string, string>, known: readonly string[]): boolean =>
  [...parts.keys()].every((name) => known.includes(name))

const numbers = (parts: ReadonlyMap<string, string>, names: readonly string[]): readonly (number | undefined)[] | null => {
  const values = names.map((name) => (parts.has(name) ? decimalOf(parts.get(name) ?? '') : undefined))
  return values.includes(null) ? null : (values as readonly (number | undefined)[])
}

/** A component such as `l_text:Arial_40_bold:Hello,co_red,g_south,y_10` or `l_logo,w_80,g_north_east`. */
export function cloudinaryLayer(text: string, sheet: Sheet): Verdict {
  const parts = new Map(text.split(',').map((part) => [part.slice(0, part.indexOf('_')), part.slice(part.indexOf('_') + 1)] as const))
  const values = numbers(parts, ['x', 'y', 'w', 'h', 'o'])
  const position = COMPASS[parts.get('g') ?? 'center']
  if (!values || !position || !knows(parts, ['l', 'x', 'y', 'w', 'h', 'o', 'g', 'co', 'fl'])) return UNKNOWN
  if ((parts.get('fl') ?? 'layer_apply') !== 'layer_apply') return UNKNOWN
  const [x = 0, y = 0, width, height, opacity = 100] = values
  const placed = { position, x, y, opacity: opacity / 100 }
  const layer = parts.get('l') ?? ''
  if (!layer.startsWith('text:')) {
    if (parts.has('co')) return UNKNOWN
    const size = { ...(width !== undefined && { width }), ...(height !== undefined && { height }) }
    effect(sheet, step('composite', { path: `/${layer.replaceAll(':', '/')}`, ...size, ...placed }))
    return differs(LAYER)
  }
  const [content = '', style] = layer.split(':').slice(1).toReversed()
  const [family = '', size = '40', ...wishes] = (style ?? '').split('_')
  const colour = colourOf((parts.get('co') ?? 'black').replace(/^rgb:/, ''))
  const pixels = decimalOf(size)
  if (colour === null || pixels === null) return UNKNOWN
  return write(sheet, unescaped(content), { size: pixels, colour, family, isBold: wishes.includes('bold') }, placed, [width, height])
}

/** `l-text,i-Hello,fs-50,l-end` and `l-image,i-logo.png,w-80,lx-10,ly-N10,l-end`. */
export function imagekitLayer(text: string, sheet: Sheet): Verdict {
  const [kind, ...wishes] = text.split(',')
  const parts = new Map(
    wishes.filter((part) => part !== 'l-end').map((part) => [part.slice(0, part.indexOf('-')), part.slice(part.indexOf('-') + 1)] as const),
  )
  const signed = (name: string): number | null => decimalOf((parts.get(name) ?? '0').replace(/^N/, '-'))
  const values = numbers(parts, ['w', 'h', 'fs', 'o'])
  const [x, y, input] = [signed('lx'), signed('ly'), parts.get('i')]
  if (!values || x === null || y === null || input === undefined || !knows(parts, ['i', 'w', 'h', 'fs', 'o', 'lx', 'ly', 'co', 'ff']))
    return UNKNOWN
  const [width, height, size = 14, opacity = 10] = values
  const isPlaced = parts.has('lx') || parts.has('ly')
  const position: Position = isPlaced ? `${y < 0 ? 'bottom' : 'top'}-${x < 0 ? 'right' : 'left'}` : 'center'
  const placed = { position, x: Math.abs(x), y: Math.abs(y), opacity: opacity / 10 }
  if (kind === 'l-image') {
    const box = { ...(width !== undefined && { width }), ...(height !== undefined && { height }) }
    effect(sheet, step('composite', { path: `/${input.replaceAll('@@', '/')}`, ...box, ...placed }))
    return differs(LAYER)
  }
  const colour = colourOf(parts.get('co') ?? 'black')
  if (kind !== 'l-text' || colour === null) return UNKNOWN
  return write(sheet, unescaped(input), { size, colour, family: parts.get('ff') ?? '', isBold: false }, placed, [width, height])
}

interface Letters {
  readonly size: number
  readonly colour: string
  readonly family: string
  readonly isBold: boolean
}

function write(
  sheet: Sheet,
  text: string,
  letters: Letters,
  placed: Placed & { readonly opacity: number },
  box: readonly unknown[],
): Verdict {
  const { size, colour, family, isBold } = letters
  effect(sheet, step('text', { text, size, colour, font: familyNamed(family), weight: isBold ? 700 : 400, ...placed }))
  return differs(box.some((side) => side !== undefined) ? `${LETTERS} Lines are broken where the text says so.` : LETTERS)
}
