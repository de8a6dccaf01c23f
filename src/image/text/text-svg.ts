import type { Rectangle } from '../geometry.ts'
import type { PlacedText } from './text-box.ts'

/** A turn about a point, clockwise, in degrees. */
export interface Turn {
  readonly degrees: number
  readonly x: number
  readonly y: number
  /** The place of the point after the turn. */
  readonly toX: number
  readonly toY: number
}

/** XML 1.0 §2.2: no other characters may stand in a document, not even escaped. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const NOT_XML = /[^\u0009\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(NOT_XML, '')
    .replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? '')

/** The window of an image in which the lines stand, as a document of white letters on nothing. The text is literal: no markup in it counts. */
export function textSvg({ anchor, lines }: PlacedText, size: number, weight: number, window: Rectangle, turn: Turn | null): string {
  const { x, y, width, height } = window
  const turned =
    turn === null ? '' : ` transform="translate(${turn.toX} ${turn.toY}) rotate(${turn.degrees}) translate(${-turn.x} ${-turn.y})"`
  const texts = lines.map((line) => `<text x="${line.x}" y="${line.baseline}" xml:space="preserve">${escapeXml(line.text)}</text>`).join('')
  // No family is named: the renderer then takes the first font that it was given.
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}">` +
    `<g fill="#fff" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}"${turned}>${texts}</g></svg>`
  )
}
