import type { StepContext } from '../context.ts'
import { renderCoverage, startRenderer } from './resvg.ts'
import { textSvg } from './text-svg.ts'

/** The cell of a letter, in pixels: twice as high as wide, as letters of one width are. */
export const [LETTER_WIDTH, LETTER_HEIGHT] = [8, 16]
/** An em of which the letters of the bundled face are as wide as the cell, and where they stand in it. */
const [EM, BASELINE] = [13.333, 12]
/** Printable ASCII. */
const LETTERS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))

/** Bytes of the renderer with one font. */
export const LETTERS_BYTES = 16_000_000

/** For each amount of ink from 0 to 255 the letter that has it, 255 being the most that any letter has: its coverage, 0–255, row by row. */
export type LettersByInk = readonly Uint8Array[]

/** Draws the letters of ASCII, each in its cell, and ranks them by their ink. */
export async function lettersByInk(context: StepContext): Promise<LettersByInk> {
  const [renderer, font] = [await startRenderer(context), await context.font('mono-regular')]
  const width = LETTERS.length * LETTER_WIDTH
  const lines = LETTERS.map((text, i) => ({ text, x: i * LETTER_WIDTH, baseline: BASELINE }))
  const svg = textSvg({ anchor: 'start', lines }, EM, 400, { x: 0, y: 0, width, height: LETTER_HEIGHT }, null)
  const coverage = renderCoverage(renderer, svg, [font])
  const cells = LETTERS.map((_, i) =>
    Uint8Array.from(
      { length: LETTER_WIDTH * LETTER_HEIGHT },
      (_pixel, at) => coverage[Math.floor(at / LETTER_WIDTH) * width + i * LETTER_WIDTH + (at % LETTER_WIDTH)] ?? 0,
    ),
  )
  const inks = cells.map((cell) => cell.reduce((sum, value) => sum + value, 0))
  const most = Math.max(...inks)
  return Array.from({ length: 256 }, (_, ink) => {
    const off = inks.map((own) => Math.abs(own - (ink / 255) * most))
    return cells[off.indexOf(Math.min(...off))] ?? new Uint8Array(LETTER_WIDTH * LETTER_HEIGHT)
  })
}
