import { areaOf, boxAt, boxThrough, heightOf, intersection, move, readTransform, times, union, widthOf } from '../geometry.ts'
import { fitViewBox, viewBoxOf } from '../header.ts'
import { readLength } from '../length.ts'
import { checkSvg } from '../limits.ts'
import { hrefOf } from '../document.ts'
import { isOnlyReferred } from '../vocabulary.ts'
import type { SvgElement } from '../xml.ts'
import { BYTES, NS } from './costs.ts'
import { weighLayers } from './layers.ts'
import { shapeSize, weighShape } from './shape.ts'
import { weighPaint } from './paint.ts'
import { styleOf } from './style.ts'
import {
  type Drawn,
  isNear,
  layerOf,
  layerPixels,
  NOTHING_DRAWN,
  type Place,
  referredBy,
  type Scales,
  shownOf,
  weighChildren,
} from './place.ts'

const SHAPES = new Set(['path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon'])

/** @throws AppError `too_many_pixels` */
export function weighElement(scales: Scales, element: SvgElement, outer: Place): Drawn {
  const { name, attributes } = element
  if (attributes.get('display') === 'none' || isOnlyReferred(name)) return NOTHING_DRAWN
  checkSvg('nesting', outer.depth + 1)
  scales.tally.work(NS.element * outer.times)
  scales.tally.keep(outer.times, BYTES.drawnElement * outer.times)
  const { viewport } = outer
  const side = Math.max(viewport.width, viewport.height)
  const own =
    outer.depth > 0 && attributes.has('transform') ? times(outer.matrix, readTransform(attributes.get('transform'))) : outer.matrix
  const place: Place = { ...outer, matrix: own, style: styleOf(element, outer.style, side), depth: outer.depth + 1 }
  const drawn = weighLayers(scales, element, place, weighContent(scales, element, place))
  scales.met.set(element, scales.met.get(element) === true || isNear(drawn.box, place))
  return drawn
}

function weighContent(scales: Scales, element: SvgElement, place: Place): Drawn {
  const { name } = element
  if (SHAPES.has(name)) return weighShape(scales, element, shapeSize(element, place), place)
  switch (name) {
    case 'text':
    case 'tspan':
    case 'textPath':
      return weighText(scales, element, place)
    case 'image':
      return weighImage(scales, element, place)
    case 'use':
      return weighUse(scales, element, place)
    case 'svg':
      return place.depth === 1 ? weighChildren(scales, element, place) : weighViewport(scales, element, place, element)
    default:
      return weighChildren(scales, element, place)
  }
}

/** Letters may be anywhere on the canvas, and each as large as its line is high. */
function weighText(scales: Scales, element: SvgElement, place: Place): Drawn {
  const letters = element.children.reduce((sum, child) => sum + (typeof child === 'string' ? child.replaceAll(/\s+/g, ' ').length : 0), 0)
  const children = weighChildren(scales, element, place)
  if (element.name === 'text') scales.tally.work(place.times * partsNs(element))
  if (letters === 0) return children
  const { canvas, style, matrix } = place
  const em = style.fontSize * Math.max(Math.hypot(matrix[0], matrix[1]), Math.hypot(matrix[2], matrix[3]))
  const letter = Math.min(areaOf(canvas), em * em * 1.5)
  const paints = [style.fill, style.stroke].filter((paint) => paint !== 'none').map((paint) => weighPaint(scales, paint, canvas, place))
  const ns = paints.reduce<number>((sum, paint) => sum + NS.letter + paint.ns * letter, NS.letter)
  scales.tally.work(place.times * letters * ns)
  scales.tally.keep(0, place.times * letters * BYTES.letter)
  return { box: canvas, bytes: Math.max(children.bytes, ...paints.map(({ bytes }) => bytes)) }
}

/** What the parts of a text take: each is looked for among all letters, and each place that is told. */
function partsNs(text: SvgElement): number {
  let [letters, parts, places] = [0, 0, 0]
  const visit = ({ attributes, children }: SvgElement): void => {
    for (const key of ['x', 'y', 'dx', 'dy', 'rotate']) places = Math.max(places, attributes.get(key)?.length ?? 0)
    for (const child of children) {
      if (typeof child === 'string') letters += child.length
      else visit(child)
      parts++
    }
  }
  visit(text)
  return NS.part * letters * Math.max(0, parts - 1) + NS.place * letters * Math.min(letters, places)
}

const lengthOf = ({ attributes }: SvgElement, name: string, whole: number): number | null => readLength(attributes.get(name), whole)

function weighImage(scales: Scales, element: SvgElement, place: Place): Drawn {
  const image = scales.document.images.get(element)
  if (!image) return NOTHING_DRAWN
  const { viewport, matrix, times: often } = place
  const x = lengthOf(element, 'x', viewport.width) ?? 0
  const y = lengthOf(element, 'y', viewport.height) ?? 0
  const width = lengthOf(element, 'width', viewport.width) ?? image.width
  const height = lengthOf(element, 'height', viewport.height) ?? image.height
  const box = boxThrough(matrix, boxAt(x, y, Math.max(0, width), Math.max(0, height)))
  const pixels = image.width * image.height
  scales.tally.imagePixels(pixels * often)
  scales.tally.work(often * (pixels * image.pixelNs + NS.picture * shownOf(box, place).pixels))
  // A picture that sticks out of its box is cut by a layer.
  return { box, bytes: BYTES.decoded * pixels + image.href.length + BYTES.pixel * layerPixels(box, place) }
}

function weighUse(scales: Scales, element: SvgElement, place: Place): Drawn {
  const target = referredBy(scales, hrefOf(element)?.trim().replace(/^#/, ''), place)
  if (!target || place.referred.includes(target)) return NOTHING_DRAWN
  const { viewport } = place
  const offset = move(lengthOf(element, 'x', viewport.width) ?? 0, lengthOf(element, 'y', viewport.height) ?? 0)
  const inner: Place = { ...place, matrix: times(place.matrix, offset), referred: [...place.referred, target] }
  if (target.name === 'symbol' || target.name === 'svg') {
    checkSvg('nesting', inner.depth + 1)
    const own = { ...inner, style: styleOf(target, inner.style, Math.max(viewport.width, viewport.height)), depth: inner.depth + 1 }
    return weighLayers(scales, target, own, weighViewport(scales, target, own, element))
  }
  return weighElement(scales, target, inner)
}

/** A nested `svg`, or a `symbol`: its content is fitted and cut. `sized` has the width and height that count first. */
function weighViewport(scales: Scales, element: SvgElement, place: Place, sized: SvgElement): Drawn {
  const { viewport, matrix } = place
  const sideOf = (side: 'width' | 'height'): number =>
    Math.abs(lengthOf(sized, side, viewport[side]) ?? lengthOf(element, side, viewport[side]) ?? viewport[side])
  const [width, height] = [sideOf('width'), sideOf('height')]
  const isUsed = sized !== element
  const x = isUsed && element.name === 'symbol' ? 0 : (lengthOf(element, 'x', viewport.width) ?? 0)
  const y = isUsed && element.name === 'symbol' ? 0 : (lengthOf(element, 'y', viewport.height) ?? 0)
  const moved = times(matrix, move(x, y))
  const box = viewBoxOf(element)
  const fitted = box ? times(moved, fitViewBox(box, element.attributes.get('preserveAspectRatio'), width, height)) : moved
  const inner = box ? { width: widthOf(box), height: heightOf(box) } : { width, height }
  const children = weighChildren(scales, element, { ...place, matrix: fitted, viewport: inner })
  if (element.attributes.get('overflow') === 'visible') return children
  const cut = boxThrough(moved, boxAt(0, 0, width, height))
  const layer = layerOf(union(children.box, cut), place, NS.clip)
  scales.tally.work(place.times * layer.ns)
  return { box: intersection(children.box, cut), bytes: children.bytes + 2 * BYTES.pixel * layer.pixels }
}
