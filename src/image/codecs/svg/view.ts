import type { Geometry } from '../../geometry.ts'
import { boxAt, IDENTITY, type Matrix, move, scale, times } from './geometry.ts'
import type { SvgDocument } from './document.ts'
import { fitViewBox, viewBoxOf } from './header.ts'

/** A part of a document at a size. */
export interface View {
  readonly width: number
  readonly height: number
  /** From the user's units to pixels. */
  readonly matrix: Matrix
  /** What the outermost `viewBox` is: it tells what shares (`%`) count of. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  /** What stands between that box, stretched over the picture, and the wished part. */
  readonly inner: Matrix
}

/** Where a geometry, in pixels of the stored document, shows the user's units. */
export function viewOf({ root, shape }: Pick<SvgDocument, 'root' | 'shape'>, { window, width, height }: Geometry): View {
  const own = viewBoxOf(root)
  const box = own ?? boxAt(0, 0, shape.width, shape.height)
  const fitted = own ? fitViewBox(own, root.attributes.get('preserveAspectRatio'), shape.width, shape.height) : IDENTITY
  const shown = times(scale(width / window.width, height / window.height), move(-window.x, -window.y))
  const matrix = times(shown, fitted)
  const [boxWidth, boxHeight] = [box.right - box.left, box.bottom - box.top]
  const unstretched = times(move(box.left, box.top), scale(boxWidth / width, boxHeight / height))
  return { width, height, matrix, box: { x: box.left, y: box.top, width: boxWidth, height: boxHeight }, inner: times(unstretched, matrix) }
}

/** Pixels of a picture that is drawn in one piece: a larger one is drawn in strips. */
const STRIP_PIXELS = 1 << 20

/**
 * The strips in which a geometry is drawn, from top to bottom. A filter looks beyond the edges of a strip, so documents with one are drawn in one piece.
 */
export function stripsOf(document: Pick<SvgDocument, 'root' | 'shape' | 'hasFilters'>, geometry: Geometry): readonly View[] {
  const { window, width, height } = geometry
  const rows = document.hasFilters ? height : Math.min(height, Math.max(16, Math.floor(STRIP_PIXELS / width)))
  return Array.from({ length: Math.ceil(height / rows) }, (_, i) => {
    const [top, count] = [i * rows, Math.min(rows, height - i * rows)]
    const part = { ...window, y: window.y + (window.height * top) / height, height: (window.height * count) / height }
    return viewOf(document, { ...geometry, window: part, height: count })
  })
}
