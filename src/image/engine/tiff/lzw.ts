import { createLzwReader, type LzwTables } from '../lzw.ts'
import type { BlockStream } from './block-stream.ts'

/** TIFF's variant of LZW (TIFF 6.0 §13): highest bit first, and codes grow by a bit one code before they must. */
export function createTiffLzwReader(data: Uint8Array, tables: LzwTables): BlockStream {
  let [at, bits, bitCount] = [0, 0, 0]
  function readCode(width: number): number {
    while (bitCount < width) {
      if (at >= data.length) return -1
      bits = ((bits << 8) | (data[at++] as number)) & 0xffffff // inside
      bitCount += 8
    }
    bitCount -= width
    return (bits >>> bitCount) & ((1 << width) - 1)
  }
  const read = createLzwReader({ literalBits: 8, early: 1, readCode }, tables)
  return { read: (to) => read(to, to.length) }
}
