// One RGBA pixel as four floats, 0 to 255, and back. Not exported from the core: vectors cannot cross its border.

export function pixelFloats(pixel: u32): v128 {
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(i32x4.splat(pixel))))
}

/** A premultiplied pixel, straight and to the nearest; what rounds to transparent becomes transparent black. */
export function straightPixel(premultiplied: v128): u32 {
  const alpha = f32x4.extract_lane(premultiplied, 3)
  if (alpha < 0.5) return 0
  if (alpha >= 255) return packed(premultiplied)
  const straight = f32x4.mul(premultiplied, f32x4.splat(255 / alpha))
  return packed(f32x4.replace_lane(straight, 3, alpha))
}

/** Four floats to a pixel: clamped to 0–255, to the nearest. */
export function packed(floats: v128): u32 {
  const clamped = f32x4.max(f32x4.splat(0), f32x4.min(floats, f32x4.splat(255)))
  const words = i32x4.trunc_sat_f32x4_u(f32x4.add(clamped, f32x4.splat(0.5)))
  const halves = i16x8.narrow_i32x4_u(words, words)
  return i32x4.extract_lane(i8x16.narrow_i16x8_u(halves, halves), 0)
}
