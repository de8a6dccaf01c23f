const MOST_CODES = 4096
const MOST_BITS = 12

/** Sizes of a literal that leave room for codes. */
export const isCodeSize = (size: number): boolean => size < MOST_BITS

/** Memory of one reader's tables. */
export const LZW_BYTES = MOST_CODES * 4 + 1024

export interface LzwReader {
  /** Writes the next `count` colour indices. @returns how many there were: fewer when the data end, or break. */
  read(to: Uint8Array, count: number): number
}

/**
 * Reads GIF's variant of LZW (GIF89a appendix F) out of data sub-blocks: codes of growing width, lowest bit first. When the table is full, codes go on
 * without growing it, until one clears it. A code that cannot be there ends the data. `codeSize` is one of `isCodeSize`.
 */
export function createLzwReader(file: Uint8Array, dataAt: number, codeSize: number): LzwReader {
  const clear = 1 << codeSize
  const prefix = new Uint16Array(MOST_CODES)
  const suffix = new Uint8Array(MOST_CODES)
  const waiting = new Uint8Array(MOST_CODES + 1)
  for (let code = 0; code < clear; code++) suffix[code] = code
  let [at, blockEnd] = [dataAt, dataAt]
  let [bits, bitCount, width, next] = [0, 0, codeSize + 1, clear + 2]
  let [previous, first, held, isDone] = [-1, 0, 0, false]

  /** -1 when there are no more. */
  function readCode(): number {
    while (bitCount < width) {
      if (at === blockEnd) {
        const length = file[at] ?? 0
        if (length === 0) return -1
        at++
        blockEnd = at + length
      }
      if (at >= file.length) return -1
      bits |= (file[at++] ?? 0) << bitCount
      bitCount += 8
    }
    const code = bits & ((1 << width) - 1)
    bits >>>= width
    bitCount -= width
    return code
  }

  /** Puts the indices of the next code on the pile, the last one lowest. @returns false at the end. */
  function expand(): boolean {
    let code = readCode()
    while (code === clear) {
      ;[width, next, previous] = [codeSize + 1, clear + 2, -1]
      code = readCode()
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
      if (next === 1 << width && width < MOST_BITS) width++
    }
    previous = code
    return true
  }

  return {
    read(to, count) {
      let written = 0
      while (written < count) {
        while (held > 0 && written < count) to[written++] = waiting[--held] as number // inside
        if (written === count) break
        isDone ||= !expand()
        if (isDone) break
      }
      return written
    },
  }
}
