// Prefix codes of VP8L (RFC 9649 §3.7.2): the five codes of a group are read, and become tables with one look at 8 bits, longer codes with a second.
//
// An entry is a u16: the symbol above four bits with the code's length, 0 for the only symbol of a code. With a length of 9 to 15 in the first 256
// entries it leads to a second table instead: 8 and the bits of its index, and above them its first entry.
import { indexBits, nextCode, sortedSymbol, sortSymbols, usedSymbols } from '../../prefix-codes'
import { isOverrun, LENGTH_TABLE, LENGTHS, MOST_SYMBOLS, peek, take } from './bits'

export const ROOT_BITS: u32 = 8
const LITERALS: u32 = 256
const LENGTH_CODES: u32 = 24
const DISTANCES: u32 = 40

// Layout of a group. The tables of its codes, and the literal when red, blue and alpha have one value each.
export const GREEN: usize = 0
export const RED: usize = 4
export const BLUE: usize = 8
export const ALPHA: usize = 12
export const DISTANCE: usize = 16
/** Bits of what is the same in all pixels. */
export const FIXED: usize = 20
export const KIND: usize = 24
export const GROUP_SHIFT: usize = 5

/** Kinds of groups: any; all pixels have the same alpha; and the same red and blue too. */
export const ONE_ALPHA: u32 = 1
export const GREEN_ALONE: u32 = 2

/** RFC 9649 §3.7.2.1.2: the order in which the lengths of the code for lengths come. */
const LENGTH_ORDER = memory.data<u8>([17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])

/**
 * Reads the five codes of a group. Its tables come to lie at `tables`, which takes up to 12 KiB.
 * @param cacheBits of the colour cache, 0 without.
 * @returns the bytes that the tables take; -1 when a code is not complete, -2 when the window ends too early. The window holds 6 KiB, or the file's end.
 */
export function vp8lGroup(state: usize, cacheBits: u32, group: usize, tables: usize): i32 {
  let to = tables
  for (let code: u32 = 0; code < 5; code++) {
    const symbols = code == 0 ? LITERALS + LENGTH_CODES + (cacheBits > 0 ? 1 << cacheBits : 0) : code < 4 ? LITERALS : DISTANCES
    const entries = readCode(state, symbols, to)
    if (isOverrun(state)) return -2
    if (entries == 0) return -1
    store<u32>(group + (code << 2), <u32>to)
    to += (<usize>entries) << 1
  }
  const red = load<u16>(load<u32>(group, RED))
  const blue = load<u16>(load<u32>(group, BLUE))
  const alpha = load<u16>(load<u32>(group, ALPHA))
  const fixed = ((<u32>alpha >> 4) << 24) | ((<u32>red >> 4) << 16) | (<u32>blue >> 4)
  const isGreenAlone = ((red | blue | alpha) & 15) == 0
  const isOneAlpha = (alpha & 15) == 0
  store<u32>(group, isGreenAlone ? fixed : isOneAlpha ? fixed & 0xff000000 : 0, FIXED)
  store<u32>(group, isGreenAlone ? GREEN_ALONE : isOneAlpha ? ONE_ALPHA : 0, KIND)
  return <i32>(to - tables)
}

/** @returns the entries of the code's table, 0 when it is not complete. */
function readCode(state: usize, symbols: u32, table: usize): u32 {
  const lengths = state + LENGTHS
  memory.fill(lengths, 0, MOST_SYMBOLS)
  if (take(state, 1) == 1) {
    // RFC 9649 §3.7.2.1.1: one or two symbols.
    const isTwo = take(state, 1) == 1
    const isByte = take(state, 1) == 1
    store<u8>(lengths + take(state, isByte ? 8 : 1), 1)
    if (isTwo) store<u8>(lengths + take(state, 8), 1)
  } else if (!readLengths(state, symbols)) return 0
  return buildTable(lengths, symbols, table)
}

/** RFC 9649 §3.7.2.1.2. */
function readLengths(state: usize, symbols: u32): bool {
  const lengths = state + LENGTHS
  const table = state + LENGTH_TABLE
  const given = take(state, 4) + 4
  for (let i: u32 = 0; i < given; i++) store<u8>(lengths + <usize>load<u8>(LENGTH_ORDER + i), <u8>take(state, 3))
  if (buildTable(lengths, 19, table) == 0) return false
  memory.fill(lengths, 0, 19)
  let left = symbols
  if (take(state, 1) == 1) {
    left = take(state, take(state, 3) * 2 + 2) + 2
    if (left > symbols) return false
  }
  let previous: u32 = 8
  for (let at: u32 = 0; at < symbols && left > 0; left--) {
    if (isOverrun(state)) return false
    const entry = <u32>load<u16>(table + ((<usize>(peek(state) & 255)) << 1))
    take(state, entry & 15)
    const symbol = entry >> 4
    if (symbol < 16) {
      store<u8>(lengths + at++, <u8>symbol)
      if (symbol != 0) previous = symbol
      continue
    }
    const run = symbol == 16 ? take(state, 2) + 3 : symbol == 17 ? take(state, 3) + 3 : take(state, 7) + 11
    if (at + run > symbols) return false
    memory.fill(lengths + at, symbol == 16 ? <u8>previous : 0, run)
    at += run
  }
  return true
}

/** Builds the table of the `n` code lengths (bytes, at most 15) at `lengths`. @returns its entries, 0 when the code is not complete. */
function buildTable(lengths: usize, n: u32, table: usize): u32 {
  const left = sortSymbols(lengths, n)
  if (left < 0) return 0
  if (usedSymbols == 1) {
    // The only symbol takes no bits, whatever length it was given.
    for (let i: usize = 0; i < 1 << ROOT_BITS; i++) store<u16>(table + (i << 1), <u16>(sortedSymbol(0) << 4))
    return 1 << ROOT_BITS
  }
  return left > 0 ? 0 : fill(lengths, table)
}

/** Walks the symbols in code order. */
function fill(lengths: usize, table: usize): u32 {
  const mask: u32 = (1 << ROOT_BITS) - 1
  let code: u32 = 0
  let used: u32 = 1 << ROOT_BITS
  let second: u32 = 0
  let secondBits: u32 = 0
  let prefix: u32 = 0xffffffff
  for (let i: u32 = 0; i < usedSymbols; i++) {
    const symbol = sortedSymbol(i)
    const bits = <u32>load<u8>(lengths + symbol)
    const entry = <u16>((symbol << 4) | bits)
    if (bits <= ROOT_BITS) for (let at = code; at <= mask; at += 1 << bits) store<u16>(table + ((<usize>at) << 1), entry)
    else {
      if ((code & mask) != prefix) {
        prefix = code & mask
        secondBits = indexBits(bits, ROOT_BITS)
        second = used
        used += 1 << secondBits
        store<u16>(table + ((<usize>prefix) << 1), <u16>((second << 4) | (ROOT_BITS + secondBits)))
      }
      for (let at = code >> ROOT_BITS; at < 1 << secondBits; at += 1 << (bits - ROOT_BITS)) {
        store<u16>(table + ((<usize>(second + at)) << 1), entry)
      }
    }
    code = nextCode(code, bits)
  }
  return used
}
