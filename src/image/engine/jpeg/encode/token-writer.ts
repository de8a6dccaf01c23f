import { createParts, joinParts } from '../../parts.ts'
import type { JpegEncoderCore } from './frame.ts'
import { type HuffmanTables, huffmanCodes } from './tables.ts'

/** Tables of symbols in the core: DC luma, AC luma, DC chroma, AC chroma, 256 entries of 4 bytes each. */
const TABLE_BYTES = 1024
const TABLES = 4
/** Tokens that are written at a time, and the room that they need at most. */
const BATCH_TOKENS = 8192
const BATCH_BYTES = BATCH_TOKENS * 8 + 16

export const TOKEN_WRITER_BYTES = TABLE_BYTES * TABLES * 2 + BATCH_BYTES + 48

/** Turns tokens into the bytes of a file. */
export interface TokenWriter {
  /** Where the core counts symbols: 1,024 u32. */
  readonly counts: number
  /** How often each symbol of table 0…3 has occurred since `clear`. */
  countsOf(table: number): Uint32Array
  clear(): void
  useTables(tables: HuffmanTables): void
  write(tokens: number, end: number): void
  /** Ends a scan. */
  finish(): void
  /** Bytes outside of scans. */
  append(...segments: readonly Uint8Array[]): void
  /** All of it, in one piece. */
  toBytes(): Uint8Array
}

export function createTokenWriter(core: JpegEncoderCore): TokenWriter {
  const counts = core.alloc(TABLE_BYTES * TABLES)
  const codes = core.alloc(TABLE_BYTES * TABLES)
  const batch = core.alloc(BATCH_BYTES)
  const parts = createParts()
  const keep = (end: number): void => {
    if (end > batch) parts.add(core.bytes().slice(batch, end) as Uint8Array<ArrayBuffer>) // a copy has a buffer of its own
  }
  core.exports.startBits()
  return {
    counts,
    countsOf: (table) => new Uint32Array(core.bytes().buffer, counts + table * TABLE_BYTES, TABLE_BYTES / 4),
    clear: () => void core.bytes().fill(0, counts, counts + TABLE_BYTES * TABLES),
    useTables(tables) {
      const all = new Uint32Array(core.bytes().buffer, codes, (TABLE_BYTES * TABLES) / 4)
      tables.forEach((table, i) => all.set(huffmanCodes(table), (i * TABLE_BYTES) / 4))
    },
    write(tokens, end) {
      for (let at = tokens; at < end; at += BATCH_TOKENS * 4) {
        keep(core.exports.writeTokens(at, Math.min(end, at + BATCH_TOKENS * 4), codes, batch))
      }
    },
    finish: () => keep(core.exports.finishBits(batch)),
    append: (...segments) => segments.forEach((segment) => parts.add(Uint8Array.from(segment))),
    toBytes: () => joinParts(parts.all),
  }
}
