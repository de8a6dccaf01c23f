import { areaOf, type Box, boxAt, heightOf, type Matrix, readTransform, scale, scaleOf, times, widthOf } from '../geometry.ts'
import { fitViewBox, viewBoxOf } from '../header.ts'
import { readLength } from '../length.ts'
import { hrefOf } from '../document.ts'
import type { SvgElement } from '../xml.ts'
import { BYTES, NS } from './costs.ts'
import { type Place, referredBy, type Scales, weighChildren } from './place.ts'
import { FIRST_STYLE, referencesOf } from './style.ts'

/** What a paint takes: of each pixel, and while it is used. */
export interface Paint {
  readonly ns: number
  readonly bytes: number
}

/** A colour, a gradient, or a pattern, whose tile is drawn for each shape anew. */
export function weighPaint(scales: Scales, value: string, box: Box, place: Place): Paint {
  const [id] = referencesOf(value)
  const server = referredBy(scales, id, place)
  if (!server) return { ns: NS.colour, bytes: 0 }
  if (server.name !== 'pattern') return { ns: NS.gradient, bytes: 0 }
  if (place.referred.includes(server)) return { ns: NS.colour, bytes: 0 }
  return { ns: NS.pattern, bytes: weighTile(scales, server, box, place) }
}

/** The pattern and those that it takes attributes and children from. */
function chainOf({ document }: Scales, pattern: SvgElement): readonly SvgElement[] {
  const chain: SvgElement[] = []
  for (let next: SvgElement | undefined = pattern; next && !chain.includes(next) && chain.length < 10;) {
    chain.push(next)
    next = document.byId.get(hrefOf(next)?.trim().replace(/^#/, '') ?? '')
  }
  return chain
}

function weighTile(scales: Scales, pattern: SvgElement, box: Box, place: Place): number {
  const chain = chainOf(scales, pattern)
  const attribute = (name: string): string | undefined => chain.find(({ attributes }) => attributes.has(name))?.attributes.get(name)
  const isInUnits = attribute('patternUnits') === 'userSpaceOnUse'
  const matrix = times(place.matrix, readTransform(attribute('patternTransform')))
  const factor = scaleOf(matrix)
  const [shownWidth, shownHeight] = [widthOf(box), heightOf(box)]
  const sideOf = (name: 'width' | 'height', shown: number): number => {
    const side = Math.abs(readLength(attribute(name), isInUnits ? place.viewport[name] : 1) ?? 0)
    return isInUnits ? side * factor : side * Math.min(shown, 1e6) * Math.max(1, factor / scaleOf(place.matrix))
  }
  const tile = boxAt(0, 0, sideOf('width', shownWidth), sideOf('height', shownHeight))
  if (!(widthOf(tile) > 0 && heightOf(tile) > 0)) return 0
  const drawing = chain.find(({ children }) => children.some((child) => typeof child !== 'string')) ?? pattern
  const fitting = chain.find(({ attributes }) => attributes.has('viewBox'))
  const viewBox = fitting ? viewBoxOf(fitting) : null
  const inBox: Matrix = scale(shownWidth, shownHeight)
  const own = attribute('patternContentUnits') === 'objectBoundingBox' ? inBox : scale(factor, factor)
  const content = viewBox ? fitViewBox(viewBox, attribute('preserveAspectRatio'), widthOf(tile), heightOf(tile)) : own
  const pixels = areaOf(tile)
  scales.tally.work(place.times * NS.colour * pixels)
  const referred = [...place.referred, ...chain]
  const inside = { ...place, matrix: content, canvas: tile, isFloating: true, style: FIRST_STYLE, depth: place.depth + 1, referred }
  return BYTES.pixel * pixels + weighChildren(scales, drawing, inside).bytes
}
