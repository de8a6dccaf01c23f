// Huffman decoding tables for inflate (RFC 1951 §3.2.2): one root table, longer codes continue in sub-tables behind it.
//
// An entry is a u32. Bits 0–5: bits to consume (code and extra bits); 8–13: bits of the code alone, or of the sub-table's index;
// 16–30: the literal, the base of a length or distance, or the sub-table's first entry; the flags say which.
import { indexBits, longestCode, nextCode, sortedSymbol, sortSymbols, usedSymbols } from '../prefix-codes'

export const LITERAL: u32 = 1 << 31
/** Neither a literal nor a plain length or distance. */
export const SPECIAL: u32 = 1 << 15
export const END_OF_BLOCK: u32 = 1 << 14
export const SUB_TABLE: u32 = 1 << 7
export const INVALID_CODE: u32 = SPECIAL

export const LITERAL_BITS: u32 = 11
export const DISTANCE_BITS: u32 = 8
export const CODE_LENGTH_BITS: u32 = 7
/** Entries that a complete code over 288 (32) symbols of at most 15 bits can need with these root tables: 2,342 (402), rounded up. */
export const LITERAL_ENTRIES: u32 = 2400
export const DISTANCE_ENTRIES: u32 = 448

export const OF_CODE_LENGTHS: i32 = 0
export const OF_LITERALS: i32 = 1
export const OF_DISTANCES: i32 = 2

// RFC 1951 §3.2.5
const LENGTH_BASE = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
])
const LENGTH_EXTRA = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0])
const DISTANCE_BASE = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385,
  24577,
])

/** A symbol's entry for a code (or the rest of one behind the root) of `bits` bits. */
function entryOf(kind: i32, symbol: u32, bits: u32): u32 {
  if (kind == OF_CODE_LENGTHS) return (symbol << 16) | bits
  if (kind == OF_DISTANCES) {
    if (symbol >= 30) return INVALID_CODE | bits
    const extra: u32 = symbol < 4 ? 0 : (symbol >> 1) - 1
    return ((<u32>load<u16>(DISTANCE_BASE + ((<usize>symbol) << 1))) << 16) | (bits << 8) | (bits + extra)
  }
  if (symbol < 256) return LITERAL | (symbol << 16) | bits
  if (symbol == 256) return SPECIAL | END_OF_BLOCK | bits
  if (symbol >= 286) return INVALID_CODE | bits
  const extra = <u32>load<u8>(LENGTH_EXTRA + <usize>(symbol - 257))
  return ((<u32>load<u16>(LENGTH_BASE + ((<usize>(symbol - 257)) << 1))) << 16) | (bits << 8) | (bits + extra)
}

/**
 * Builds the table of the `n` code lengths (bytes) at `lengths`. `limit` is the number of entries that fit.
 * @returns false when the lengths are over-subscribed, or incomplete other than one single code of one bit (what zlib accepts).
 */
export function buildTable(lengths: usize, n: u32, table: usize, root: u32, limit: u32, kind: i32): bool {
  const left = sortSymbols(lengths, n)
  if (left < 0) return false
  if (left > 0) {
    if (longestCode > 1 || (longestCode == 1 && kind == OF_CODE_LENGTHS)) return false
    for (let i: u32 = 0; i < 1 << root; i++) store<u32>(table + ((<usize>i) << 2), INVALID_CODE | 1)
  }
  return fill(lengths, table, root, limit, kind)
}

/** Walks the symbols in code order. */
function fill(lengths: usize, table: usize, root: u32, limit: u32, kind: i32): bool {
  const mask: u32 = (1 << root) - 1
  let code: u32 = 0
  let used: u32 = 1 << root
  let subTable: u32 = 0
  let subBits: u32 = 0
  let prefix: u32 = 0xffffffff
  for (let i: u32 = 0; i < usedSymbols; i++) {
    const symbol = sortedSymbol(i)
    const bits = <u32>load<u8>(lengths + symbol)
    if (bits <= root) {
      const entry = entryOf(kind, symbol, bits)
      for (let at = code; at <= mask; at += 1 << bits) store<u32>(table + ((<usize>at) << 2), entry)
    } else {
      if ((code & mask) != prefix) {
        prefix = code & mask
        subBits = indexBits(bits, root)
        subTable = used
        used += 1 << subBits
        if (used > limit) return false
        store<u32>(table + ((<usize>prefix) << 2), (subTable << 16) | SPECIAL | SUB_TABLE | (subBits << 8) | root)
      }
      const entry = entryOf(kind, symbol, bits - root)
      for (let at = code >> root; at < 1 << subBits; at += 1 << (bits - root)) store<u32>(table + ((<usize>(subTable + at)) << 2), entry)
    }
    code = nextCode(code, bits)
  }
  return true
}
