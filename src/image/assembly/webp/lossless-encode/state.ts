// What the encoder of VP8L (RFC 9649 §3) shares between its functions: the record that the driver fills. Pixels are words of A, R, G, B from the
// highest byte. A pixel's position is its index in the coded image; a block is a piece of it that is coded at once.

/** Pixels in a row of the coded image. */
export const WIDTH: usize = 0
/** Where position 0 is, or would be: modulo 2^32, for the window slides. */
export const ORIGIN: usize = 4
/** The last position of each hash, plus one (u32, `HASH_BITS`). */
export const HEADS: usize = 8
/** For each position of the window, modulo its length: the one before with the same hash, plus one (u32). */
export const CHAINS: usize = 12
/** The window's length less one; the length is a power of two. */
export const WINDOW_MASK: usize = 16
/** How many earlier places are tried for a match. */
export const CHAIN: usize = 20
/** Of the block's pixels: the longest match near by (u16) and which place it has (u8); one farther away that is longer (u16), and its distance (u32). */
export const NEAR_LENGTHS: usize = 24
export const NEAR_KINDS: usize = 28
export const FAR_LENGTHS: usize = 32
export const FAR_DISTANCES: usize = 36
/** Of the block's pixels: where the colour cache has it, plus one (u16), or 0. */
export const CACHED: usize = 40
export const CACHE: usize = 44
/** Bits of the cache's index; 0: there is none. */
export const CACHE_BITS: usize = 48
/** What it costs to come to a pixel of the block (u32, one more than pixels), and the last step to it: its length (u16) and distance code (u32). */
export const COSTS: usize = 52
export const STEP_LENGTHS: usize = 56
export const STEP_CODES: usize = 60
/** What symbols cost, in 1/256 bit, and how often they were used: u32 each, at the places below. */
export const MODEL: usize = 64
export const COUNTS: usize = 68
/** What lengths cost: u32, from 0 to 4,096. */
export const LENGTH_COSTS: usize = 72
/** Bits that were written and do not fill a byte. */
export const BIT_COUNT: usize = 76
export const BITS: usize = 80

/** Places of the symbols: green with lengths and cache, red, blue, alpha, distances. */
export const GREEN: usize = 0
export const RED: usize = 280 + 2048
export const BLUE: usize = RED + 256
export const ALPHA: usize = BLUE + 256
export const DISTANCE: usize = ALPHA + 256
/** First symbols of lengths and of the cache, in the green alphabet. */
export const LENGTHS: usize = 256
export const CACHE_SYMBOLS: usize = 280

export const HASH_BITS: u32 = 16
/** The longest copy (RFC 9649 §3.6.2.2). */
export const LONGEST: u32 = 4096

export const record: usize = memory.data(96, 16)

export function vp8leRecord(): usize {
  return record
}

@inline
export function field(at: usize): usize {
  return <usize>load<u32>(record + at)
}

/** The symbol of a length or distance code (RFC 9649 §3.6.2.2). */
@inline
export function prefixOf(value: u32): u32 {
  if (value <= 2) return value - 1
  const v = value - 1
  const top = 31 - clz(v)
  return (top << 1) + ((v >> (top - 1)) & 1)
}

@inline
export function extraBitsOf(prefix: u32): u32 {
  return prefix < 4 ? 0 : (prefix - 2) >> 1
}
