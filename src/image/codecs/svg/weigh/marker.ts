import { areaOf, boxAt, grown, scale, scaleOf, times, union } from '../geometry.ts'
import { fitViewBox, viewBoxOf } from '../header.ts'
import { readLength } from '../length.ts'
import type { PathSize } from '../path.ts'
import type { SvgElement } from '../xml.ts'
import { BYTES, NS } from './costs.ts'
import { type Drawn, layerPixels, type Place, referredBy, type Scales, weighChildren } from './place.ts'
import { referencesOf } from './style.ts'

const MARKED = new Set(['path', 'line', 'polyline', 'polygon'])

/** Adds the markers at the corners of a shape. */
export function weighMarkers(scales: Scales, { name }: SvgElement, { segments }: PathSize, place: Place, shape: Drawn): Drawn {
  if (!MARKED.has(name)) return shape
  let { box, bytes } = shape
  for (const [i, value] of place.style.markers.entries()) {
    const [id] = referencesOf(value)
    const marker = referredBy(scales, id, place)
    if (marker?.name !== 'marker' || place.referred.includes(marker)) continue
    const drawn = weighMarker(scales, marker, { ...place, times: place.times * (i === 1 ? segments : 1) })
    const reach = Math.max(drawn.box.right, drawn.box.bottom, 0)
    box = union(box, grown(box, Number.isFinite(reach) ? reach : 0))
    bytes = Math.max(bytes, drawn.bytes)
  }
  return { box, bytes }
}

/** One marker, of a canvas as large as its own viewport. */
function weighMarker(scales: Scales, marker: SvgElement, place: Place): Drawn {
  const { attributes } = marker
  const { viewport, style, canvas } = place
  const unit = scaleOf(place.matrix) * (attributes.get('markerUnits') === 'userSpaceOnUse' ? 1 : style.strokeWidth)
  const width = Math.abs(readLength(attributes.get('markerWidth'), viewport.width) ?? 3)
  const height = Math.abs(readLength(attributes.get('markerHeight'), viewport.height) ?? 3)
  const own = boxAt(0, 0, width * unit, height * unit)
  const isCut = attributes.get('overflow') !== 'visible' && attributes.get('overflow') !== 'auto'
  const shown = isCut && areaOf(own) < areaOf(canvas) ? own : boxAt(0, 0, canvas.right - canvas.left, canvas.bottom - canvas.top)
  const viewBox = viewBoxOf(marker)
  const fitted = viewBox ? fitViewBox(viewBox, attributes.get('preserveAspectRatio'), width, height) : scale(1, 1)
  const inside = {
    ...place,
    matrix: times(scale(unit, unit), fitted),
    canvas: shown,
    isFloating: true,
    depth: place.depth + 1,
    referred: [...place.referred, marker],
  }
  const content = weighChildren(scales, marker, inside)
  if (!isCut) return content
  const layer = layerPixels(own, place)
  scales.tally.work(place.times * NS.clip * layer)
  return { box: own, bytes: content.bytes + BYTES.pixel * layer }
}
