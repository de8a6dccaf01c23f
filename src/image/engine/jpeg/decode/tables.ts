import type { JpegCore } from './exports.ts'
import { DHT, DQT, DRI, type Segment, invalidJpeg, uint16 } from '../markers.ts'
import { STANDARD_HUFFMAN } from '../standard-huffman.ts'

/** The tables in force; they change from scan to scan as the file says. */
export interface JpegTables {
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number
  /** Takes in a DQT, DHT or DRI segment; ignores others. */
  apply(file: Uint8Array, segment: Segment): void
  /** Address of a Huffman table that is ready for use. @throws AppError `invalid_image` when the file has defined it wrongly. */
  huffman(kind: 'dc' | 'ac', number: number): number
  /** The quantisers of a table in zigzag order, or `undefined` when the file has not defined it. */
  quantisers(number: number): Uint16Array | undefined
}

export function createTables(core: JpegCore): JpegTables {
  const quantisers: (Uint16Array | undefined)[] = []
  const isUsable: boolean[] = STANDARD_HUFFMAN.map(() => false)
  let restartInterval = 0
  const define = (index: number, counts: Uint8Array, symbols: Uint8Array) => {
    const definition = core.exports.jpegHuffmanDefinition()
    const bytes = core.bytes().subarray(definition, definition + 16 + 256)
    bytes.fill(0)
    bytes.set(counts)
    bytes.set(symbols, 16)
    isUsable[index] = core.exports.jpegBuildHuffman(index) === 1
  }
  // Motion JPEG frames leave out the tables that the standard's annex K gives.
  STANDARD_HUFFMAN.forEach(({ counts, symbols }, index) => define(index, counts, symbols))
  return {
    get restartInterval() {
      return restartInterval
    },
    apply(file, segment) {
      if (segment.code === DQT) readQuantisers(file, segment, quantisers)
      else if (segment.code === DHT) readHuffman(file, segment, define)
      else if (segment.code === DRI) restartInterval = uint16(file, segment.start)
    },
    huffman(kind, number) {
      const index = kind === 'dc' ? number : number + 4
      if (number > 3 || !isUsable[index])
        throw invalidJpeg(`expected a usable ${kind.toUpperCase()} Huffman table ${number}, received none`)
      return core.exports.jpegHuffmanTable(index)
    },
    quantisers: (number) => quantisers[number],
  }
}

/** DQT: 4 bits precision, 4 bits number, 64 values of 8 or 16 bits; several in one segment. */
function readQuantisers(file: Uint8Array, { start, end }: Segment, tables: (Uint16Array | undefined)[]): void {
  for (let at = start; at < end;) {
    const isWide = (file[at] ?? 0) >> 4 !== 0
    const number = (file[at] ?? 0) & 15
    at++
    if (number > 3) throw invalidJpeg(`expected a quantisation table 0 to 3, received ${number}`)
    if (at + (isWide ? 128 : 64) > end) throw invalidJpeg('expected a whole quantisation table, received a part')
    const offset = at
    tables[number] = Uint16Array.from({ length: 64 }, (_, k) => (isWide ? uint16(file, offset + 2 * k) : (file[offset + k] ?? 0)))
    at += isWide ? 128 : 64
  }
}

/** DHT: 4 bits class (0 DC, 1 AC), 4 bits number, 16 counts, the symbols; several in one segment. */
function readHuffman(
  file: Uint8Array,
  { start, end }: Segment,
  define: (index: number, counts: Uint8Array, symbols: Uint8Array) => void,
): void {
  for (let at = start; at + 17 <= end;) {
    const kind = (file[at] ?? 0) >> 4
    const number = (file[at] ?? 0) & 15
    const counts = file.subarray(at + 1, Math.min(at + 17, end))
    const total = counts.reduce((sum, count) => sum + count, 0)
    at += 17
    if (kind > 1 || number > 3)
      throw invalidJpeg(`expected a Huffman table of class 0 or 1 and number 0 to 3, received ${kind} and ${number}`)
    if (total > 256 || at + total > end) throw invalidJpeg('expected a whole Huffman table, received a part')
    define(kind * 4 + number, counts, file.subarray(at, at + total))
    at += total
  }
}
