import { createLzwReader, createLzwTables, MOST_LZW_BITS } from '../lzw.ts'

/** Sizes of a literal that leave room for codes. */
export const isCodeSize = (size: number): boolean => size < MOST_LZW_BITS

/**
 * GIF's variant of LZW (GIF89a appendix F) out of data sub-blocks: codes lie lowest bit first. `codeSize` is one of `isCodeSize`. @returns writes
 * colour indices, and says how many there were.
 */
export function readGifLzw(file: Uint8Array, dataAt: number, codeSize: number): (to: Uint8Array, count: number) => number {
  let [at, blockEnd, bits, bitCount] = [dataAt, dataAt, 0, 0]
  function readCode(width: number): number {
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
  return createLzwReader({ literalBits: codeSize, early: 0, readCode }, createLzwTables())
}
