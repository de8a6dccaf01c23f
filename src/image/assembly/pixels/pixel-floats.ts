// One RGBA pixel as four floats, 0 to 255, and back. Not exported from the core: vectors cannot cross its border.

export function pixelFloats(pixel: u32): v128 {
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(i32x4.splat(pixel))))
}

/**
 * A premultiplied pixel, straight and to the nearest; what rounds to transparent becomes transparent black. An alpha
 * that misses 255 by the rounding of a sum is opaque.
 */
export function straightPixel(premultiplied: v128): u32 {
  const alpha = f32x4.extract_lane(premultiplied, 3)
  if (alpha < 0.5) return 0
  if (alpha >= 254.99) return packed(premultiplied)
  const straight = f32x4.mul(premultiplied, f32x4.splat(255 / alpha))
  return packed(f32x4.replace_lane(straight, 3, alpha))
}

/** Four floats to a pixel: clamped to 0–255, to the nearest. */
export function packed(floats: v128): u32 {
  const words = nearestBytes(floats)
  const halves = i16x8.narrow_i32x4_u(words, words)
  return i32x4.extract_lane(i8x16.narrow_i16x8_u(halves, halves), 0)
}

/**
 * Clamped to 0–255 and rounded to the nearest, ties to even, in 32-bit lanes; NaN becomes 0. Adding 2^23 leaves the whole number in the low
 * bits: one instruction, where the saturating conversion takes a dozen on x86; `pmin` and `pmax` are one each, too.
 */
export function nearestBytes(floats: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(f32x4.splat(0), floats), f32x4.splat(255))
  return v128.and(f32x4.add(clamped, f32x4.splat(8388608)), i32x4.splat(255))
}
