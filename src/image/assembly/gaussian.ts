// Separable filters on rows of floats, one f32x4 a pixel.
import { packed, pixelFloats, straightPixel } from './pixel-floats'

/** Repeats a row's first pixel `before` times in front and its last one `behind` times after it. `row` is where the pixels begin. */
export function extendRow(row: usize, pixels: usize, before: usize, behind: usize): void {
  const first = v128.load(row)
  const end = row + (pixels << 4)
  const last = v128.load(end - 16)
  for (let p = row - (before << 4); p < row; p += 16) v128.store(p, first)
  for (let p = end, stop = end + (behind << 4); p < stop; p += 16) v128.store(p, last)
}

/** to[x] = Σ taps[k] · from[x + k]; writes whole groups of four pixels. */
export function filterAlong(from: usize, to: usize, pixels: usize, taps: usize, count: usize): void {
  for (let x: usize = 0; x < pixels; x += 4) {
    let p = from + (x << 4)
    let s0 = f32x4.splat(0)
    let s1 = s0
    let s2 = s0
    let s3 = s0
    for (let k = taps, end = taps + (count << 2); k < end; k += 4, p += 16) {
      const weight = v128.load32_splat(k)
      s0 = f32x4.add(s0, f32x4.mul(v128.load(p), weight))
      s1 = f32x4.add(s1, f32x4.mul(v128.load(p, 16), weight))
      s2 = f32x4.add(s2, f32x4.mul(v128.load(p, 32), weight))
      s3 = f32x4.add(s3, f32x4.mul(v128.load(p, 48), weight))
    }
    const o = to + (x << 4)
    v128.store(o, s0)
    v128.store(o, s1, 16)
    v128.store(o, s2, 32)
    v128.store(o, s3, 48)
  }
}

/** to[x] = Σ taps[k] · rows[k][x], where `rows` are `count` u32 offsets; writes whole groups of four pixels. */
export function filterAcross(rows: usize, taps: usize, count: usize, to: usize, pixels: usize): void {
  for (let x: usize = 0; x < pixels; x += 4) {
    const i = x << 4
    let s0 = f32x4.splat(0)
    let s1 = s0
    let s2 = s0
    let s3 = s0
    for (let k: usize = 0, end = count << 2; k < end; k += 4) {
      const weight = v128.load32_splat(taps + k)
      const p = <usize>load<u32>(rows + k) + i
      s0 = f32x4.add(s0, f32x4.mul(v128.load(p), weight))
      s1 = f32x4.add(s1, f32x4.mul(v128.load(p, 16), weight))
      s2 = f32x4.add(s2, f32x4.mul(v128.load(p, 32), weight))
      s3 = f32x4.add(s3, f32x4.mul(v128.load(p, 48), weight))
    }
    v128.store(to + i, s0)
    v128.store(to + i, s1, 16)
    v128.store(to + i, s2, 32)
    v128.store(to + i, s3, 48)
  }
}

/** Adds the sums of `cell` neighbours each of a row, times `weight`, to `cells` groups of `sums`. */
export function addCells(from: usize, cell: usize, sums: usize, cells: usize, weight: f32): void {
  let p = from
  const w = f32x4.splat(weight)
  for (let o = sums, stop = sums + (cells << 4); o < stop; o += 16) {
    let sum = f32x4.splat(0)
    for (const end = p + (cell << 4); p < end; p += 16) sum = f32x4.add(sum, v128.load(p))
    v128.store(o, f32x4.add(v128.load(o), f32x4.mul(sum, w)))
  }
}

/**
 * Enlarges a row of premultiplied floats to straight pixels: pixel x lies at `start` + x · `step` between `from`'s groups, by Catmull-Rom.
 * One group before and two behind those are read.
 */
export function enlargeRow(from: usize, start: f64, step: f64, to: usize, pixels: usize): void {
  for (let x: usize = 0; x < pixels; x++) {
    const at = start + <f64>x * step
    const whole = Math.floor(at)
    const t = <f32>(at - whole)
    const p = from + ((<usize>(<i32>whole)) << 4)
    const a = v128.load(p - 16)
    const b = v128.load(p)
    const c = v128.load(p, 16)
    const d = v128.load(p, 32)
    const t2 = t * t
    const t3 = t2 * t
    let sum = f32x4.mul(a, f32x4.splat((-t3 + 2 * t2 - t) * 0.5))
    sum = f32x4.add(sum, f32x4.mul(b, f32x4.splat((3 * t3 - 5 * t2 + 2) * 0.5)))
    sum = f32x4.add(sum, f32x4.mul(c, f32x4.splat((-3 * t3 + 4 * t2 + t) * 0.5)))
    sum = f32x4.add(sum, f32x4.mul(d, f32x4.splat((t3 - t2) * 0.5)))
    store<u32>(to + (x << 2), straightPixel(sum))
  }
}

/**
 * Sharpens one row by what the blur took from its luma. `parameters` holds six f32: threshold, slope of flat areas, slope of jagged ones,
 * most brightening, most darkening (all of luma, 0–255), and zero.
 */
export function sharpenRow(pixelsAt: usize, blurred: usize, to: usize, pixels: usize, parameters: usize): void {
  const threshold = load<f32>(parameters)
  const flat = load<f32>(parameters, 4)
  const jagged = load<f32>(parameters, 8)
  const brighter = load<f32>(parameters, 12)
  const darker = load<f32>(parameters, 16)
  for (let x: usize = 0; x < pixels; x++) {
    const pixel = load<u32>(pixelsAt + (x << 2))
    const own = pixelFloats(pixel)
    const soft = v128.load(blurred + (x << 4))
    const alpha = f32x4.extract_lane(soft, 3)
    const difference: f32 = alpha <= 0 ? 0 : luma(own) - (luma(soft) * 255) / alpha
    const size = abs(difference)
    let change: f32 = size <= threshold ? size * flat : threshold * flat + (size - threshold) * jagged
    change = difference >= 0 ? min(change, brighter) : -min(change, darker)
    const sharp = f32x4.add(own, f32x4.splat(change))
    store<u32>(to + (x << 2), (packed(sharp) & 0xffffff) | (pixel & 0xff000000))
  }
}

/** Rec. 601. */
function luma(rgb: v128): f32 {
  return <f32>0.299 * f32x4.extract_lane(rgb, 0) + <f32>0.587 * f32x4.extract_lane(rgb, 1) + <f32>0.114 * f32x4.extract_lane(rgb, 2)
}
