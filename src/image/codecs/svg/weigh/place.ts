import { type Box, grown, heightOf, type Matrix, NO_BOX, union, widthOf } from '../geometry.ts'
import type { SvgDocument } from '../document.ts'
import type { SvgElement } from '../xml.ts'
import type { Style } from './style.ts'
import type { Tally } from './tally.ts'

/** What weighs the parts of a document. */
export interface Scales {
  readonly document: SvgDocument
  readonly tally: Tally
  /** An element where it is drawn. @throws AppError `too_many_pixels` */
  element(element: SvgElement, outer: Place): Drawn
}

/** Where an element is drawn. */
export interface Place {
  readonly matrix: Matrix
  /** The pixels that are shown. */
  readonly canvas: Box
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

/** The part of the surroundings that layers hold. */
export const around = ({ canvas }: Place): Box => grown(canvas, 2 * widthOf(canvas), 2 * heightOf(canvas))

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
