import { type Box, boxAt } from '../geometry.ts'
import type { SvgDocument } from '../document.ts'
import type { SvgElement } from '../xml.ts'
import type { View } from '../view.ts'
import { BYTES, NS } from './costs.ts'
import { weighElement } from './element.ts'
import type { Place, Scales } from './place.ts'
import { FIRST_STYLE } from './style.ts'
import { createTally } from './tally.ts'

/** What drawing views takes at most. */
export interface Weight {
  /** In the units of `SVG_LIMITS.work`. */
  readonly work: number
  /** Of the renderer while it draws the largest, its picture included. */
  readonly bytes: number
  /** Of each view: elements that are far away from it. */
  readonly far: readonly ReadonlySet<SvgElement>[]
}

/**
 * Adds up what drawing views takes, one after the other, as the renderer goes through the document: references are followed, and what is used twice
 * counts twice. @throws AppError `too_many_pixels` when a limit of ../limits.ts is passed; then the rest is not looked at.
 */
export function weighSvg(document: SvgDocument, views: readonly View[]): Weight {
  let [work, bytes] = [0, 0]
  const far: ReadonlySet<SvgElement>[] = []
  for (const { width, height, matrix, box } of views) {
    const canvas: Box = boxAt(0, 0, width, height)
    const tally = createTally(`${width}×${views.reduce((sum, view) => sum + view.height, 0)}`, work)
    tally.work(NS.canvas * width * height + NS.read * document.elements + NS.character * document.characters)
    const place: Place = { matrix, canvas, isFloating: false, viewport: box, style: FIRST_STYLE, times: 1, depth: 0, referred: [] }
    const met = new Map<SvgElement, boolean>()
    const scales: Scales = { document, tally, met, element: (element, outer) => weighElement(scales, element, outer) }
    const drawn = scales.element(document.root, place)
    far.push(new Set([...met].flatMap(([element, isNearby]) => (isNearby || element === document.root ? [] : [element]))))
    const totals = tally.totals()
    const picture = BYTES.pixel * width * height
    // The picture is copied when its layers have gone.
    const pictures = 1.1 * (picture + Math.max(picture, drawn.bytes))
    const all = BYTES.renderer + pictures + BYTES.character * document.characters + BYTES.element * document.elements + totals.kept
    ;[work, bytes] = [totals.work, Math.max(bytes, Math.ceil(all))]
  }
  return { work, bytes, far }
}
