// The nearest colour of the palette, exactly: by the sum of squares, alpha's difference twice; full opacity is farther from
// the rest than any colour is from another, so what is opaque stays opaque. Colours are compared by four; for each region of colours it
// is known which groups of four may have the nearest, found when the first pixel falls in it.
import { COLOURS, GROUP_BYTES, GROUPS, REGION_BITS, REGIONS } from './state'

/** Bits of red, green and blue in a region's number; the other bits are alpha's class. */
const SIDE_BITS: u32 = 4
const WIDTH: i32 = 16
/** Alphas of a class; the last class is full opacity alone. */
const CLASS: i32 = 85

/** What full opacity is beyond twice its alpha. */
const GAP: i16 = 510

/** Four i32 as pairs of i16: red with green, and blue with twice alpha, in the first two i32. */
@inline
export function weighed(colour: v128): v128 {
  const halves = i16x8.narrow_i32x4_s(colour, colour)
  const isOpaque = i16x8.eq(halves, i16x8(-1, -1, -1, 255, -1, -1, -1, 255))
  return i16x8.add(i16x8.mul(halves, i16x8(1, 1, 1, 2, 1, 1, 1, 2)), v128.and(isOpaque, i16x8.splat(GAP)))
}

export function forgetRegions(state: usize): void {
  memory.fill(state + REGIONS, 0, 8 << REGION_BITS)
}

@inline
function smallest(x: v128): u32 {
  const halves = i32x4.min_s(x, i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))
  return <u32>min(i32x4.extract_lane(halves, 0), i32x4.extract_lane(halves, 1))
}

@inline
function pairSquares(x: v128, y: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(x, x), i32x4.dot_i16x8_s(y, y))
}

/** The groups of which a colour may be the nearest of the region between two corners: nearer at best than the nearest is at worst. */
function groupsOf(state: usize, low: v128, high: v128): u64 {
  const lowPairs = weighed(low)
  const highPairs = weighed(high)
  const lowFirst = i32x4.splat(i32x4.extract_lane(lowPairs, 0))
  const lowSecond = i32x4.splat(i32x4.extract_lane(lowPairs, 1))
  const highFirst = i32x4.splat(i32x4.extract_lane(highPairs, 0))
  const highSecond = i32x4.splat(i32x4.extract_lane(highPairs, 1))
  const groups = (load<u32>(state, COLOURS) + 3) >> 2
  let worst = i32x4.splat(0x7fffffff)
  for (let i: u32 = 0; i < groups; i++) {
    const first = v128.load(state + GROUPS + GROUP_BYTES * i)
    const second = v128.load(state + GROUPS + GROUP_BYTES * i, 16)
    const x = i16x8.max_s(i16x8.abs(i16x8.sub(first, lowFirst)), i16x8.abs(i16x8.sub(first, highFirst)))
    const y = i16x8.max_s(i16x8.abs(i16x8.sub(second, lowSecond)), i16x8.abs(i16x8.sub(second, highSecond)))
    worst = i32x4.min_s(worst, pairSquares(x, y))
  }
  const most = i32x4.splat(smallest(worst))
  let found: u64 = 0
  for (let i: u32 = 0; i < groups; i++) {
    const first = v128.load(state + GROUPS + GROUP_BYTES * i)
    const second = v128.load(state + GROUPS + GROUP_BYTES * i, 16)
    const x = i16x8.max_s(i16x8.max_s(i16x8.sub(lowFirst, first), i16x8.sub(first, highFirst)), i16x8.splat(0))
    const y = i16x8.max_s(i16x8.max_s(i16x8.sub(lowSecond, second), i16x8.sub(second, highSecond)), i16x8.splat(0))
    if (v128.any_true(i32x4.le_s(pairSquares(x, y), most))) found |= (<u64>1) << i
  }
  return found
}

function findGroups(state: usize, red: i32, green: i32, blue: i32, alpha: i32, kind: i32): u64 {
  const low = i32x4(red & -WIDTH, green & -WIDTH, blue & -WIDTH, kind * CLASS)
  const high = i32x4.add(low, i32x4(WIDTH - 1, WIDTH - 1, WIDTH - 1, alpha == 255 ? 0 : CLASS - 1))
  return groupsOf(state, low, high)
}

/** Of a pixel of four i32 from 0 to 255: the square of its distance to the nearest colour, times 256, and the colour's index. The first of equals. */
export function distanceAndIndex(state: usize, pixel: v128): u32 {
  const red = i32x4.extract_lane(pixel, 0)
  const green = i32x4.extract_lane(pixel, 1)
  const blue = i32x4.extract_lane(pixel, 2)
  const alpha = i32x4.extract_lane(pixel, 3)
  const kind = alpha / CLASS
  const region = (((((kind << SIDE_BITS) | (red >> 4)) << SIDE_BITS) | (green >> 4)) << SIDE_BITS) | (blue >> 4)
  const known = state + REGIONS + ((<usize>region) << 3)
  let groups = load<u64>(known)
  if (groups == 0) {
    groups = findGroups(state, red, green, blue, alpha, kind)
    store<u64>(known, groups)
  }
  const pairs = weighed(pixel)
  const ownFirst = i32x4.splat(i32x4.extract_lane(pairs, 0))
  const ownSecond = i32x4.splat(i32x4.extract_lane(pairs, 1))
  let best = i32x4.splat(0x7fffffff)
  while (groups != 0) {
    const i = <u32>ctz(groups)
    groups &= groups - 1
    const group = state + GROUPS + GROUP_BYTES * i
    const squares = pairSquares(i16x8.sub(v128.load(group), ownFirst), i16x8.sub(v128.load(group, 16), ownSecond))
    const indices = i32x4.add(i32x4.splat(<i32>(i << 2)), i32x4(0, 1, 2, 3))
    best = i32x4.min_s(best, v128.or(i32x4.shl(squares, 8), indices))
  }
  return smallest(best)
}
