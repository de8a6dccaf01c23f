import { runTables } from '../../../../src/image/engine/tiff/fax-codes.ts'

export interface WrittenFax {
  readonly width: number
  /** 1 is black; row by row. */
  readonly pixels: ArrayLike<number>
  readonly coding: 'rle' | 'g3' | 'g3-2d' | 'g4'
  /** An end of line ends at a byte. */
  readonly fills?: boolean
  /** Whether rows of group 3 stand behind ends of lines; the page then ends with six. */
  readonly hasEnds?: boolean
  /** Every so many rows of `g3-2d` one is told by itself. */
  readonly every?: number
}

/** Codes by colour and length, as text. */
const codes = [0, 1].map((colour) => {
  const found = new Map<number, string>()
  for (const [bits, entry] of runTables()[colour as 0 | 1].entries())
    if (entry !== 0 && !found.has(entry >> 4))
      found.set(
        entry >> 4,
        bits
          .toString(2)
          .padStart(13, '0')
          .slice(0, entry & 15),
      )
  return found
})

function run(colour: number, length: number): string {
  let [text, left] = ['', length]
  for (; left >= 2624; left -= 2560) text += codes[colour]!.get(2560)!
  if (left >= 64) text += codes[colour]!.get(left - (left % 64))!
  return text + codes[colour]!.get(left % 64)!
}

/** Where a row changes its colour, the first time to black. */
function changesOf(row: readonly number[]): number[] {
  return row.flatMap((pixel, x) => (pixel === (row[x - 1] ?? 0) ? [] : [x]))
}

function rowByRuns(row: readonly number[]): string {
  const ends = [...changesOf(row), row.length]
  return ends.map((end, i) => run(i % 2, end - (ends[i - 1] ?? 0))).join('')
}

const VERTICAL: Readonly<Record<number, string>> = {
  0: '1',
  1: '011',
  [-1]: '010',
  2: '000011',
  [-2]: '000010',
  3: '0000011',
  [-3]: '0000010',
}

/** ITU-T T.4 §4.2.1.3, step by step. */
function rowByChanges(row: readonly number[], above: readonly number[]): string {
  const width = row.length
  const next = (line: readonly number[], from: number, colour: number): number => {
    for (let x = Math.max(0, from); x < width; x++) if (line[x] === colour && (line[x - 1] ?? 0) !== colour) return x
    return width
  }
  let [text, a0, colour] = ['', -1, 0]
  while (a0 < width) {
    const b1 = next(above, a0 + 1, 1 - colour)
    const b2 = next(above, b1 + 1, colour)
    const a1 = next(row, a0 + 1, 1 - colour)
    if (b2 < a1) {
      text += '0001'
      a0 = b2
    } else if (Math.abs(a1 - b1) <= 3) {
      text += VERTICAL[a1 - b1]!
      ;[a0, colour] = [a1, 1 - colour]
    } else {
      const a2 = next(row, a1 + 1, colour)
      text += `001${run(colour, a1 - Math.max(0, a0))}${run(1 - colour, a2 - a1)}`
      a0 = a2
    }
  }
  return text
}

/** Fax codes by their specification, ITU-T T.4 and T.6, highest bit first. */
export function writeFax({ width, pixels, coding, fills = false, hasEnds = true, every = 2 }: WrittenFax): number[] {
  const rows = Array.from({ length: pixels.length / width }, (_, y) => Array.from({ length: width }, (_, x) => pixels[y * width + x]!))
  const white = Array.from({ length: width }, () => 0)
  let text = ''
  const end = (): void => {
    if (fills) text += '0'.repeat((8 - ((text.length + 12) % 8)) % 8)
    text += '000000000001'
  }
  for (const [y, row] of rows.entries()) {
    if (coding === 'rle') text += '0'.repeat((8 - (text.length % 8)) % 8)
    if (coding.startsWith('g3') && hasEnds) end()
    const isWhole = coding === 'rle' || coding === 'g3' || (coding === 'g3-2d' && y % every === 0)
    if (coding === 'g3-2d') text += isWhole ? '1' : '0'
    text += isWhole ? rowByRuns(row) : rowByChanges(row, rows[y - 1] ?? white)
  }
  if (coding.startsWith('g3') && hasEnds) text += (coding === 'g3' ? '000000000001' : '0000000000011').repeat(6)
  if (coding === 'g4') text += '000000000001'.repeat(2)
  return Array.from({ length: Math.ceil(text.length / 8) }, (_, i) => Number.parseInt(text.slice(8 * i, 8 * i + 8).padEnd(8, '0'), 2))
}
