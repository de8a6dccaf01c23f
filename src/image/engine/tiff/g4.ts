import { RUN_BITS, runTables } from './g4-codes.ts'
import type { BlockStream } from './block-stream.ts'

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

/** By the next 7 bits: what to do, and the code's length. */
const MODES: readonly (readonly [mode: number, length: number] | null)[] = Array.from({ length: 1 << MODE_BITS }, (_, bits) => {
  const text = bits.toString(2).padStart(MODE_BITS, '0')
  const found = [...VERTICAL, ['0001', PASS] as const, ['001', HORIZONTAL] as const].find(([code]) => text.startsWith(code))
  return found ? [found[1], found[0].length] : null
})

/**
 * Rows of fax codes (ITU-T T.6, "Group 4"): each by its difference from the row above; the first from a white one. 1 is black. `rows` are of one reader after the
 * other: room for the changes of two rows, `width + 4` each.
 */
export function createG4Reader(data: Uint8Array, width: number, rows: readonly [Int32Array, Int32Array]): BlockStream {
  let [above, row] = rows
  above.fill(width)
  let [bitAt, isDone] = [0, false]

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
  /** Lists where the row changes its colour, first to black. False when the codes end or break. */
  function readChanges(): boolean {
    let [count, colour, at, next]: [number, 0 | 1, number, number] = [0, 0, -1, 0]
    while (at < width) {
      const [mode, length] = MODES[peek(MODE_BITS)] ?? [null, 0]
      if (mode === null || bitAt >= data.length * 8) return false
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

  return {
    read(to) {
      isDone ||= !readChanges()
      if (isDone) return 0
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
