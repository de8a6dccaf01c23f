const MOST_CODES = 4096
export const MOST_LZW_BITS = 12

/** Memory of the tables. */
export const LZW_BYTES = 5 * MOST_CODES + 1024

/** Of one reader after the other. */
export interface LzwTables {
  readonly prefix: Uint16Array
  readonly suffix: Uint8Array
  readonly waiting: Uint8Array
}

export const createLzwTables = (): LzwTables => ({
  prefix: new Uint16Array(MOST_CODES),
  // A literal stands for itself.
  suffix: Uint8Array.from({ length: MOST_CODES }, (_, code) => code),
  waiting: new Uint8Array(MOST_CODES + 1),
})

export interface LzwForm {
  /** Bits of a literal. The code behind the literals clears the table, the next one ends the data. */
  readonly literalBits: number
  /** Codes grow by a bit so many codes before they must: 1 in TIFF, 0 in GIF. */
  readonly early: 0 | 1
  /** The next code of so many bits; -1 when there are no more. */
  readCode(width: number): number
}

/**
 * Expands LZW (Welch 1984). When the table is full, codes go on without growing it, until one clears it. A code that cannot be there ends the data.
 * @returns writes the next `count` values, and says how many there were: fewer when the data end, or break.
 */
export function createLzwReader({ literalBits, early, readCode }: LzwForm, { prefix, suffix, waiting }: LzwTables) {
  const clear = 1 << literalBits
  let [width, next, previous, first, held, isDone] = [literalBits + 1, clear + 2, -1, 0, 0, false]

  /** Puts the values of the next code on the pile, the last one lowest. @returns false at the end. */
  function expand(): boolean {
    let code = readCode(width)
    while (code === clear) {
      ;[width, next, previous] = [literalBits + 1, clear + 2, -1]
      code = readCode(width)
    }
    if (code < 0 || code === clear + 1 || code > next || (previous < 0 && code > clear) || (code === next && next === MOST_CODES))
      return false
    let walk = code
    if (code === next) {
      waiting[held++] = first
      walk = previous
    }
    while (walk > clear) {
      waiting[held++] = suffix[walk] as number // below `next`
      walk = prefix[walk] as number // leads down
    }
    first = walk
    waiting[held++] = first
    if (previous >= 0 && next < MOST_CODES) {
      prefix[next] = previous
      suffix[next] = first
      next++
      if (next + early === 1 << width && width < MOST_LZW_BITS) width++
    }
    previous = code
    return true
  }

  return (to: Uint8Array, count: number): number => {
    let written = 0
    while (written < count) {
      while (held > 0 && written < count) to[written++] = waiting[--held] as number // inside
      if (written === count) break
      isDone ||= !expand()
      if (isDone) break
    }
    return written
  }
}
