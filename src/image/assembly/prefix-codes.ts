// Canonical prefix codes of at most 15 bits, as inflate (RFC 1951 §3.2.2) and VP8L (RFC 9649 §3.7.2) have them: their symbols in the order of their codes.

const LONGEST: u32 = 15
/** Of all that have such codes: VP8L's first code with the largest colour cache. */
const MOST_SYMBOLS: usize = 2328

/** Codes of each length that are still to come, and where those of a length begin among the sorted symbols: u32. */
const counts = memory.data(16 * 4, 16)
const starts = memory.data(16 * 4, 16)
const sorted = memory.data(2 * MOST_SYMBOLS, 16)

/** Of the code that was sorted last: its symbols that have a code, and the most bits. */
export let usedSymbols: u32 = 0
export let longestCode: u32 = 0

/**
 * Sorts the symbols of the `n` code lengths (bytes, at most 15; 0: no code) at `lengths` by their codes.
 * @returns codes of 15 bits that are left: 0 for a complete code, below 0 when the lengths claim more than there is.
 */
export function sortSymbols(lengths: usize, n: u32): i32 {
  memory.fill(counts, 0, 64)
  for (let i: u32 = 0; i < n; i++) {
    const at = counts + ((<usize>load<u8>(lengths + i)) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  usedSymbols = 0
  longestCode = 0
  let left: i32 = 1
  for (let bits: u32 = 1; bits <= LONGEST; bits++) {
    const count = load<u32>(counts + ((<usize>bits) << 2))
    store<u32>(starts + ((<usize>bits) << 2), usedSymbols)
    usedSymbols += count
    left = (left << 1) - <i32>count
    if (left < 0) return left
    if (count > 0) longestCode = bits
  }
  for (let symbol: u32 = 0; symbol < n; symbol++) {
    const bits = <usize>load<u8>(lengths + symbol)
    if (bits == 0) continue
    const at = starts + (bits << 2)
    const position = load<u32>(at)
    store<u32>(at, position + 1)
    store<u16>(sorted + ((<usize>position) << 1), <u16>symbol)
  }
  return left
}

/** The symbol of code number `i`. */
@inline
export function sortedSymbol(i: u32): u32 {
  return load<u16>(sorted + ((<usize>i) << 1))
}

/** The code behind `code`, which has `bits` bits and is done with. Codes have their bits reversed, as streams have them. */
export function nextCode(code: u32, bits: u32): u32 {
  const count = counts + ((<usize>bits) << 2)
  store<u32>(count, load<u32>(count) - 1)
  let top: u32 = 1 << (bits - 1)
  while ((code & top) != 0) top >>= 1
  return top == 0 ? 0 : (code & (top - 1)) + top
}

/** Index bits of the table behind one of `root` bits whose first code has `bits` bits: as many as the codes still to come can fill. */
export function indexBits(bits: u32, root: u32): u32 {
  let width = bits - root
  let room: i32 = 1 << width
  while (width + root < longestCode) {
    room -= <i32>load<u32>(counts + ((<usize>(width + root)) << 2))
    if (room <= 0) break
    width++
    room <<= 1
  }
  return width
}
