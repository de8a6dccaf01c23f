import type { Shape } from '../../raster.ts'
import { type Box, boxAt, type Matrix, move, numbersOf, scale, times } from './geometry.ts'
import { readLength } from './length.ts'
import { readDeclarationValue } from './css.ts'
import { checkSvg, damagedSvg } from './limits.ts'
import type { SvgElement } from './xml.ts'

/** The size of a document that tells none, in browsers (CSS 2.1 §10.3.2). */
const DEFAULT_SHAPE: Shape = { width: 300, height: 150 }

/** `viewBox`; `null` when it is missing or has no area. */
export function viewBoxOf({ attributes }: SvgElement): Box | null {
  const [x, y, width, height] = numbersOf(attributes.get('viewBox'))
  return x === undefined || y === undefined || !width || !height || width < 0 || height < 0 ? null : boxAt(x, y, width, height)
}

/**
 * The size of the picture in pixels: `width` and `height` in absolute units, as attributes or in the style; a share counts of the `viewBox`, and what is missing
 * follows from its aspect. Without a `viewBox`, 300 × 150. @throws AppError `invalid_image` for a side of zero; `too_many_pixels` for one
 * that is too long, or too long beside the other.
 */
export function shapeOf(root: SvgElement): Shape {
  const box = viewBoxOf(root)
  const whole = box ? { width: box.right - box.left, height: box.bottom - box.top } : DEFAULT_SHAPE
  const [width, height] = (['width', 'height'] as const).map((side) => sideOf(root, side, whole[side])) as [number | null, number | null]
  const aspect = whole.width / whole.height
  const exact = {
    width: width ?? (height !== null && box ? height * aspect : whole.width),
    height: height ?? (width !== null && box ? width / aspect : whole.height),
  }
  const [shorter, longer] = [Math.min(exact.width, exact.height), Math.max(exact.width, exact.height)]
  if (!(shorter > 0)) throw damagedSvg('a side is zero')
  checkSvg('side', longer)
  checkSvg('aspect', longer / shorter)
  return { width: Math.max(1, Math.round(exact.width)), height: Math.max(1, Math.round(exact.height)) }
}

/** A side; `null` when it is missing, negative or `auto`. */
function sideOf({ attributes }: SvgElement, side: 'width' | 'height', whole: number): number | null {
  const styled = readDeclarationValue(attributes.get('style') ?? '', side)
  const length = readLength(styled ?? undefined, whole) ?? readLength(attributes.get(side), whole)
  return length !== null && length < 0 ? null : length
}

/** How the user's units of a viewport lie in it: `preserveAspectRatio` of SVG 1.1 §7.8. */
export function fitViewBox(box: Box, preserve: string | undefined, width: number, height: number): Matrix {
  const [align = 'xMidYMid', kind] = (preserve ?? '')
    .replace(/^\s*defer\s+/, '')
    .trim()
    .split(/\s+/)
  const [sx, sy] = [width / (box.right - box.left), height / (box.bottom - box.top)]
  const origin = move(-box.left, -box.top)
  if (align === 'none') return times(scale(sx, sy), origin)
  const even = kind === 'slice' ? Math.max(sx, sy) : Math.min(sx, sy)
  const share = (text: string): number => (text.includes('Min') ? 0 : text.includes('Max') ? 1 : 0.5)
  const left = (width - even * (box.right - box.left)) * share(align.slice(0, 4))
  const top = (height - even * (box.bottom - box.top)) * share(align.slice(4))
  return times(times(move(left, top), scale(even, even)), origin)
}
