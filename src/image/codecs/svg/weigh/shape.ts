import { boxAt, boxThrough, grown, heightOf, numbersOf, scaleOf } from '../geometry.ts'
import { readLength } from '../length.ts'
import { measureBox, measureLine, measurePath, measurePoints, type PathSize } from '../path.ts'
import type { SvgElement } from '../xml.ts'
import { BYTES, NS } from './costs.ts'
import { type Edges, edgesOn } from './edges.ts'
import { type Drawn, type Place, type Scales, shownOf } from './place.ts'
import { weighMarkers } from './marker.ts'
import { weighPaint } from './paint.ts'

const sizes = new WeakMap<SvgElement, PathSize>()

/** The size of a shape's outline. That of path data is read once. */
export function shapeSize(element: SvgElement, { viewport }: Place): PathSize {
  const { name, attributes } = element
  const diagonal = Math.hypot(viewport.width, viewport.height) / Math.SQRT2
  const side = (key: string, whole: number): number => readLength(attributes.get(key), whole) ?? 0
  const across = (key: string): number => side(key, viewport.width)
  const down = (key: string): number => side(key, viewport.height)
  const around = (rx: number, ry: number): PathSize => measureBox(boxAt(across('cx') - rx, down('cy') - ry, 2 * rx, 2 * ry))
  switch (name) {
    case 'rect':
      return measureBox(boxAt(across('x'), down('y'), Math.abs(across('width')), Math.abs(down('height'))))
    case 'circle': {
      const radius = Math.abs(side('r', diagonal))
      return around(radius, radius)
    }
    case 'ellipse': {
      const [rx, ry] = [Math.abs(across('rx')), Math.abs(down('ry'))]
      return around(rx || ry, ry || rx)
    }
    case 'line':
      return measureLine(across('x1'), down('y1'), across('x2'), down('y2'))
    default: {
      const size =
        sizes.get(element) ?? (name === 'path' ? measurePath(attributes.get('d') ?? '') : measurePoints(attributes.get('points')))
      sizes.set(element, size)
      return size
    }
  }
}

/** What filling inside of edges takes, in nanoseconds: each row that they cross, and their order among each other. */
const edgesNs = (segments: number, { count, crossed, together }: Edges, rowNs: number): number =>
  NS.segment * segments + rowNs * 4 * crossed + NS.crossing * count * together

/** The edges of a line drawn along edges: two sides, and the ends of so many pieces. */
function outlineOf({ count, crossed, together, rows }: Edges, pieces: number, reach: number, shownRows: number): Edges {
  const ends = 4 * Math.min(reach, shownRows) * pieces
  const spread = Math.max(1, Math.min(shownRows, rows + reach))
  return { count: 2 * count + 4 * pieces, crossed: 2 * crossed + ends, together: 2 * together + ends / spread, rows: spread }
}

/** A shape by its outline. */
export function weighShape(scales: Scales, element: SvgElement, size: PathSize, place: Place): Drawn {
  const { matrix, style, times } = place
  const { segments, length, points } = size
  scales.tally.segments(times * segments)
  const scale = scaleOf(matrix)
  const box = boxThrough(matrix, size.box)
  const isUpright = element.name === 'rect' && !element.attributes.has('rx') && !element.attributes.has('ry') && matrix[1] === 0
  const filled = shownOf(box, place)
  const on = edgesOn(points, matrix, heightOf(place.canvas), place.isFloating)
  let [ns, bytes, outlined] = [0, 0, 0]
  if (style.fill !== 'none') {
    const paint = weighPaint(scales, style.fill, box, place)
    ns += edgesNs(segments, on, isUpright ? NS.straightRow : NS.edgeRow) + paint.ns * filled.pixels
    bytes = paint.bytes
  }
  let shown = box
  if (style.stroke !== 'none' && style.strokeWidth > 0) {
    const paint = weighPaint(scales, style.stroke, box, place)
    const reach = style.strokeWidth * scale
    shown = grown(box, reach * miterOf(element))
    const period = style.dashes.reduce((sum, dash) => sum + dash, 0)
    const dashes = period > 0 ? (length / period) * style.dashes.length : 0
    outlined = 4 * segments + 4 * dashes
    const stroked = shownOf(shown, place)
    const area = Math.min(stroked.pixels, (length * scale + 4 * reach * (segments + 1)) * (reach + 2))
    const outline = outlineOf(on, on.count + dashes, reach, stroked.rows)
    ns += NS.dash * dashes + edgesNs(outlined, outline, NS.edgeRow) + paint.ns * area + NS.outline * stroked.pixels
    bytes = Math.max(bytes, paint.bytes) + segments * outlineBytes(element, (length * scale) / Math.max(1, segments))
    scales.tally.keep(0, BYTES.dash * dashes)
  }
  scales.tally.work(times * ns)
  scales.tally.keep(0, times * BYTES.segment * segments)
  return weighMarkers(scales, element, size, place, {
    box: shown,
    bytes: bytes + BYTES.drawnSegment * segments + BYTES.outlineEdge * outlined,
  })
}

/** Of a segment of an outline so many pixels long. */
const outlineBytes = ({ attributes }: SvgElement, pixels: number): number =>
  Math.min(BYTES.longSegment, BYTES.rootOfLength * Math.sqrt(pixels)) +
  (attributes.get('stroke-linejoin') === 'round' || attributes.get('stroke-linecap') === 'round' ? BYTES.rounded : 0)

/** How far corners stick out, in widths of the line. */
const miterOf = ({ attributes }: SvgElement): number =>
  Math.min(20, Math.max(1, numbersOf(attributes.get('stroke-miterlimit'))[0] ?? 4)) / 2 + 0.5
