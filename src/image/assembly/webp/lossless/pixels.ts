// The pixel loop of VP8L (RFC 9649 §3.6): literals, copies and the colour cache. Longer than most files because it must keep its state in locals:
// V8 keeps WASM globals in memory.
import {
  BIT_COUNT,
  BITS,
  CACHE,
  CACHE_SHIFT,
  CACHED,
  GROUPS,
  INPUT,
  INPUT_END,
  IS_LAST,
  POSITION,
  RING,
  RING_MASK,
  TILE_BITS,
  TILES,
  TILES_PER_ROW,
  TOTAL,
  WIDTH,
  X,
  Y,
} from './bits'
import { ALPHA, BLUE, DISTANCE, FIXED, GREEN, GREEN_ALONE, GROUP_SHIFT, KIND, ONE_ALPHA, RED } from './huffman'

const DONE: i32 = 0
const NEED_INPUT: i32 = 1
const CORRUPT: i32 = 2
const TRUNCATED: i32 = 3

/** A pixel loads 8 bytes at most three times, each time going on by at most 7. */
const INPUT_MARGIN: usize = 32
/** RFC 9649 §3.6.2.2: green's symbols from here on are lengths, and behind those, of the colour cache. */
const LENGTH_CODES: u32 = 256
const CACHE_CODES: u32 = 280
/** Distances below stand for pixels near by. */
const NEAR: u32 = 120
const HASH: u32 = 0x1e35a7bd

/** RFC 9649 §3.6.2.2: rows up in the high half, and 8 less the pixels to the left in the low half. */
export const NEAR_PLACES = memory.data<u8>([
  0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a, 0x26, 0x2a, 0x38, 0x05, 0x37, 0x39, 0x15, 0x1b, 0x36, 0x3a, 0x25, 0x2b, 0x48,
  0x04, 0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a, 0x24, 0x2c, 0x58, 0x45, 0x4b, 0x34, 0x3c, 0x03, 0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a,
  0x23, 0x2d, 0x44, 0x4c, 0x55, 0x5b, 0x33, 0x3d, 0x68, 0x02, 0x67, 0x69, 0x12, 0x1e, 0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d, 0x65,
  0x6b, 0x32, 0x3e, 0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f, 0x64, 0x6c, 0x42, 0x4e, 0x76, 0x7a, 0x21, 0x2f, 0x75, 0x7b, 0x31, 0x3f,
  0x63, 0x6d, 0x52, 0x5e, 0x00, 0x74, 0x7c, 0x41, 0x4f, 0x10, 0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d, 0x51, 0x5f, 0x40, 0x72, 0x7e, 0x61, 0x6f,
  0x50, 0x71, 0x7f, 0x60, 0x70,
])

/**
 * Begins an image of `width` times `height` pixels. `ring` has room for `mask` + 1 pixels and 16 bytes more: a power of two, 2^20 or no less than the
 * image has. `cache` has room for 2^`cacheBits` pixels (0: there is none).
 */
export function vp8lImage(state: usize, width: u32, height: u32, ring: usize, mask: u32, groups: usize, cache: usize, cacheBits: u32): void {
  store<u32>(state, <u32>ring, RING)
  store<u32>(state, mask, RING_MASK)
  store<u32>(state, 0, POSITION)
  store<u32>(state, 0, X)
  store<u32>(state, 0, Y)
  store<u32>(state, width, WIDTH)
  store<u32>(state, width * height, TOTAL)
  store<u32>(state, <u32>groups, GROUPS)
  store<u32>(state, 0, TILES)
  store<u32>(state, 0, TILE_BITS)
  store<u32>(state, <u32>cache, CACHE)
  store<u32>(state, cacheBits > 0 ? 32 - cacheBits : 0, CACHE_SHIFT)
  store<u32>(state, 0, CACHED)
  if (cacheBits > 0) memory.fill(cache, 0, 4 << cacheBits)
}

/** The image has more than one group: `tiles` holds the number of each tile's (u16), `1 << bits` pixels in both directions. */
export function vp8lTiles(state: usize, tiles: usize, bits: u32): void {
  store<u32>(state, <u32>tiles, TILES)
  store<u32>(state, bits, TILE_BITS)
  store<u32>(state, (load<u32>(state, WIDTH) + (1 << bits) - 1) >> bits, TILES_PER_ROW)
}

/** The entry for the next bits; its length is the whole code's. */
@inline
function find(table: usize, bits: u64): u32 {
  const entry = <u32>load<u16>(table + ((<usize>bits & 255) << 1))
  if ((entry & 15) <= 8) return entry
  return <u32>load<u16>(table + ((<usize>(entry >> 4) + (<usize>(bits >> 8) & ((1 << ((entry & 15) - 8)) - 1))) << 1))
}

/** Extra bits of a length or distance, and what they are added to (RFC 9649 §3.6.2.2). */
@inline
function extraBits(symbol: u32): u32 {
  return symbol < 4 ? 0 : (symbol - 2) >> 1
}

@inline
function baseOf(symbol: u32, extra: u32): u32 {
  return symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << extra) + 1
}

/**
 * Decodes until pixel `stop`, the end of a row, or a little further: a copy is made whole. The ring must have room for what the driver has not taken yet:
 * so `stop` is at most 2^19 pixels behind.
 * @returns 0 done, 1 more input wanted, 2 damaged, 3 the window ended too early.
 */
export function vp8lPixels(state: usize, stop: u32): i32 {
  const ring = <usize>load<u32>(state, RING)
  const mask = load<u32>(state, RING_MASK)
  const width = load<u32>(state, WIDTH)
  const total = load<u32>(state, TOTAL)
  const groups = <usize>load<u32>(state, GROUPS)
  const tiles = <usize>load<u32>(state, TILES)
  const tileBits = load<u32>(state, TILE_BITS)
  const tilesPerRow = load<u32>(state, TILES_PER_ROW)
  const tileMask: u32 = tiles == 0 ? 0 : (1 << tileBits) - 1
  const inputEnd = <usize>load<u32>(state, INPUT_END)
  const isLast = load<u32>(state, IS_LAST) != 0
  const safe = <isize>inputEnd - <isize>INPUT_MARGIN
  let from = <usize>load<u32>(state, INPUT)
  let bb = load<u64>(state, BITS)
  let n = <u64>load<u32>(state, BIT_COUNT)
  let p = load<u32>(state, POSITION)
  let x = load<u32>(state, X)
  let y = load<u32>(state, Y)
  let status = DONE
  while (p < stop) {
    // The rest of this row or tile, up to the end of the ring.
    let run = min(width - x, mask + 1 - (p & mask))
    let group = groups
    if (tiles != 0) {
      run = min(run, tileMask + 1 - (x & tileMask))
      group += (<usize>load<u16>(tiles + ((<usize>((y >> tileBits) * tilesPerRow + (x >> tileBits))) << 1))) << GROUP_SHIFT
    }
    const green = <usize>load<u32>(group, GREEN)
    const red = <usize>load<u32>(group, RED)
    const blue = <usize>load<u32>(group, BLUE)
    const fixed = load<u32>(group, FIXED)
    const kind = load<u32>(group, KIND)
    const start = ring + ((<usize>(p & mask)) << 2)
    const end = start + ((<usize>run) << 2)
    let at = start
    let code: u32 = 0
    while (at < end) {
      if (<isize>from > safe) {
        if (!isLast) {
          status = NEED_INPUT
          break
        }
        if (from - <usize>(n >> 3) > inputEnd) {
          status = TRUNCATED
          break
        }
      }
      bb |= load<u64>(from) << n
      from += <usize>((63 - n) >> 3)
      n |= 56
      let entry = find(green, bb)
      bb >>= <u64>(entry & 15)
      n -= <u64>(entry & 15)
      code = entry >> 4
      if (code >= LENGTH_CODES) break
      let pixel = fixed | (code << 8)
      if (kind != GREEN_ALONE) {
        entry = find(red, bb)
        bb >>= <u64>(entry & 15)
        n -= <u64>(entry & 15)
        pixel |= (entry >> 4) << 16
        entry = find(blue, bb)
        bb >>= <u64>(entry & 15)
        n -= <u64>(entry & 15)
        pixel |= entry >> 4
        if (kind != ONE_ALPHA) {
          // The four codes may have 60 bits.
          bb |= load<u64>(from) << n
          from += <usize>((63 - n) >> 3)
          n |= 56
          entry = find(<usize>load<u32>(group, ALPHA), bb)
          bb >>= <u64>(entry & 15)
          n -= <u64>(entry & 15)
          pixel |= (entry >> 4) << 24
        }
      }
      store<u32>(at, pixel)
      at += 4
    }
    const literals = <u32>((at - start) >> 2)
    p += literals
    x += literals
    if (status != DONE) break
    if (at < end) {
      if (code >= CACHE_CODES) {
        const cache = <usize>load<u32>(state, CACHE)
        fillCache(state, p)
        store<u32>(at, load<u32>(cache + ((<usize>(code - CACHE_CODES)) << 2)))
        p++
        x++
      } else {
        let symbol = code - LENGTH_CODES
        let extra = extraBits(symbol)
        const length = baseOf(symbol, extra) + (<u32>bb & ((1 << extra) - 1))
        bb >>= <u64>extra
        n -= <u64>extra
        bb |= load<u64>(from) << n
        from += <usize>((63 - n) >> 3)
        n |= 56
        const entry = find(<usize>load<u32>(group, DISTANCE), bb)
        bb >>= <u64>(entry & 15)
        n -= <u64>(entry & 15)
        symbol = entry >> 4
        extra = extraBits(symbol)
        let distance = baseOf(symbol, extra) + (<u32>bb & ((1 << extra) - 1))
        bb >>= <u64>extra
        n -= <u64>extra
        if (distance > NEAR) distance -= NEAR
        else {
          const place = <u32>load<u8>(NEAR_PLACES + <usize>(distance - 1))
          distance = <u32>max<i32>(1, <i32>((place >> 4) * width) + 8 - <i32>(place & 15))
        }
        if (distance > p || length > total - p) {
          status = CORRUPT
          break
        }
        copy(ring, mask, p, distance, length)
        p += length
        x += length
      }
    }
    if (x >= width) {
      y += x / width
      x %= width
    }
  }
  if (load<u32>(state, CACHE_SHIFT) != 0) fillCache(state, p)
  // Give whole unused bytes back, so that between calls only the bits of one begun byte are kept.
  from -= <usize>(n >> 3)
  n &= 7
  if (from > inputEnd) status = TRUNCATED
  store<u32>(state, <u32>from, INPUT)
  store<u64>(state, bb & ((1 << n) - 1), BITS)
  store<u32>(state, <u32>n, BIT_COUNT)
  store<u32>(state, p, POSITION)
  store<u32>(state, x, X)
  store<u32>(state, y, Y)
  return status
}

/** Puts the pixels before `end` into the colour cache that it has not taken yet (RFC 9649 §3.6.2.3). */
function fillCache(state: usize, end: u32): void {
  const cache = <usize>load<u32>(state, CACHE)
  const shift = load<u32>(state, CACHE_SHIFT)
  const ring = <usize>load<u32>(state, RING)
  const mask = load<u32>(state, RING_MASK)
  for (let p = load<u32>(state, CACHED); p < end; p++) {
    const pixel = load<u32>(ring + ((<usize>(p & mask)) << 2))
    store<u32>(cache + ((<usize>((pixel * HASH) >> shift)) << 2), pixel)
  }
  store<u32>(state, end, CACHED)
}

/** Copies `length` pixels from `distance` before pixel `p`, which may overlap: then they repeat. */
function copy(ring: usize, mask: u32, p: u32, distance: u32, length: u32): void {
  const to = p & mask
  const from = (p - distance) & mask
  if (max(to, from) + length > mask + 1 || distance < 4) {
    for (let i: u32 = 0; i < length; i++) {
      store<u32>(ring + ((<usize>((to + i) & mask)) << 2), load<u32>(ring + ((<usize>((from + i) & mask)) << 2)))
    }
    return
  }
  // Up to three pixels too many: they overwrite what comes next, or what lies farther back than any distance.
  let source = ring + ((<usize>from) << 2)
  let target = ring + ((<usize>to) << 2)
  for (const end = target + ((<usize>length) << 2); target < end; target += 16, source += 16) v128.store(target, v128.load(source))
}

/** Copies row `y` out of the ring. */
export function vp8lTakeRow(state: usize, y: u32, to: usize): void {
  const ring = <usize>load<u32>(state, RING)
  const size = load<u32>(state, RING_MASK) + 1
  const width = load<u32>(state, WIDTH)
  const from = (y * width) & (size - 1)
  const first = min(width, size - from)
  memory.copy(to, ring + ((<usize>from) << 2), (<usize>first) << 2)
  memory.copy(to + ((<usize>first) << 2), ring, (<usize>(width - first)) << 2)
}
