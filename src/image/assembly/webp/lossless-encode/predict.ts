// The predictor transform (RFC 9649 §4.1). A block of rows lies without gaps behind the row above it, so that "the leftmost pixel on the same row" is right above
// a row's last pixel as TR. L, T, TL and TR are the pixels left, above, left above and right above, as in the specification.

const MODES: u32 = 14
const BLACK: i32 = 0xff000000
/** What it costs to change the mode from tile to tile, in 1/256 bit. */
const CHANGE: u32 = 4 << 8
/** Residuals of a tile's row: tiles have at most 512 pixels a side. */
const residuals: usize = memory.data(512 * 4 + 16, 16)

/**
 * Chooses a mode for each tile of `1 << bits` pixels of the block at `block` by what its residuals cost: `prices` has 4 × 256 u16, blue first, in 1/256 bit.
 * Writes modes, a byte for each tile, row by row. `isFirst`: there is no row above.
 */
export function vp8leChooseModes(block: usize, width: u32, rows: u32, bits: u32, isFirst: bool, prices: usize, modes: usize): void {
  const size: u32 = 1 << bits
  let last: u32 = 11
  for (let y: u32 = 0; y < rows; y += size) {
    const from = isFirst && y == 0 ? 1 : y
    for (let x: u32 = 0; x < width; x += size) {
      last = cheapestMode(block, width, x, min(width, x + size), from, min(rows, y + size), prices, last)
      store<u8>(modes++, <u8>last)
    }
  }
}

function cheapestMode(block: usize, width: u32, x: u32, right: u32, y: u32, bottom: u32, prices: usize, last: u32): u32 {
  let best = last
  let least = tileCost(last, block, width, x, right, y, bottom, prices, 0xffffffff)
  for (let mode: u32 = 0; mode < MODES; mode++) {
    if (mode == last || least < CHANGE) continue
    const cost = tileCost(mode, block, width, x, right, y, bottom, prices, least - CHANGE)
    if (cost >= least - CHANGE) continue
    least = cost + CHANGE
    best = mode
  }
  return best
}

/** What a tile's residuals cost; more than `limit` when it is more. The first column is as it would be with pixels to its left. */
function tileCost(mode: u32, block: usize, width: u32, x: u32, right: u32, y: u32, bottom: u32, prices: usize, limit: u32): u32 {
  const stride = (<usize>width) << 2
  let sum: u32 = 0
  const end = residuals + ((<usize>(right - x)) << 2)
  for (; y < bottom && sum < limit; y++) {
    const at = block + y * stride + ((<usize>x) << 2)
    subtract(mode, at, at - stride, residuals, end)
    for (let from = residuals; from < end; from += 4) {
      sum +=
        <u32>load<u16>(prices + ((<usize>load<u8>(from)) << 1)) +
        <u32>load<u16>(prices + ((<usize>load<u8>(from, 1)) << 1), 512) +
        <u32>load<u16>(prices + ((<usize>load<u8>(from, 2)) << 1), 1024) +
        <u32>load<u16>(prices + ((<usize>load<u8>(from, 3)) << 1), 1536)
    }
  }
  return sum
}

/** Writes what is left of the block when each pixel's prediction is subtracted to `to`, and up to 12 bytes more. */
export function vp8leResiduals(block: usize, width: u32, rows: u32, bits: u32, isFirst: bool, modes: usize, to: usize): void {
  const stride = (<usize>width) << 2
  const across = (width + (1 << bits) - 1) >> bits
  for (let y: u32 = 0; y < rows; y++) {
    const row = block + y * stride
    if (isFirst && y == 0) {
      subtract(1, row, row, to, to + stride)
      store<u32>(to, subtractPixel(load<u32>(row), <u32>BLACK))
    } else {
      const rowModes = modes + (y >> bits) * across
      for (let x: u32 = 0; x < width; x += 1 << bits) {
        const at = (<usize>x) << 2
        const end = min(stride, at + (4 << bits))
        subtract(load<u8>(rowModes + (x >> bits)), row + at, row + at - stride, to + at, to + end)
      }
      store<u32>(to, subtractPixel(load<u32>(row), load<u32>(row - stride)))
    }
    to += stride
  }
}

function subtractPixel(a: u32, b: u32): u32 {
  return ((0x00ff00ff + (a & 0xff00ff00) - (b & 0xff00ff00)) & 0xff00ff00) | ((0xff00ff00 + (a & 0x00ff00ff) - (b & 0x00ff00ff)) & 0x00ff00ff)
}

function subtract(mode: u32, from: usize, above: usize, to: usize, end: usize): void {
  for (; to < end; to += 16, from += 16, above += 16) {
    v128.store(to, i8x16.sub(v128.load(from), predicted(mode, v128.load(from - 4), v128.load(above), v128.load(above - 4), v128.load(above + 4))))
  }
}

function predicted(mode: u32, l: v128, t: v128, tl: v128, tr: v128): v128 {
  switch (mode) {
    case 1:
      return l
    case 2:
      return t
    case 3:
      return tr
    case 4:
      return tl
    case 5:
      return average(average(l, tr), t)
    case 6:
      return average(l, tl)
    case 7:
      return average(l, t)
    case 8:
      return average(tl, t)
    case 9:
      return average(t, tr)
    case 10:
      return average(average(l, tl), average(t, tr))
    case 11:
      return select(l, t, tl)
    case 12:
      return full(l, t, tl)
    case 13:
      return half(average(l, t), tl)
    default:
      return i32x4.splat(BLACK)
  }
}

/** ⌊(a + b) / 2⌋ is the rounding average less its rounding. */
@inline
function average(a: v128, b: v128): v128 {
  return i8x16.sub(i8x16.avgr_u(a, b), v128.and(v128.xor(a, b), i8x16.splat(1)))
}

/** The sum of each pixel's channels of |a − b|. */
@inline
function distance(a: v128, b: v128): v128 {
  const difference = v128.or(i8x16.sub_sat_u(a, b), i8x16.sub_sat_u(b, a))
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(difference))
}

/** L or T, whichever is nearer to L + T − TL: their distances are |T − TL| and |L − TL|. */
@inline
function select(l: v128, t: v128, tl: v128): v128 {
  return v128.bitselect(l, t, i32x4.lt_s(distance(t, tl), distance(l, tl)))
}

/** L + T − TL, kept within a byte. */
@inline
function full(l: v128, t: v128, tl: v128): v128 {
  const low = i16x8.sub(i16x8.add(i16x8.extend_low_i8x16_u(l), i16x8.extend_low_i8x16_u(t)), i16x8.extend_low_i8x16_u(tl))
  const high = i16x8.sub(i16x8.add(i16x8.extend_high_i8x16_u(l), i16x8.extend_high_i8x16_u(t)), i16x8.extend_high_i8x16_u(tl))
  return i8x16.narrow_i16x8_u(low, high)
}

/** The average of L and T, and half of what it is more than TL, rounded towards zero; kept within a byte. */
@inline
function half(middle: v128, tl: v128): v128 {
  const low = halfOf(i16x8.extend_low_i8x16_u(middle), i16x8.extend_low_i8x16_u(tl))
  return i8x16.narrow_i16x8_u(low, halfOf(i16x8.extend_high_i8x16_u(middle), i16x8.extend_high_i8x16_u(tl)))
}

@inline
function halfOf(middle: v128, tl: v128): v128 {
  const more = i16x8.sub(middle, tl)
  return i16x8.add(middle, i16x8.shr_s(i16x8.sub(more, i16x8.shr_s(more, 15)), 1))
}
