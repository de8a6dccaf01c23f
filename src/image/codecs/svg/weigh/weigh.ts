import { type Box, boxAt } from '../geometry.ts'
import type { SvgDocument } from '../document.ts'
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
}

/**
 * Adds up what drawing views takes, one after the other, as the renderer goes through the document: references are followed, and what is used twice
 * counts twice. @throws AppError `too_many_pixels` when a limit of ../limits.ts is passed; then the rest is not looked at.
 */
export function weighSvg(document: SvgDocument, views: readonly View[]): Weight {
  let [work, bytes] = [0, 0]
  for (const { width, height, matrix, box } of views) {
    const canvas: Box = boxAt(0, 0, width, height)
    const tally = createTally(`${width}×${views.reduce((sum, view) => sum + view.height, 0)}`, work)
    tally.work(NS.canvas * width * height)
    const place: Place = { matrix, canvas, viewport: box, style: FIRST_STYLE, times: 1, depth: 0, referred: [] }
    const scales: Scales = { document, tally, element: (element, outer) => weighElement(scales, element, outer) }
    const drawn = scales.element(document.root, place)
    const totals = tally.totals()
    const all = BYTES.renderer + BYTES.pixel * width * height + BYTES.character * document.characters + totals.kept + drawn.bytes
    ;[work, bytes] = [totals.work, Math.max(bytes, Math.ceil(all))]
  }
  return { work, bytes }
}
