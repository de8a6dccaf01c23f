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
 * Enlarges a row of premultiplied floats by the odd number `cell` to straight pixels. Pixel x lies (x − (cell − 1) / 2) / cell groups behind
 * `from`; `phases` holds for each of the `cell` fractions the four weights (f32) of the groups at −1, 0, 1 and 2.
 */
export function enlargeRow(from: usize, cell: u32, phases: usize, to: usize, pixels: usize): void {
  let phase = (cell + 1) >> 1
  let p = from - 16
  const end = to + (pixels << 2)
  for (let o = to; o < end; o += 4) {
    const weights = phases + (<usize>phase << 4)
    let sum = f32x4.mul(v128.load(p - 16), v128.load32_splat(weights))
    sum = f32x4.add(sum, f32x4.mul(v128.load(p), v128.load32_splat(weights, 4)))
    sum = f32x4.add(sum, f32x4.mul(v128.load(p, 16), v128.load32_splat(weights, 8)))
    sum = f32x4.add(sum, f32x4.mul(v128.load(p, 32), v128.load32_splat(weights, 12)))
    store<u32>(o, straightPixel(sum))
    if (++phase < cell) continue
    phase = 0
    p += 16
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
