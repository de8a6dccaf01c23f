import { RUN_BITS, runTables } from './fax-codes.ts'
import type { BlockStream } from './block-stream.ts'

/**
 * How rows are told: `rle`, one by one from a byte's start (TIFF 6.0 §10); `g3`, one by one behind an end of line (ITU-T T.4 §4.1); `g3-2d`, some by their
 * difference from the row above, which a bit behind the end of line tells (§4.2); `g4`, all by that difference (T.6).
 */
export type FaxCoding = 'rle' | 'g3' | 'g3-2d' | 'g4'

export const isFax = (coding: string): coding is FaxCoding => ['rle', 'g3', 'g3-2d', 'g4'].includes(coding)

/** How a1 lies to b1, by the code's bits behind a leading 1 of its own: offset and length of the vertical modes (ITU-T T.6 table 1). */
const VERTICAL: readonly (readonly [code: string, offset: number])[] = [
  ['1', 0],
  ['011', 1],
  ['010', -1],
  ['000011', 2],
  ['000010', -2],
  ['0000011', 3],
  ['0000010', -3],
]
const [PASS, HORIZONTAL] = [100, 101]
const MODE_BITS = 7
/** Zeros before the 1 that ends a line; more may be there to fill. */
const END_BITS = 11

/** By the next 7 bits: what to do, and the code's length. */
const MODES: readonly (readonly [mode: number, length: number] | null)[] = Array.from({ length: 1 << MODE_BITS }, (_, bits) => {
  const text = bits.toString(2).padStart(MODE_BITS, '0')
  const found = [...VERTICAL, ['0001', PASS] as const, ['001', HORIZONTAL] as const].find(([code]) => text.startsWith(code))
  return found ? [found[1], found[0].length] : null
})

/** What begins at a place: a row told by itself, one told by its difference, one that cannot be read, or nothing more. */
type Start = 'runs' | 'changes' | 'damage' | 'end'

/**
 * Rows of fax codes; the first may lie below a white one. 1 is black. A row of group 3 that is damaged is left out, and what follows is read from the next end
 * of line on; otherwise damage ends the rows. `rows` are of one reader after the other: room for the changes of two rows, `width + 4` each.
 */
export function createFaxReader(coding: FaxCoding, data: Uint8Array, width: number, rows: readonly [Int32Array, Int32Array]): BlockStream {
  let [above, row] = rows
  above.fill(width)
  const endAt = data.length * 8
  let [bitAt, isDone, isLost, hasEnds] = [0, false, false, false]

  const peek = (count: number): number => {
    const byte = bitAt >> 3
    const word = ((data[byte] ?? 0) << 16) | ((data[byte + 1] ?? 0) << 8) | (data[byte + 2] ?? 0)
    return (word >> (24 - count - (bitAt & 7))) & ((1 << count) - 1)
  }
  /** -1 for what is no run. */
  function readRun(colour: 0 | 1): number {
    const table = runTables()[colour]
    let run = 0
    for (;;) {
      const entry = table[peek(RUN_BITS)] ?? 0
      if (entry === 0) return -1
      bitAt += entry & 15
      run += entry >> 4
      if (entry >> 4 < 64 || run > width) return run
    }
  }
  /** Lists where the row changes its colour, first to black, from the lengths of its runs. False when they break or do not add up. */
  function readRuns(): boolean {
    let [count, colour, at]: [number, 0 | 1, number] = [0, 0, 0]
    while (at < width) {
      const run = readRun(colour)
      at += run
      if (run < 0 || at > width || count > width + 2) return false
      row[count++] = at
      colour = (1 - colour) as 0 | 1
    }
    row.fill(width, count)
    return true
  }
  /** The same by the difference from the row above. False when the codes end or break. */
  function readChanges(): boolean {
    let [count, colour, at, next]: [number, 0 | 1, number, number] = [0, 0, -1, 0]
    while (at < width) {
      const [mode, length] = MODES[peek(MODE_BITS)] ?? [null, 0]
      if (mode === null || bitAt >= endAt) return false
      bitAt += length
      // b1: the first change above behind a0 to the colour that a0 has not.
      next = Math.max(0, next - 2)
      next += (next & 1) === colour ? 0 : 1
      while ((above[next] ?? width) <= at && (above[next] ?? width) < width) next += 2
      const b1 = above[next] ?? width
      if (mode === PASS) at = above[next + 1] ?? width
      else if (mode === HORIZONTAL) {
        const [first, second] = [readRun(colour), readRun((1 - colour) as 0 | 1)]
        if (first < 0 || second < 0 || count + 2 > width + 2) return false
        const start = Math.min(width, Math.max(0, at) + first)
        at = Math.min(width, start + second)
        row[count++] = start
        row[count++] = at
      } else {
        const to = b1 + mode
        if (to < Math.max(0, at) || to > width || count + 1 > width + 2) return false
        at = to
        row[count++] = at
        colour = (1 - colour) as 0 | 1
      }
    }
    row.fill(width, count)
    return true
  }

  /** Passes over an end of line with its fill, when there is one. */
  function passEnd(): boolean {
    if (peek(END_BITS) !== 0) return false
    while (bitAt < endAt && peek(1) === 0) bitAt++
    bitAt++
    hasEnds = true
    return true
  }
  function startOfGroup3(): Start {
    const hasEnd = passEnd()
    if (bitAt >= endAt) return 'end'
    if (coding === 'g3') return passEnd() ? 'end' : 'runs'
    if (!hasEnd) return 'damage'
    const isWhole = peek(1) === 1
    bitAt++
    // Two ends of lines with nothing between are the end of the page.
    if (isWhole && passEnd()) return 'end'
    if (isWhole) isLost = false
    return isWhole ? 'runs' : isLost ? 'damage' : 'changes'
  }
  function start(): Start {
    if (coding === 'g4') return 'changes'
    if (coding !== 'rle') return startOfGroup3()
    bitAt = (bitAt + 7) & ~7
    return bitAt < endAt ? 'runs' : 'end'
  }
  /** Goes to the next end of line. */
  function findEnd(): boolean {
    while (bitAt < endAt && peek(END_BITS) !== 0) bitAt++
    return bitAt < endAt
  }

  return {
    read(to) {
      if (isDone) return 0
      const kind = start()
      const isRead = kind === 'runs' ? readRuns() : kind === 'changes' && readChanges()
      if (!isRead || (hasEnds && peek(END_BITS) !== 0)) {
        isLost = true
        isDone = kind === 'end' || coding === 'g4' || coding === 'rle' || !findEnd()
        return 0
      }
      to.fill(0)
      for (let i = 0; (row[i] ?? width) < width; i += 2) blacken(to, row[i] ?? width, row[i + 1] ?? width)
      ;[above, row] = [row, above]
      return to.length
    },
  }
}

function blacken(to: Uint8Array, from: number, end: number): void {
  for (let x = from; x < end; x++) to[x >> 3] = (to[x >> 3] ?? 0) | (0x80 >> (x & 7))
}
