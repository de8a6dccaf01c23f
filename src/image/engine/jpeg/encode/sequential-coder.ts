import type { ComponentTable, EncodedFrame, JpegEncoderCore } from './frame.ts'
import { huffmanSegment, scanHeader } from './segments.ts'
import { type HuffmanTables, optimalTable, STANDARD_TABLES } from './tables.ts'
import type { TokenWriter } from './token-writer.ts'

/** Encodes rows of MCUs, then ends the picture's scans. */
export interface JpegCoder {
  /** The next row of MCUs, from where the component table points to. */
  encodeRow(): void
  finish(): void
}

const TOKENS_PER_BLOCK_BYTES = 256
const GROWTH_BYTES = 256 * 1024
/** Tokens that are kept for counting before the tables are made from what was seen: some 5 megapixels of a usual photograph. */
const MAX_TOKEN_BYTES = 4 * 1024 * 1024

const rowTokenBytes = ({ mcusAcross, blocksPerMcu }: EncodedFrame): number => mcusAcross * blocksPerMcu * TOKENS_PER_BLOCK_BYTES

/** Bytes of the core's memory that the tokens take at most. */
export function sequentialCoderBytes(frame: EncodedFrame, optimise: boolean): number {
  const row = rowTokenBytes(frame)
  const step = Math.max(GROWTH_BYTES, row)
  return optimise ? Math.max(step, Math.min(row * frame.mcuRows + 2 * step, MAX_TOKEN_BYTES)) + 32 : row + 16
}

/**
 * One interleaved scan. With `optimise` the tables fit the picture: tokens are kept until its end, or until they are `MAX_TOKEN_BYTES`; the
 * tables of a larger picture fit its beginning, and have a code for every symbol.
 */
export function createSequentialCoder(
  core: JpegEncoderCore,
  frame: EncodedFrame,
  components: ComponentTable,
  writer: TokenWriter,
  { optimise, reservesTokens = false }: { readonly optimise: boolean; readonly reservesTokens?: boolean },
): JpegCoder {
  const rowBytes = rowTokenBytes(frame)
  const step = Math.max(GROWTH_BYTES, rowBytes)
  let tokens = 0
  let end = 0
  let capacity = 0
  let isStarted = false

  const startScan = (tables: HuffmanTables): void => {
    const used = frame.components.length === 1 ? tables.slice(0, 2) : tables
    used.forEach((table, i) => writer.append(huffmanSegment(i % 2 === 0 ? 'dc' : 'ac', i >> 1, table)))
    writer.append(scanHeader(frame.components, { first: 0, last: 63, high: 0, low: 0 }))
    writer.useTables(used)
    isStarted = true
  }
  const flush = (): void => {
    writer.write(tokens, end)
    end = tokens
  }
  /** More room right behind the tokens; false when there may be or can be none. */
  const grow = (): boolean => {
    if (capacity > 0 && capacity + step > MAX_TOKEN_BYTES) return false
    const ptr = reserved > 0 ? reserved + capacity : core.alloc(optimise ? step : rowBytes)
    if (capacity === 0) tokens = end = ptr
    else if (ptr !== tokens + capacity) return false
    capacity += step
    return true
  }

  const steps = Math.max(1, Math.min(Math.floor(MAX_TOKEN_BYTES / step), Math.ceil((rowBytes * frame.mcuRows) / step) + 1))
  const reserved = reservesTokens && optimise ? core.alloc(steps * step) : 0

  writer.clear()
  return {
    encodeRow() {
      if (end + rowBytes > tokens + capacity && !grow()) {
        startScan([0, 1, 2, 3].map((table) => optimalTable(everySymbol(writer.countsOf(table), table))))
        flush()
      }
      end = core.exports.tokeniseRow(components.ptr, frame.components.length, frame.mcusAcross, end, writer.counts)
      if (!optimise && !isStarted) startScan(STANDARD_TABLES)
      if (isStarted) flush()
    },
    finish() {
      if (!isStarted) startScan([0, 1, 2, 3].map((table) => optimalTable(writer.countsOf(table))))
      flush()
      writer.finish()
    },
  }
}

/** Counts in which each symbol that a later part of the picture may have occurs at least once. */
function everySymbol(counts: Uint32Array, table: number): Uint32Array {
  const isDc = table % 2 === 0
  return counts.map((count, symbol) => {
    const size = symbol & 15
    const isPossible = isDc ? symbol <= 11 : size === 0 ? symbol === 0 || symbol === 0xf0 : size <= 10
    return isPossible ? count + 1 : 0
  })
}
