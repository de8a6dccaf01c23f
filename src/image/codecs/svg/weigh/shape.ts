import { boxAt, boxThrough, grown, numbersOf, scaleOf } from '../geometry.ts'
import { readLength } from '../length.ts'
import { measureBox, measureLine, measurePath, measurePoints, type PathSize } from '../path.ts'
import type { SvgElement } from '../xml.ts'
import { BYTES, NS } from './costs.ts'
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

/** What filling so many edges takes, in nanoseconds: each row that they cross, and their order among each other. */
function edgesNs(edges: number, rise: number, rows: number): number {
  const crossed = 4 * Math.min(rise, edges * rows)
  const together = Math.min(edges, crossed / Math.max(4, 4 * rows))
  return NS.segment * edges + NS.edgeRow * crossed + NS.crossing * edges * together
}

/** A shape by its outline. */
export function weighShape(scales: Scales, element: SvgElement, size: PathSize, place: Place): Drawn {
  const { matrix, style, times } = place
  const { segments, length, across, down } = size
  const scale = scaleOf(matrix)
  const box = boxThrough(matrix, size.box)
  const rise = Math.abs(matrix[1]) * across + Math.abs(matrix[3]) * down
  const filled = shownOf(box, place)
  let [ns, bytes, edges] = [0, 0, segments]
  if (style.fill !== 'none') {
    const paint = weighPaint(scales, style.fill, box, place)
    ns += edgesNs(segments, rise, filled.rows) + paint.ns * filled.pixels
    bytes = paint.bytes
  }
  let shown = box
  if (style.stroke !== 'none' && style.strokeWidth > 0) {
    const paint = weighPaint(scales, style.stroke, box, place)
    const reach = style.strokeWidth * scale
    shown = grown(box, reach * miterOf(element))
    const period = style.dashes.reduce((sum, dash) => sum + dash, 0)
    const dashes = period > 0 ? (length / period) * style.dashes.length : 0
    edges += 4 * segments + 4 * dashes
    const outline = 2 * rise + (segments + dashes) * 4 * reach
    const stroked = shownOf(shown, place)
    const area = Math.min(stroked.pixels, (length * scale + 4 * reach * (segments + 1)) * (reach + 2))
    ns += NS.dash * dashes + edgesNs(4 * segments + 4 * dashes, outline, stroked.rows) + paint.ns * area
    bytes = Math.max(bytes, paint.bytes)
    scales.tally.keep(0, BYTES.dash * dashes)
  }
  scales.tally.work(times * ns)
  scales.tally.keep(0, times * BYTES.segment * segments)
  return weighMarkers(scales, element, size, place, { box: shown, bytes: bytes + BYTES.drawnSegment * edges })
}

/** How far corners stick out, in widths of the line. */
const miterOf = ({ attributes }: SvgElement): number =>
  Math.min(20, Math.max(1, numbersOf(attributes.get('stroke-miterlimit'))[0] ?? 4)) / 2 + 0.5
