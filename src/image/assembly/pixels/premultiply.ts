// Straight alpha to premultiplied and back, in bytes and in floats (one f32x4 a pixel: red, green, blue, alpha, each 0 to 255).
import { nearestBytes, packed, straightPixel } from './pixel-floats'

/** round(x / 255) for x up to 65,025, in 16-bit lanes. */
function divide255(x: v128): v128 {
  const t = i16x8.add(x, i16x8.splat(128))
  return i16x8.shr_u(i16x8.add(t, i16x8.shr_u(t, 8)), 8)
}

/** The alphas of two pixels beside each of their channels; 255 in the alphas' own lanes, so that multiplying keeps them. */
function alphas(pixels: v128): v128 {
  const a = i8x16.shuffle(pixels, i8x16.splat(0), 6, 16, 6, 16, 6, 16, 16, 16, 14, 16, 14, 16, 14, 16, 16, 16)
  return v128.or(a, i16x8(0, 0, 0, 255, 0, 0, 0, 255))
}

function premultiply2(wide: v128): v128 {
  return divide255(i16x8.mul(wide, alphas(wide)))
}

/** In place, c = round(c · a / 255). Reads and writes whole 16 bytes. */
export function premultiplyPixels(at: usize, bytes: usize): void {
  for (let p = at, end = at + bytes; p < end; p += 16) {
    const v = v128.load(p)
    v128.store(p, i8x16.narrow_i16x8_u(premultiply2(i16x8.extend_low_i8x16_u(v)), premultiply2(i16x8.extend_high_i8x16_u(v))))
  }
}

/** In place, c = min(255, round(c · 255 / a)); transparent pixels become transparent black. */
export function unpremultiplyPixels(at: usize, bytes: usize): void {
  const full = f32x4.splat(255)
  for (let p = at, end = at + bytes; p < end; p += 4) {
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(p)))
    const alpha = i32x4.extract_lane(wide, 3)
    if (alpha == 255) continue
    const floats = f32x4.convert_i32x4_u(wide)
    const straight = f32x4.floor(f32x4.add(f32x4.div(f32x4.mul(floats, full), f32x4.splat(<f32>alpha)), f32x4.splat(0.5))) // halves up
    store<u32>(p, alpha == 0 ? 0 : packed(f32x4.replace_lane(straight, 3, <f32>alpha)))
  }
}

/** In place, onto an opaque `background` (r | g << 8 | b << 16): c = round((c · a + background · (255 − a)) / 255). Whole 16 bytes. */
export function flattenPixels(at: usize, bytes: usize, background: u32): void {
  const back = i16x8.extend_low_i8x16_u(i32x4.splat(background | 0xff000000))
  const full = i16x8.splat(255)
  const opaque = i32x4.splat(0xff000000)
  for (let p = at, end = at + bytes; p < end; p += 16) {
    const v = v128.load(p)
    const low = i16x8.extend_low_i8x16_u(v)
    const high = i16x8.extend_high_i8x16_u(v)
    const lowAlpha = alphas(low)
    const highAlpha = alphas(high)
    const lowSum = i16x8.add(i16x8.mul(low, lowAlpha), i16x8.mul(back, i16x8.sub(full, lowAlpha)))
    const highSum = i16x8.add(i16x8.mul(high, highAlpha), i16x8.mul(back, i16x8.sub(full, highAlpha)))
    v128.store(p, v128.or(i8x16.narrow_i16x8_u(divide255(lowSum), divide255(highSum)), opaque))
  }
}

/** Straight bytes to premultiplied floats; whole groups of four pixels. */
export function toPremultipliedFloats(from: usize, to: usize, pixels: usize): void {
  const opaque = i32x4.splat(0xff000000)
  for (let p = from, o = to, end = from + (pixels << 2); p < end; p += 16, o += 64) {
    const v = v128.load(p)
    const low = i16x8.extend_low_i8x16_u(v)
    const high = i16x8.extend_high_i8x16_u(v)
    const f0 = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low))
    const f1 = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low))
    const f2 = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high))
    const f3 = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high))
    const isOpaque = i32x4.all_true(i32x4.ge_u(v, opaque))
    v128.store(o, isOpaque ? f0 : premultiplied(f0))
    v128.store(o, isOpaque ? f1 : premultiplied(f1), 16)
    v128.store(o, isOpaque ? f2 : premultiplied(f2), 32)
    v128.store(o, isOpaque ? f3 : premultiplied(f3), 48)
  }
}

function premultiplied(floats: v128): v128 {
  const alpha = f32x4.replace_lane(f32x4.splat(f32x4.extract_lane(floats, 3)), 3, 255)
  return f32x4.div(f32x4.mul(floats, alpha), f32x4.splat(255))
}

/**
 * Premultiplied floats to straight bytes, to the nearest; what rounds to transparent becomes transparent black. Whole groups of four pixels.
 * An alpha that misses 255 by the rounding of a sum is opaque.
 */
export function fromPremultipliedFloats(from: usize, to: usize, pixels: usize): void {
  for (let p = from, o = to, end = to + (pixels << 2); o < end; p += 64, o += 16) {
    const f0 = v128.load(p)
    const f1 = v128.load(p, 16)
    const f2 = v128.load(p, 32)
    const f3 = v128.load(p, 48)
    const least = f32x4.extract_lane(f32x4.pmin(f32x4.pmin(f0, f1), f32x4.pmin(f2, f3)), 3)
    if (least >= 254.99) {
      const low = i16x8.narrow_i32x4_u(nearestBytes(f0), nearestBytes(f1))
      const high = i16x8.narrow_i32x4_u(nearestBytes(f2), nearestBytes(f3))
      v128.store(o, i8x16.narrow_i16x8_u(low, high))
    } else {
      store<u32>(o, straightPixel(f0))
      store<u32>(o, straightPixel(f1), 4)
      store<u32>(o, straightPixel(f2), 8)
      store<u32>(o, straightPixel(f3), 12)
    }
  }
}
