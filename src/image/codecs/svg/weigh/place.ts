import { areaOf, type Box, grown, heightOf, intersection, type Matrix, NO_BOX, union, widthOf } from '../geometry.ts'
import type { SvgDocument } from '../document.ts'
import type { SvgElement } from '../xml.ts'
import { NS } from './costs.ts'
import type { Style } from './style.ts'
import type { Tally } from './tally.ts'

/** What weighs the parts of a document. */
export interface Scales {
  readonly document: SvgDocument
  readonly tally: Tally
  /** Elements that have been met, and whether one was near the canvas. */
  readonly met: Map<SvgElement, boolean>
  /** An element where it is drawn. @throws AppError `too_many_pixels` */
  element(element: SvgElement, outer: Place): Drawn
}

/** Where an element is drawn. */
export interface Place {
  readonly matrix: Matrix
  /** The pixels that are shown, from the origin on. */
  readonly canvas: Box
  /** Whether only sizes count, since nobody knows where on the canvas it is. */
  readonly isFloating: boolean
  /** What shares (`%`) count of. */
  readonly viewport: { readonly width: number; readonly height: number }
  readonly style: Style
  /** How often it is drawn. */
  readonly times: number
  readonly depth: number
  /** Elements that are being referred to: one that refers to itself draws nothing. */
  readonly referred: readonly SvgElement[]
}

/** What an element takes: `bytes` while it is drawn. */
export interface Drawn {
  /** In pixels. */
  readonly box: Box
  readonly bytes: number
}

export const NOTHING_DRAWN: Drawn = { box: NO_BOX, bytes: 0 }

/** Counts a reference to another element, and finds that. */
export function referredBy({ document, tally }: Scales, id: string | undefined, { times }: Place): SvgElement | undefined {
  if (id === undefined) return undefined
  tally.work(times * NS.lookUp * document.elements)
  return document.byId.get(id)
}

/** Pixels and rows of a box that are shown. */
export function shownOf(box: Box, { canvas, isFloating }: Place): { readonly pixels: number; readonly rows: number } {
  if (isFloating) return { pixels: Math.min(areaOf(box), areaOf(canvas)), rows: Math.min(heightOf(box) + 2, heightOf(canvas)) }
  return { pixels: areaOf(intersection(box, canvas)), rows: heightOf(intersection(grown(box, 0, 1), canvas)) }
}

/** The part of the surroundings that layers hold: twice the canvas to each side of its corner. */
const around = (canvas: Box): Box => ({
  left: -2 * widthOf(canvas),
  top: -2 * heightOf(canvas),
  right: 2 * widthOf(canvas),
  bottom: 2 * heightOf(canvas),
})

/** Whether the renderer has a layer for a box. It fails on one that lies elsewhere. */
export const isNear = (box: Box, { canvas, isFloating }: Place): boolean =>
  isFloating || box.left > box.right || areaOf(intersection(box, around(canvas))) > 0

/** Pixels of a layer over a box. */
export const layerPixels = (box: Box, { canvas, isFloating }: Place): number =>
  isFloating ? Math.min(areaOf(box), 16 * areaOf(canvas)) : areaOf(intersection(box, around(canvas)))

/** What a layer over a box takes, in nanoseconds, and its pixels. */
export function layerOf(box: Box, place: Place, pixelNs: number): { readonly ns: number; readonly pixels: number } {
  const pixels = layerPixels(box, place)
  const shown = Math.min(pixels, shownOf(box, place).pixels)
  return { pixels, ns: NS.anyLayer + pixelNs * shown + NS.outside * (pixels - shown) }
}

export function weighChildren(scales: Scales, { children }: SvgElement, place: Place): Drawn {
  let [box, bytes] = [NO_BOX, 0]
  for (const child of children) {
    if (typeof child === 'string') continue
    const drawn = scales.element(child, place)
    box = union(box, drawn.box)
    bytes = Math.max(bytes, drawn.bytes)
  }
  return { box, bytes }
}
