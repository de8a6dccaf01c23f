// Pictures through an affine map, by interpolation of premultiplied floats.
import { straightPixel } from './pixel-floats'

/**
 * One output row. Pixel x samples the window at (u + x · du, v + x · dv), in its pixels' centres: (0, 0) is the centre of the first. The
 * window holds `stride` groups of four floats a row; the caller pads it so that every sample's neighbourhood (one group before, two behind
 * in either direction for the bicubic, none and one for the bilinear) lies inside.
 */
export function sampleRow(window: usize, stride: usize, u: f64, v: f64, du: f64, dv: f64, to: usize, pixels: usize, isBicubic: bool): void {
  for (let x: usize = 0; x < pixels; x++) {
    const atU = u + <f64>x * du
    const atV = v + <f64>x * dv
    const wholeU = Math.floor(atU)
    const wholeV = Math.floor(atV)
    const p = window + ((<usize>(<i32>wholeV) * stride + <usize>(<i32>wholeU)) << 4)
    const s = <f32>(atU - wholeU)
    const t = <f32>(atV - wholeV)
    store<u32>(to + (x << 2), straightPixel(isBicubic ? bicubic(p, stride << 4, s, t) : bilinear(p, stride << 4, s, t)))
  }
}

function mix(a: v128, b: v128, t: v128): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), t))
}

function bilinear(p: usize, stride: usize, s: f32, t: f32): v128 {
  const across = f32x4.splat(s)
  return mix(mix(v128.load(p), v128.load(p, 16), across), mix(v128.load(p + stride), v128.load(p + stride, 16), across), f32x4.splat(t))
}

/** Catmull-Rom in both directions. */
function bicubic(p: usize, stride: usize, s: f32, t: f32): v128 {
  const s0 = f32x4.splat(before(s))
  const s1 = f32x4.splat(first(s))
  const s2 = f32x4.splat(first(1 - s))
  const s3 = f32x4.splat(before(1 - s))
  let sum = f32x4.mul(f32x4.splat(before(t)), along(p - stride, s0, s1, s2, s3))
  sum = f32x4.add(sum, f32x4.mul(f32x4.splat(first(t)), along(p, s0, s1, s2, s3)))
  sum = f32x4.add(sum, f32x4.mul(f32x4.splat(first(1 - t)), along(p + stride, s0, s1, s2, s3)))
  sum = f32x4.add(sum, f32x4.mul(f32x4.splat(before(1 - t)), along(p + 2 * stride, s0, s1, s2, s3)))
  // The curve overshoots. Where alpha does, the colours shrink with it, so that the straight colour stays; then they lie between 0 and alpha.
  const overshot = f32x4.extract_lane(sum, 3)
  const alpha = f32x4.splat(min<f32>(255, max<f32>(0, overshot)))
  if (overshot > 255) sum = f32x4.mul(sum, f32x4.splat(255 / overshot))
  return f32x4.pmax(f32x4.splat(0), f32x4.pmin(sum, alpha))
}

function along(p: usize, s0: v128, s1: v128, s2: v128, s3: v128): v128 {
  const outer = f32x4.add(f32x4.mul(v128.load(p - 16), s0), f32x4.mul(v128.load(p, 32), s3))
  return f32x4.add(outer, f32x4.add(f32x4.mul(v128.load(p), s1), f32x4.mul(v128.load(p, 16), s2)))
}

/** Catmull-Rom weight of the pixel at distance 1 + t. */
function before(t: f32): f32 {
  return ((-t + 2) * t - 1) * t * 0.5
}

/** Catmull-Rom weight of the pixel at distance t. */
function first(t: f32): f32 {
  return ((3 * t - 5) * t * t + 2) * 0.5
}
