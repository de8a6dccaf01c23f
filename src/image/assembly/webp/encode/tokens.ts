// A macroblock's levels, kept compactly until the probabilities are known, and counted.
// A macroblock is 4 bytes: bits 0–24 say which of its blocks (the DCs, 16 of luma, 4 of Cb, 4 of Cr) have levels, `HAS_DCS` that the DCs are a block of
// their own, `IS_SKIPPED` that nothing follows. Then come 4-bit numbers, the lowest first, up to a whole byte: of each block the last place, and the
// levels up to it: 0, 1, −1, 2, −2 … as 0, 1, 2, 3, 4 … 14; or 15 and three more: the sign, and the magnitude less 8 in 11 bits.
import { bands, CHROMA, LUMA_DCS, LUMA_WITH_DC, LUMA_WITHOUT_DC } from './costs'
import { counts } from './probabilities'
import { lasts, levels } from './state'

export const HAS_DCS: u32 = 1 << 25
export const IS_SKIPPED: u32 = 1 << 26
/** Numbers beyond this are escaped. */
export const ESCAPE: u32 = 15

/** A macroblock takes at most so many bytes. */
export const MACROBLOCK_BYTES: usize = 4 + 25 * 33

/** Bits that are not stored yet. */
let bits: u64 = 0
let length: i32 = 0
let target: usize = 0

@inline
function put(value: u32, size: i32): void {
  bits |= (<u64>value) << length
  length += size
  if (length >= 32) {
    store<u32>(target, <u32>bits)
    target += 4
    bits >>= 32
    length -= 32
  }
}

@inline
function count(p: usize, node: usize, bit: bool): void {
  const at = p + (node << 3) + (bit ? 4 : 0)
  store<u32>(at, load<u32>(at) + 1)
}

@inline
function countsOf(kind: usize, place: usize, context: usize): usize {
  return counts + ((kind * 8 + <usize>load<u8>(bands + place)) * 3 + context) * 88
}

/** Counts of a level from 2 on: RFC 6386 §13.2. */
function countLarge(p: usize, level: i32): void {
  if (level <= 4) {
    count(p, 3, false)
    count(p, 4, level > 2)
    if (level > 2) count(p, 5, level == 4)
    return
  }
  count(p, 3, true)
  count(p, 6, level > 10)
  if (level <= 10) return count(p, 7, level > 6)
  count(p, 8, level > 34)
  if (level <= 34) count(p, 9, level > 18)
  else count(p, 10, level > 66)
}

/** Stores and counts the levels of a block. Answers 1 when it has any. */
function keepBlock(block: usize, first: usize, kind: usize, context: usize): u32 {
  const last = <i32>load<i8>(lasts + block)
  let p = countsOf(kind, first, context)
  if (last < <i32>first) {
    count(p, 0, false)
    return 0
  }
  count(p, 0, true)
  put(last, 4)
  const at = levels + (block << 5)
  for (let n = first; n <= <usize>last; n++) {
    const value = <i32>load<i16>(at + (n << 1))
    const level = abs(value)
    if (level <= 7) {
      put((level << 1) - (value > 0 ? 1 : 0), 4)
    } else {
      put(ESCAPE | (value < 0 ? 16 : 0) | ((level - 8) << 5), 16)
    }
    let next: usize = 2
    if (level == 0) {
      count(p, 1, false)
      p = countsOf(kind, n + 1, 0)
      continue
    }
    count(p, 1, true)
    count(p, 2, level > 1)
    if (level == 1) next = 1
    else countLarge(p, level)
    if (n == 15) break
    p = countsOf(kind, n + 1, next)
    count(p, 0, n < <usize>last)
  }
  return 1
}

/** A macroblock without any level. `filled` of its neighbours are told so. */
export function keepSkipped(hasDcs: bool, aboveFilled: usize, leftFilled: usize, to: usize): usize {
  clearFilled(hasDcs, aboveFilled, leftFilled)
  store<u32>(to, IS_SKIPPED | (hasDcs ? HAS_DCS : 0))
  return to + 4
}

export function clearFilled(hasDcs: bool, aboveFilled: usize, leftFilled: usize): void {
  store<u64>(aboveFilled, 0)
  store<u64>(leftFilled, 0)
  if (!hasDcs) return
  store<u8>(aboveFilled, 0, 8)
  store<u8>(leftFilled, 0, 8)
}

/** The macroblock in `levels`. Updates which neighbours have levels. Answers the end. */
export function keepMacroblock(hasDcs: bool, aboveFilled: usize, leftFilled: usize, to: usize): usize {
  bits = 0
  length = 0
  target = to + 4
  let mask: u32 = 0
  if (hasDcs) {
    const has = keepBlock(0, 0, LUMA_DCS, <usize>load<u8>(aboveFilled, 8) + <usize>load<u8>(leftFilled, 8))
    store<u8>(aboveFilled, has, 8)
    store<u8>(leftFilled, has, 8)
    mask = has | HAS_DCS
  }
  const first: usize = hasDcs ? 1 : 0
  const kind = hasDcs ? LUMA_WITHOUT_DC : LUMA_WITH_DC
  for (let block: usize = 1; block <= 24; block++) {
    const isLuma = block <= 16
    const i = isLuma ? block - 1 : block - 17
    const column = aboveFilled + (isLuma ? i & 3 : 4 + ((i >> 2) << 1) + (i & 1))
    const row = leftFilled + (isLuma ? i >> 2 : 4 + ((i >> 2) << 1) + ((i >> 1) & 1))
    const context = <usize>load<u8>(column) + <usize>load<u8>(row)
    const has = keepBlock(block, isLuma ? first : 0, isLuma ? kind : CHROMA, context)
    store<u8>(column, has)
    store<u8>(row, has)
    mask |= has << (<u32>block)
  }
  store<u32>(to, mask)
  store<u32>(target, <u32>bits)
  return target + <usize>((length + 7) >> 3)
}
