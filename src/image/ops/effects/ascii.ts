import * as z from 'zod'
import { channels, colour } from '../../colour.ts'
import { mixPixel, type Pixel } from '../../definitions/mix.ts'
import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes } from '../../engine/rows/pixel-rows.ts'
import { pixel } from '../../engine/rows/painted.ts'
import { emitRows } from '../../engine/rows/stages.ts'
import type { StepContext } from '../../context.ts'
import { LETTER_HEIGHT, LETTER_WIDTH, LETTERS_BYTES, lettersByInk, type LettersByInk } from '../../text/letters.ts'
import { defineOperation } from '../define.ts'

const params = z.strictObject({
  foreground: colour.default('000000ff').describe('Of the letters, unless they are coloured.'),
  background: colour.default('ffffffff'),
  coloured: z.boolean().default(false).describe('Each letter has the mean colour of what it stands for.'),
  reverse: z.boolean().default(false).describe('The bright parts get the most ink, as for a dark background.'),
})
type Params = z.output<typeof params>

/** What a letter stands for: sums of colours by their alpha, of alpha, and how many pixels. */
const [RED, GREEN, BLUE, ALPHA, COUNT, SUMS] = [0, 1, 2, 3, 4, 5]

function addPixels(sums: Float64Array, row: Uint8Array): void {
  for (let at = 0, cell = 0; at < row.length; cell += SUMS) {
    const end = Math.min(row.length, at + 4 * LETTER_WIDTH)
    let [red, green, blue, visible] = [0, 0, 0, 0]
    sums[cell + COUNT]! += (end - at) / 4
    for (; at < end; at += 4) {
      const alpha = row[at + 3] as number // four bytes a pixel, here and below
      red += (row[at] as number) * alpha
      green += (row[at + 1] as number) * alpha
      blue += (row[at + 2] as number) * alpha
      visible += alpha
    }
    sums[cell + RED]! += red
    sums[cell + GREEN]! += green
    sums[cell + BLUE]! += blue
    sums[cell + ALPHA]! += visible
  }
}

interface Letter {
  readonly coverage: Uint8Array
  readonly colour: Pixel
  /** Of what it stands for: transparent pixels have no letter. */
  readonly alpha: number
}

function letterOf(sums: Float64Array, cell: number, letters: LettersByInk, { foreground, coloured, reverse }: Params): Letter {
  const at = cell * SUMS
  const [alpha, count] = [sums[at + ALPHA] as number, sums[at + COUNT] as number]
  const [red, green, blue] = [RED, GREEN, BLUE].map((c) => (alpha === 0 ? 0 : (sums[at + c] as number) / alpha)) as [number, number, number]
  // Rec. 601's luma.
  const luma = 0.299 * red + 0.587 * green + 0.114 * blue
  const ink = Math.round(reverse ? luma : 255 - luma)
  return {
    coverage: letters[ink] as Uint8Array, // 256 of them
    colour: coloured ? [red, green, blue, 255] : channels(foreground),
    alpha: alpha / (255 * count),
  }
}

/** One line of pixels of a letter that begins at column `left`. */
function drawLine(row: Uint8Array, left: number, { coverage, colour: ink, alpha }: Letter, line: number): void {
  const end = Math.min(row.length / 4, left + LETTER_WIDTH)
  for (let x = left, at = line * LETTER_WIDTH; x < end; x++, at++) {
    const covered = coverage[at] as number // a cell has them all
    if (covered > 0) mixPixel(row, x * 4, ink, (covered / 255) * alpha)
  }
}

async function drawLetters(wish: Params, input: PixelRows, context: StepContext): Promise<PixelRows> {
  const { core } = context
  const letters = await lettersByInk(context)
  const { width, height } = input
  const sums = new Float64Array(Math.ceil(width / LETTER_WIDTH) * SUMS)
  let line: readonly Letter[] = []
  const target = allocateRows(core, width, BAND_ROWS)
  const take = (from: number, y: number): readonly number[] => {
    if (y % LETTER_HEIGHT === 0) sums.fill(0)
    addPixels(sums, core.bytes().subarray(from, from + width * 4))
    if ((y + 1) % LETTER_HEIGHT !== 0 && y + 1 < height) return []
    line = Array.from({ length: sums.length / SUMS }, (_, cell) => letterOf(sums, cell, letters, wish))
    return [y + 1]
  }
  const paper = pixel(...channels(wish.background))
  const make = (y: number, to: number): void => {
    const { buffer } = core.exports.memory
    new Uint32Array(buffer, to, width).fill(paper)
    const row = new Uint8Array(buffer, to, width * 4)
    for (const [cell, letter] of line.entries()) drawLine(row, cell * LETTER_WIDTH, letter, y % LETTER_HEIGHT)
  }
  return { width, height, isOpaque: !isTranslucent(wish), bands: emitRows(input, target, take, make) }
}

const isTranslucent = ({ foreground, background, coloured }: Params): boolean =>
  !background.endsWith('ff') || !(coloured || foreground.endsWith('ff'))

export const ascii = defineOperation({
  summary: 'Draws the picture with letters of 8 by 16 pixels, of which each has as much ink as its part of the picture is dark.',
  params,
  plan: (_params, { width, height }) => ({ width, height }),
  addsTransparency: isTranslucent,
  workingBytes: (_params, { width }) => LETTERS_BYTES + rowsBytes(width, BAND_ROWS) + width * 40,
  rows: (given, input, _output, context) => drawLetters(given, input, context),
})
