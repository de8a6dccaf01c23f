// Intra prediction of subblocks of 4 × 4: RFC 6386 §12.3. Modes in the order of its §8.1: DC, TM, VE, HE, LD, RD, VR, VL, HD, HU.

/** How many modes there are; those from here on look in a direction. */
export const MODES: usize = 10
export const FIRST_DIRECTED: usize = 2

/** Which bytes of `meansOfThree`, and which of `meansOfTwo`, make each directed mode: 16 u8 each; 255: a byte of the other. */
const takes: usize = memory.data<u8>([
  6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  7, 8, 9, 10, 8, 9, 10, 11, 9, 10, 11, 12, 10, 11, 12, 13,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  5, 6, 7, 8, 4, 5, 6, 7, 3, 4, 5, 6, 2, 3, 4, 5,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 5, 6, 7, 8, 4, 255, 255, 255, 3, 5, 6, 7,
  5, 6, 7, 8, 255, 255, 255, 255, 255, 5, 6, 7, 255, 255, 255, 255,
  255, 255, 255, 255, 7, 8, 9, 10, 255, 255, 255, 11, 8, 9, 10, 12,
  6, 7, 8, 9, 255, 255, 255, 255, 7, 8, 9, 255, 255, 255, 255, 255,
  255, 5, 6, 7, 255, 4, 255, 5, 255, 3, 255, 4, 255, 2, 255, 3,
  4, 255, 255, 255, 3, 255, 4, 255, 2, 255, 3, 255, 1, 255, 2, 255,
  255, 3, 255, 2, 255, 2, 255, 1, 255, 1, 0, 0, 0, 0, 0, 0,
  3, 255, 2, 255, 2, 255, 1, 255, 1, 255, 255, 255, 255, 255, 255, 255,
], 16)

/** Places of `around` by which it is made: from the samples to the left, which stand in the last column of a subblock, and from those above. */
const fromLeft: usize = memory.data<u8>([15, 15, 11, 7, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 15], 16)
const fromAbove: usize = memory.data<u8>([255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 7, 255], 16)
/** Those that count for DC. */
const nearest: usize = memory.data<u8>([0, 255, 255, 255, 255, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0], 16)
/** Four times the samples above, and each sample to the left four times, as i16. */
const above16: usize = memory.data<u8>([6, 255, 7, 255, 8, 255, 9, 255, 6, 255, 7, 255, 8, 255, 9, 255], 16)
const upper16: usize = memory.data<u8>([4, 255, 4, 255, 4, 255, 4, 255, 3, 255, 3, 255, 3, 255, 3, 255], 16)
const lower16: usize = memory.data<u8>([2, 255, 2, 255, 2, 255, 2, 255, 1, 255, 1, 255, 1, 255, 1, 255], 16)
const corner16: usize = memory.data<u8>([5, 255, 5, 255, 5, 255, 5, 255, 5, 255, 5, 255, 5, 255, 5, 255], 16)

/** The last column of the subblock to the left of `at`, where `around` wants it. */
@inline
export function columnBefore(at: usize, stride: usize): v128 {
  let column = v128.load8_lane(at - 1, i64x2.splat(0), 3)
  column = v128.load8_lane(at + stride - 1, column, 7)
  column = v128.load8_lane(at + 2 * stride - 1, column, 11)
  return v128.load8_lane(at + 3 * stride - 1, column, 15)
}

/**
 * Samples around a subblock: from the lowest to the left over the corner to the eighth above; the first and the last stand twice. `left`: the subblock to
 * the left; `above`: eight samples; `corner`: the one between them.
 */
@inline
export function around(left: v128, above: v128, corner: u8): v128 {
  return i8x16.replace_lane(v128.or(i8x16.swizzle(left, v128.load(fromLeft)), i8x16.swizzle(above, v128.load(fromAbove))), 5, corner)
}

@inline
export function predictDc(around: v128): v128 {
  const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v128.and(around, v128.load(nearest))))
  return i8x16.splat(<i8>((i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + 4) >> 3))
}

@inline
export function predictTm(around: v128): v128 {
  const slopes = i16x8.sub(i8x16.swizzle(around, v128.load(above16)), i8x16.swizzle(around, v128.load(corner16)))
  return i8x16.narrow_i16x8_u(
    i16x8.add(slopes, i8x16.swizzle(around, v128.load(upper16))),
    i16x8.add(slopes, i8x16.swizzle(around, v128.load(lower16))),
  )
}

/** Means of each sample and the next. */
@inline
export function meansOfTwo(around: v128): v128 {
  return i8x16.avgr_u(around, after(around))
}

@inline
function after(around: v128): v128 {
  return v128.shuffle<i8>(around, around, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
}

/** (before + 2 × sample + after + 2) >> 2: the outer mean must be rounded down first. */
@inline
export function meansOfThree(around: v128): v128 {
  const next = after(around)
  const before = v128.shuffle<i8>(around, around, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
  const odd = v128.and(v128.xor(before, next), i8x16.splat(1))
  return i8x16.avgr_u(around, i8x16.sub(i8x16.avgr_u(before, next), odd))
}

/** The prediction of a mode from `FIRST_DIRECTED` on. */
@inline
export function predictDirected(mode: usize, two: v128, three: v128): v128 {
  const take = takes + ((mode - FIRST_DIRECTED) << 5)
  return v128.or(i8x16.swizzle(three, v128.load(take)), i8x16.swizzle(two, v128.load(take, 16)))
}
