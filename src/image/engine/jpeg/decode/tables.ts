import type { JpegCore } from './exports.ts'
import { DHT, DQT, DRI, type Segment, invalidJpeg, uint16 } from '../markers.ts'
import { type HuffmanDefinition, STANDARD_HUFFMAN } from '../standard-huffman.ts'

/** The tables in force; they change from scan to scan as the file says. */
export interface JpegTables {
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number
  /** The Huffman tables: DC 0 to 3, AC 0 to 3. A list never changes; another one takes its place. */
  readonly definitions: readonly HuffmanDefinition[]
  /** Takes in a DQT, DHT or DRI segment; ignores others. */
  apply(file: Uint8Array, segment: Segment): void
  /** Address of one of these Huffman tables, built unless the core has it. @throws AppError `invalid_image` when the file has defined it wrongly. */
  huffman(definitions: readonly HuffmanDefinition[], kind: 'dc' | 'ac', number: number): number
  /** Address of the table that skips blocks by AC table `number`, which `huffman` has made ready. */
  skips(number: number): number
  /** Address of the table that reads coefficients by pairs, of AC table `number`, which `huffman` has made ready. */
  pairs(number: number): number
  /** The quantisers of a table in zigzag order, or `undefined` when the file has not defined it. */
  quantisers(number: number): Uint16Array | undefined
}

export function createTables(core: JpegCore): JpegTables {
  const quantisers: (Uint16Array | undefined)[] = []
  // Motion JPEG frames leave out the tables that the standard's annex K gives.
  let definitions = STANDARD_HUFFMAN
  let restartInterval = 0
  const huffman = createHuffmanTables(core)
  return {
    get restartInterval() {
      return restartInterval
    },
    get definitions() {
      return definitions
    },
    apply(file, segment) {
      if (segment.code === DQT) readQuantisers(file, segment, quantisers)
      else if (segment.code === DHT) definitions = readHuffman(file, segment, definitions)
      else if (segment.code === DRI) restartInterval = uint16(file, segment.start)
    },
    ...huffman,
    quantisers: (number) => quantisers[number],
  }
}

/** The tables that the core has built. */
function createHuffmanTables({ exports, bytes }: JpegCore): Pick<JpegTables, 'huffman' | 'skips' | 'pairs'> {
  const built: { definition: HuffmanDefinition; isUsable: boolean; skips?: number; pairs?: number }[] = []
  const build = (index: number, definition: HuffmanDefinition) => {
    const at = exports.jpegHuffmanDefinition()
    const target = bytes().subarray(at, at + 16 + 256)
    target.fill(0)
    target.set(definition.counts)
    target.set(definition.symbols, 16)
    return (built[index] = { definition, isUsable: exports.jpegBuildHuffman(index) === 1 })
  }
  return {
    huffman(definitions, kind, number) {
      const index = kind === 'dc' ? number : number + 4
      const definition = number > 3 ? undefined : definitions[index]
      const table = built[index]
      const isUsable = definition && (table?.definition === definition ? table : build(index, definition)).isUsable
      if (!isUsable) throw invalidJpeg(`expected a usable ${kind.toUpperCase()} Huffman table ${number}, received none`)
      return exports.jpegHuffmanTable(index)
    },
    skips(number) {
      const table = built[number + 4]
      return table ? (table.skips ??= exports.jpegBuildSkip(number)) : 0
    },
    pairs(number) {
      const table = built[number + 4]
      return table ? (table.pairs ??= exports.jpegBuildPairs(number)) : 0
    },
  }
}

/** DQT: 4 bits precision, 4 bits number, 64 values of 8 or 16 bits; several in one segment. */
export function readQuantisers(file: Uint8Array, { start, end }: Segment, tables: (Uint16Array | undefined)[]): void {
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

/** DHT: 4 bits class (0 DC, 1 AC), 4 bits number, 16 counts, the symbols; several in one segment. Answers all definitions as they are then. */
export function readHuffman(
  file: Uint8Array,
  { start, end }: Segment,
  definitions: readonly HuffmanDefinition[],
): readonly HuffmanDefinition[] {
  let changed = definitions
  for (let at = start; at + 17 <= end;) {
    const kind = (file[at] ?? 0) >> 4
    const number = (file[at] ?? 0) & 15
    const counts = file.subarray(at + 1, Math.min(at + 17, end))
    const total = counts.reduce((sum, count) => sum + count, 0)
    at += 17
    if (kind > 1 || number > 3)
      throw invalidJpeg(`expected a Huffman table of class 0 or 1 and number 0 to 3, received ${kind} and ${number}`)
    if (total > 256 || at + total > end) throw invalidJpeg('expected a whole Huffman table, received a part')
    changed = changed.with(kind * 4 + number, { counts, symbols: file.subarray(at, at + total) })
    at += total
  }
  return changed
}
