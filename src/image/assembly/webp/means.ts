// Sums and means of the samples around a macroblock, by which DC predicts (RFC 6386 §12.2).

/** Of all sixteen. */
@inline
export function sumOf(samples: v128): i32 {
  const pairs = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(samples))
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1) + i32x4.extract_lane(pairs, 2) + i32x4.extract_lane(pairs, 3)
}

/** The mean of `1 << shift` samples above and as many to the left, where they are in the frame. */
export function meanOf(aboveSum: i32, leftSum: i32, hasAbove: bool, hasLeft: bool, shift: i32): i32 {
  if (hasAbove && hasLeft) return (aboveSum + leftSum + (1 << shift)) >> (shift + 1)
  if (hasAbove) return (aboveSum + (1 << (shift - 1))) >> shift
  if (hasLeft) return (leftSum + (1 << (shift - 1))) >> shift
  return 128
}
