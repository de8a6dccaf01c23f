// Compositing of straight-alpha rows, four pixels at once. Source: W3C Compositing and Blending Level 1; the numbers of operators and modes
// are the driver's (src/image/engine/pixels/composite.ts).
import { nearestBytes } from './pixel-floats'

const ONE: f32 = 1

/** The blend function B(cb, cs) of mode `mode`, §10.1; everything in 0–1. */
function blend(mode: u32, back: v128, source: v128): v128 {
  const one = f32x4.splat(ONE)
  switch (mode) {
    case 1:
      return f32x4.mul(back, source)
    case 2:
      return screen(back, source)
    case 3:
      return hardLight(source, back) // overlay is hard-light with the layers exchanged
    case 4:
      return f32x4.pmin(back, source)
    case 5:
      return f32x4.pmax(back, source)
    case 6:
      return dodge(back, source)
    case 7:
      return f32x4.sub(one, dodge(f32x4.sub(one, back), f32x4.sub(one, source))) // burn is dodge of the negatives
    case 8:
      return hardLight(back, source)
    case 9:
      return softLight(back, source)
    case 10:
      return f32x4.abs(f32x4.sub(back, source))
    case 11:
      return f32x4.sub(f32x4.add(back, source), f32x4.mul(f32x4.splat(2), f32x4.mul(back, source)))
    default:
      return source
  }
}

function screen(back: v128, source: v128): v128 {
  return f32x4.sub(f32x4.add(back, source), f32x4.mul(back, source))
}

function hardLight(back: v128, source: v128): v128 {
  const doubled = f32x4.add(source, source)
  const dark = f32x4.mul(back, doubled)
  const light = screen(back, f32x4.sub(doubled, f32x4.splat(ONE)))
  return v128.bitselect(dark, light, f32x4.le(source, f32x4.splat(0.5)))
}

/** 0 where the backdrop is 0; else 1 where the source is 1; else min(1, cb / (1 − cs)). */
function dodge(back: v128, source: v128): v128 {
  const one = f32x4.splat(ONE)
  const zero = f32x4.splat(0)
  const quotient = f32x4.pmin(one, f32x4.div(back, f32x4.sub(one, source)))
  const bright = v128.bitselect(one, quotient, f32x4.ge(source, one))
  return v128.andnot(bright, f32x4.eq(back, zero))
}

function softLight(back: v128, source: v128): v128 {
  const one = f32x4.splat(ONE)
  const tilt = f32x4.sub(f32x4.add(source, source), one)
  const dark = f32x4.add(back, f32x4.mul(tilt, f32x4.mul(back, f32x4.sub(one, back))))
  const polynomial = f32x4.mul(
    f32x4.add(f32x4.mul(f32x4.sub(f32x4.mul(f32x4.splat(16), back), f32x4.splat(12)), back), f32x4.splat(4)),
    back,
  )
  const root = v128.bitselect(polynomial, f32x4.sqrt(back), f32x4.le(back, f32x4.splat(0.25)))
  const light = f32x4.add(back, f32x4.mul(tilt, f32x4.sub(root, back)))
  return v128.bitselect(dark, light, f32x4.le(source, f32x4.splat(0.5)))
}

/** Channel `shift` / 8 of four pixels, in 0–1. */
function channel(pixels: v128, shift: i32): v128 {
  return f32x4.div(f32x4.convert_i32x4_u(v128.and(i32x4.shr_u(pixels, shift), i32x4.splat(255))), f32x4.splat(255))
}

/** 0–1 to bytes in place, clamped, to the nearest. */
function bytes(values: v128, shift: i32): v128 {
  return i32x4.shl(nearestBytes(f32x4.mul(values, f32x4.splat(255))), shift)
}

/** Fraction of a layer that stays, §9.1: a constant plus a multiple of the other layer's alpha. */
function fraction(constant: f32, slope: f32, alpha: v128): v128 {
  return f32x4.add(f32x4.splat(constant), f32x4.mul(f32x4.splat(slope), alpha))
}

/**
 * Draws `source` on `back` in place, in groups of four pixels. Fa = sourceConstant + sourceSlope · αb, Fb = backConstant + backSlope · αs;
 * `mode` is the blend function. αo = min(1, αs·Fa + αb·Fb), co = (αs·Fa·cs' + αb·Fb·cb) / αo with cs' = (1 − αb)·cs + αb·B(cb, cs).
 */
export function compositeRow(
  back: usize,
  source: usize,
  pixels: usize,
  opacity: f32,
  mode: u32,
  sourceConstant: f32,
  sourceSlope: f32,
  backConstant: f32,
  backSlope: f32,
): void {
  const one = f32x4.splat(ONE)
  for (let i: usize = 0; i < pixels << 2; i += 16) {
    const b = v128.load(back + i)
    const s = v128.load(source + i)
    const alphaB = channel(b, 24)
    const alphaS = f32x4.mul(channel(s, 24), f32x4.splat(opacity))
    const partS = f32x4.mul(alphaS, fraction(sourceConstant, sourceSlope, alphaB))
    const partB = f32x4.mul(alphaB, fraction(backConstant, backSlope, alphaS))
    const total = f32x4.add(partS, partB)
    const isVisible = f32x4.gt(total, f32x4.splat(0))
    // Plus may sum to more than 1: then colours are not divided by what was cut off.
    const divisor = v128.bitselect(f32x4.pmin(total, one), one, isVisible)
    let result = bytes(total, 24)
    for (let shift = 0; shift < 24; shift += 8) {
      const cb = channel(b, shift)
      const cs = channel(s, shift)
      const mixed = mode == 0 ? cs : f32x4.add(cs, f32x4.mul(alphaB, f32x4.sub(blend(mode, cb, cs), cs)))
      const sum = f32x4.add(f32x4.mul(partS, mixed), f32x4.mul(partB, cb))
      result = v128.or(result, bytes(f32x4.div(sum, divisor), shift))
    }
    const isShown = i32x4.ne(v128.and(result, i32x4.splat(0xff000000)), i32x4.splat(0))
    v128.store(back + i, v128.and(result, isShown))
  }
}
