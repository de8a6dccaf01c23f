import type { BlockStream } from './block-stream.ts'

const [CLEAR, END, FIRST] = [256, 257, 258]
const MOST_CODES = 4096

export const LZW_BYTES = 5 * MOST_CODES + 1024

/** Of one reader after the other. */
export interface LzwTables {
  readonly prefix: Uint16Array
  readonly suffix: Uint8Array
  readonly waiting: Uint8Array
}

export const createLzwTables = (): LzwTables => ({
  prefix: new Uint16Array(MOST_CODES),
  // A code below 256 stands for itself.
  suffix: Uint8Array.from({ length: MOST_CODES }, (_, code) => code),
  waiting: new Uint8Array(MOST_CODES + 1),
})

/** TIFF's variant of LZW (TIFF 6.0 §13): highest bit first, and codes grow by a bit one code before they must. */
export function createLzwReader(data: Uint8Array, { prefix, suffix, waiting }: LzwTables): BlockStream {
  let [at, bits, bitCount, width, next] = [0, 0, 0, 9, FIRST]
  let [previous, first, held, isDone] = [-1, 0, 0, false]

  function readCode(): number {
    while (bitCount < width) {
      if (at >= data.length) return END
      bits = ((bits << 8) | (data[at++] as number)) & 0xffffff // inside
      bitCount += 8
    }
    bitCount -= width
    return (bits >>> bitCount) & ((1 << width) - 1)
  }

  function expand(): boolean {
    let code = readCode()
    while (code === CLEAR) {
      ;[width, next, previous] = [9, FIRST, -1]
      code = readCode()
    }
    if (code === END || code > next || (previous < 0 && code > CLEAR) || (code === next && next === MOST_CODES)) return false
    let walk = code
    if (code === next) {
      waiting[held++] = first
      walk = previous
    }
    while (walk > END) {
      waiting[held++] = suffix[walk] as number // below `next`
      walk = prefix[walk] as number // leads down
    }
    first = walk
    waiting[held++] = first
    if (previous >= 0 && next < MOST_CODES) {
      prefix[next] = previous
      suffix[next] = first
      next++
      if (next + 1 === 1 << width && width < 12) width++
    }
    previous = code
    return true
  }

  return {
    read(to) {
      let written = 0
      for (;;) {
        while (held > 0 && written < to.length) to[written++] = waiting[--held] as number // inside
        if (written === to.length) return written
        isDone ||= !expand()
        if (isDone) return written
      }
    },
  }
}
