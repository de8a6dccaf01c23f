import { type Box, boxAt, boxThrough, grown, heightOf, type Matrix, scaleOf, widthOf } from '../geometry.ts'
import { readLength } from '../length.ts'
import type { SvgElement } from '../xml.ts'
import { BYTES, NS } from './costs.ts'
import { type Drawn, layerOf, layerPixels, NOTHING_DRAWN, type Place, referredBy, type Scales, weighChildren } from './place.ts'
import { primitiveNs } from './filter.ts'
import { FIRST_STYLE, referencesOf } from './style.ts'
import { hrefOf } from '../document.ts'

const isSet = (value: string | undefined, initial: string): boolean => value !== undefined && value.trim() !== initial

/** Adds the layers that an element is drawn into: for opacity, blending, cuts, masks and filters. */
export function weighLayers(scales: Scales, element: SvgElement, place: Place, content: Drawn): Drawn {
  const { attributes } = element
  let { box, bytes } = content
  for (const filter of filtersOf(attributes.get('filter'))) {
    const filtered = weighFilter(scales, filter, place, box)
    box = filtered.box
    bytes = Math.max(bytes, filtered.bytes)
  }
  const clips = cutsOf(scales, element, 'clip-path', place)
  const masks = cutsOf(scales, element, 'mask', place)
  const isTransparent = isSet(attributes.get('opacity'), '1')
  const isBlended = isSet(attributes.get('mix-blend-mode'), 'normal') || isSet(attributes.get('isolation'), 'auto')
  if (!isTransparent && !isBlended && clips.length + masks.length === 0 && !attributes.has('filter')) return { box, bytes }
  const { pixels, ns } = layerOf(box, place, NS.layer)
  scales.tally.work(place.times * ns)
  let held = bytes
  for (const clip of clips) held = Math.max(held, weighCut(scales, clip, 'clipPathUnits', NS.clip, place, box))
  for (const mask of masks) held = Math.max(held, weighCut(scales, mask, 'maskContentUnits', NS.mask, place, box))
  return { box, bytes: held + BYTES.pixel * pixels }
}

const cutsOf = (scales: Scales, { attributes }: SvgElement, property: 'clip-path' | 'mask', place: Place): readonly SvgElement[] =>
  referencesOf(attributes.get(property)).flatMap((id) => referredBy(scales, id, place) ?? [])

/** A clip path or a mask over a box: its own content on a layer, and what cuts itself. The bytes of it. */
function weighCut(scales: Scales, cut: SvgElement, units: string, pixelNs: number, place: Place, box: Box): number {
  if ((cut.name !== 'clipPath' && cut.name !== 'mask') || place.referred.includes(cut)) return 0
  const { pixels, ns } = layerOf(box, place, pixelNs)
  scales.tally.work(place.times * ns)
  const isOfBox = cut.attributes.get(units) === 'objectBoundingBox'
  const matrix: Matrix = isOfBox ? [widthOf(box), 0, 0, heightOf(box), box.left, box.top] : place.matrix
  const safe = matrix.every(Number.isFinite) ? matrix : place.matrix
  const inside = {
    ...place,
    matrix: safe,
    isFloating: place.isFloating || isOfBox,
    style: FIRST_STYLE,
    depth: place.depth + 1,
    referred: [...place.referred, cut],
  }
  const content = weighChildren(scales, cut, inside)
  const own = weighLayers(scales, cut, inside, { box, bytes: content.bytes })
  return own.bytes + BYTES.pixel * pixels
}

/** The filters of a property, by name or as a function. */
function filtersOf(value: string | undefined): readonly (string | null)[] {
  if (value === undefined || value.trim() === 'none') return []
  const ids = referencesOf(value)
  const functions =
    value
      .slice(0, 2000)
      .match(/[a-z-]+\(/g)
      ?.filter((name) => name !== 'url(') ?? []
  return [...ids, ...functions.map(() => null)]
}

function weighFilter(scales: Scales, id: string | null, place: Place, box: Box): Drawn {
  const filter = id === null ? null : referredBy(scales, id, place)
  if (filter === undefined || (filter !== null && filter.name !== 'filter')) return NOTHING_DRAWN
  const region = filter ? regionOf(filter, place, box) : grown(box, widthOf(box) / 2 + 100, heightOf(box) / 2 + 100)
  const pixels = layerPixels(region, place)
  const unit =
    scaleOf(place.matrix) * (filter?.attributes.get('primitiveUnits') === 'objectBoundingBox' ? Math.max(widthOf(box), heightOf(box)) : 1)
  const primitives = filter?.children.filter((child) => typeof child !== 'string') ?? []
  let bytes = 0
  for (const primitive of primitives) {
    scales.tally.work(place.times * pixels * primitiveNs(primitive, unit, pixels))
    if (primitive.name === 'feImage') bytes = Math.max(bytes, weighReferred(scales, primitive, place))
  }
  if (!filter) scales.tally.work(place.times * pixels * 500)
  return { box: region, bytes: bytes + BYTES.pixel * pixels * (primitives.length + 3) }
}

/** What `feImage` draws: an element of the document, or a picture. */
function weighReferred(scales: Scales, primitive: SvgElement, place: Place): number {
  const image = scales.document.images.get(primitive)
  if (image) {
    const pixels = image.width * image.height
    scales.tally.imagePixels(pixels * place.times)
    scales.tally.work(place.times * pixels * image.pixelNs)
    return BYTES.decoded * pixels
  }
  const target = scales.document.byId.get(hrefOf(primitive)?.trim().replace(/^#/, '') ?? '')
  if (!target || place.referred.includes(target)) return 0
  return scales.element(target, { ...place, depth: place.depth + 1, referred: [...place.referred, target] }).bytes
}

/** The region of a filter in pixels: a tenth more than the box on each side unless told. */
function regionOf(filter: SvgElement, { matrix, viewport }: Place, box: Box): Box {
  const { attributes } = filter
  const isOfBox = attributes.get('filterUnits') !== 'userSpaceOnUse'
  const read = (name: string, whole: number, missing: string): number => readLength(attributes.get(name) ?? missing, whole) ?? 0
  const [across, down] = isOfBox ? [1, 1] : [viewport.width, viewport.height]
  const part = boxAt(read('x', across, '-10%'), read('y', down, '-10%'), read('width', across, '120%'), read('height', down, '120%'))
  if (!isOfBox) return boxThrough(matrix, part)
  if (box.left > box.right) return box
  return boxThrough([widthOf(box), 0, 0, heightOf(box), box.left, box.top], part)
}
