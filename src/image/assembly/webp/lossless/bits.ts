// The bit reader of VP8L (RFC 9649 §3.3) between pixels, and the record that all parts of the decoder share. Bits come lowest first. The driver
// keeps a window of the file in the core's memory: it hands over more when a piece has been read, or when the pixel loop asks for it.

// Layout of the state that the driver allocates (`vp8lStateBytes`). The first word is read by it.
/** Next byte of the window. */
export const INPUT: usize = 0
export const INPUT_END: usize = 4
/** Whether the file ends with the window. */
export const IS_LAST: usize = 8
export const BIT_COUNT: usize = 12
export const BITS: usize = 16
/** Pixels as they are coded, one word each: A, R, G, B from the highest byte. A pixel's place is its index modulo the ring's length. */
export const RING: usize = 24
export const RING_MASK: usize = 28
/** Pixels of the image at hand that are decoded, and the place of the next. */
export const POSITION: usize = 32
export const X: usize = 36
export const Y: usize = 40
export const WIDTH: usize = 44
export const TOTAL: usize = 48
export const CACHE: usize = 52
/** 32 less the bits of the colour cache's index. */
export const CACHE_SHIFT: usize = 56
/** Pixels that the colour cache has taken. */
export const CACHED: usize = 60
export const GROUPS: usize = 64
/** Numbers of the groups by tile (u16), 0 when there is one group. */
export const TILES: usize = 68
export const TILE_BITS: usize = 72
export const TILES_PER_ROW: usize = 76
/** Code lengths while a prefix code is read, a byte each; a simple code may name symbols beyond its alphabet. */
export const LENGTHS: usize = 80
/** The largest alphabet: 256 literals, 24 lengths and a colour cache of 11 bits. */
export const MOST_SYMBOLS: usize = 256 + 24 + 2048
export const LENGTH_TABLE: usize = LENGTHS + MOST_SYMBOLS
/** Entries of the table for code lengths. */
const STATE_BYTES: usize = LENGTH_TABLE + 256 * 2

export function vp8lStateBytes(): usize {
  return STATE_BYTES
}

/** Forgets all bits. */
export function vp8lStart(state: usize): void {
  memory.fill(state, 0, LENGTHS)
}

/** The window is now [from, end). At least 64 bytes behind its end must be readable; those of the first 64 are zero when it is the last. */
export function vp8lInput(state: usize, from: usize, end: usize, isLast: bool): void {
  store<u32>(state, <u32>from, INPUT)
  store<u32>(state, <u32>end, INPUT_END)
  store<u32>(state, isLast ? 1 : 0, IS_LAST)
}

/** The next `n` ≤ 24 bits; -1 when the window ends before them. */
export function vp8lBits(state: usize, n: u32): i32 {
  const value = take(state, n)
  return isOverrun(state) ? -1 : <i32>value
}

/** Takes `n` ≤ 24 bits; past the end of the window they are zero, and `isOverrun` tells. */
export function take(state: usize, n: u32): u32 {
  let bits = load<u64>(state, BITS)
  let count = load<u32>(state, BIT_COUNT)
  let input = <usize>load<u32>(state, INPUT)
  const end = <usize>load<u32>(state, INPUT_END)
  for (; count < n; count += 8) {
    if (input < end) bits |= (<u64>load<u8>(input)) << count
    input++
  }
  store<u64>(state, bits >> n, BITS)
  store<u32>(state, count - n, BIT_COUNT)
  store<u32>(state, <u32>input, INPUT)
  return (<u32>bits) & ((1 << n) - 1)
}

/** The next 16 bits, which stay. */
export function peek(state: usize): u32 {
  const input = <usize>load<u32>(state, INPUT)
  const left = <isize>load<u32>(state, INPUT_END) - <isize>input
  let bits = load<u64>(state, BITS)
  let count = load<u32>(state, BIT_COUNT)
  for (let i: isize = 0; count < 16; i++, count += 8) if (i < left) bits |= (<u64>load<u8>(input + i)) << count
  return (<u32>bits) & 0xffff
}

export function isOverrun(state: usize): bool {
  return load<u32>(state, INPUT) > load<u32>(state, INPUT_END)
}
