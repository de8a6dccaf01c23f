// Filters that look at a neighbourhood and are not linear: median, ImageMagick's enhance, GD's selective blur.
import { packed, pixelFloats } from './pixel-floats'

function least(a: v128, b: v128, c: v128): v128 {
  return i8x16.min_u(i8x16.min_u(a, b), c)
}

function most(a: v128, b: v128, c: v128): v128 {
  return i8x16.max_u(i8x16.max_u(a, b), c)
}

function middle(a: v128, b: v128, c: v128): v128 {
  return i8x16.max_u(i8x16.min_u(a, b), i8x16.min_u(i8x16.max_u(a, b), c))
}

/**
 * One row of the 3×3 median, each channel for itself, from three RGBA rows that begin one pixel before the output and repeat the edges.
 * Writes whole groups of four pixels; reads as many. With every column sorted, the median of nine is that of the greatest least, the middle
 * middle and the least greatest.
 */
export function median3Row(above: usize, row: usize, below: usize, to: usize, pixels: usize): void {
  for (let i: usize = 0; i < pixels << 2; i += 16) {
    const a0 = v128.load(above + i)
    const a1 = v128.load(above + i, 4)
    const a2 = v128.load(above + i, 8)
    const b0 = v128.load(row + i)
    const b1 = v128.load(row + i, 4)
    const b2 = v128.load(row + i, 8)
    const c0 = v128.load(below + i)
    const c1 = v128.load(below + i, 4)
    const c2 = v128.load(below + i, 8)
    const greatestLeast = most(least(a0, b0, c0), least(a1, b1, c1), least(a2, b2, c2))
    const middleMiddle = middle(middle(a0, b0, c0), middle(a1, b1, c1), middle(a2, b2, c2))
    const leastGreatest = least(most(a0, b0, c0), most(a1, b1, c1), most(a2, b2, c2))
    v128.store(to + i, middle(greatestLeast, middleMiddle, leastGreatest))
  }
}

/**
 * One row of the n×n median, n odd and at most 15, each channel for itself, from n RGBA rows (u32 offsets at `rows`) that begin (n − 1) / 2
 * pixels before the output. Bit by bit from the highest: the median is the greatest level that more than half of the samples reach.
 */
export function medianRow(rows: usize, n: usize, to: usize, pixels: usize): void {
  const majority = i8x16.splat(<i8>((n * n + 1) / 2))
  for (let at: usize = 0; at < pixels << 2; at += 16) {
    let level = i8x16.splat(0)
    for (let bit: i32 = 128; bit > 0; bit >>= 1) {
      const higher = v128.or(level, i8x16.splat(<i8>bit))
      let count = i8x16.splat(0)
      for (let j: usize = 0; j < n; j++) {
        const row = <usize>load<u32>(rows + (j << 2)) + at
        for (let i: usize = 0; i < n; i++) count = i8x16.sub(count, i8x16.ge_u(v128.load(row + (i << 2)), higher))
      }
      level = v128.bitselect(higher, level, i8x16.ge_u(count, majority))
    }
    v128.store(to + at, level)
  }
}

/** RGBA bytes to floats in 0–1 with opacity's complement for alpha, and two edge pixels repeated on either side: `pixels` + 4 groups. */
export function enhanceWiden(from: usize, to: usize, pixels: usize): void {
  const full = f32x4.splat(255)
  for (let p = from, o = to + 32, end = from + (pixels << 2); p < end; p += 4, o += 16) {
    const v = f32x4.div(pixelFloats(load<u32>(p)), full)
    v128.store(o, f32x4.replace_lane(v, 3, 1 - f32x4.extract_lane(v, 3)))
  }
  const first = v128.load(to + 32)
  const end = to + 32 + (pixels << 4)
  const last = v128.load(end - 16)
  v128.store(to, first)
  v128.store(to + 16, first)
  v128.store(end, last)
  v128.store(end + 16, last)
}

/** Weights of the 5×5 neighbours by row (docs/protocols/batch.md §4.7). */
const WEIGHTS = memory.data<f32>([5, 8, 10, 8, 5, 8, 20, 40, 20, 8, 10, 40, 80, 40, 10, 8, 20, 40, 20, 8, 5, 8, 10, 8, 5])

/**
 * One row of ImageMagick's enhance from five widened rows (u32 offsets at `rows`): the weighted mean of the neighbours whose colour is near.
 * Per neighbour r with e = r − p and m = (r + p) / 2: (4 + mR)·eR² + (7 − mG)·eG² + (5 − mB)·eB² + (5 − mO)·eO² below 0.069.
 */
export function enhanceRow(rows: usize, to: usize, pixels: usize): void {
  const base = f32x4(4, 7, 5, 5)
  const half = f32x4(0.5, -0.5, -0.5, -0.5)
  for (let x: usize = 0; x < pixels; x++) {
    const centre = v128.load(<usize>load<u32>(rows, 8) + ((x + 2) << 4))
    let sum = f32x4.splat(0)
    let total: f32 = 0
    for (let j: usize = 0; j < 5; j++) {
      const p = <usize>load<u32>(rows + (j << 2)) + (x << 4)
      for (let i: usize = 0; i < 5; i++) {
        const neighbour = v128.load(p + (i << 4))
        const e = f32x4.sub(neighbour, centre)
        const terms = f32x4.mul(f32x4.add(base, f32x4.mul(half, f32x4.add(neighbour, centre))), f32x4.mul(e, e))
        const pairs = f32x4.add(terms, i8x16.shuffle(terms, terms, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))
        if (f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1) >= 0.069) continue
        const weight = load<f32>(WEIGHTS + ((j * 5 + i) << 2))
        sum = f32x4.add(sum, f32x4.mul(neighbour, f32x4.splat(weight)))
        total += weight
      }
    }
    const mean = f32x4.div(f32x4.mul(sum, f32x4.splat(255)), f32x4.splat(total))
    store<u32>(to + (x << 2), packed(f32x4.replace_lane(mean, 3, 255 - f32x4.extract_lane(mean, 3))))
  }
}

/** RGBA bytes to floats, with a black pixel on either side: `pixels` + 2 groups. */
export function selectiveWiden(from: usize, to: usize, pixels: usize): void {
  v128.store(to, f32x4.splat(0))
  let o = to + 16
  for (let p = from, end = from + (pixels << 2); p < end; p += 4, o += 16) v128.store(o, pixelFloats(load<u32>(p)))
  v128.store(o, f32x4.splat(0))
}

/** 1 / |difference|, and 1 where there is none. */
function nearness(difference: v128): v128 {
  const size = f32x4.abs(difference)
  const one = f32x4.splat(1)
  return v128.bitselect(one, f32x4.div(one, size), f32x4.eq(size, f32x4.splat(0)))
}

/**
 * One row of GD's selective blur in place, in GD's order of 32-bit operations: `row` (widened, as `above` and `below` are) becomes the
 * result, which the pixels to come already see; `to` gets it as bytes, with the alphas of `from`.
 */
export function selectiveRow(above: usize, row: usize, below: usize, from: usize, to: usize, pixels: usize): void {
  for (let x: usize = 0; x < pixels; x++) {
    const i = x << 4
    const a0 = v128.load(above + i)
    const a1 = v128.load(above + i, 16)
    const a2 = v128.load(above + i, 32)
    const b0 = v128.load(row + i)
    const own = v128.load(row + i, 16)
    const b2 = v128.load(row + i, 32)
    const c0 = v128.load(below + i)
    const c1 = v128.load(below + i, 16)
    const c2 = v128.load(below + i, 32)
    const wa0 = nearness(f32x4.sub(own, a0))
    const wa1 = nearness(f32x4.sub(own, a1))
    const wa2 = nearness(f32x4.sub(own, a2))
    const wb0 = nearness(f32x4.sub(own, b0))
    const half = f32x4.splat(0.5)
    const wb2 = nearness(f32x4.sub(own, b2))
    const wc0 = nearness(f32x4.sub(own, c0))
    const wc1 = nearness(f32x4.sub(own, c1))
    const wc2 = nearness(f32x4.sub(own, c2))
    let total = f32x4.add(f32x4.add(wa0, wa1), wa2)
    total = f32x4.add(f32x4.add(f32x4.add(total, wb0), half), wb2)
    total = f32x4.add(f32x4.add(f32x4.add(total, wc0), wc1), wc2)
    let sum = f32x4.mul(a0, f32x4.div(wa0, total))
    sum = f32x4.add(sum, f32x4.mul(a1, f32x4.div(wa1, total)))
    sum = f32x4.add(sum, f32x4.mul(a2, f32x4.div(wa2, total)))
    sum = f32x4.add(sum, f32x4.mul(b0, f32x4.div(wb0, total)))
    sum = f32x4.add(sum, f32x4.mul(own, f32x4.div(half, total)))
    sum = f32x4.add(sum, f32x4.mul(b2, f32x4.div(wb2, total)))
    sum = f32x4.add(sum, f32x4.mul(c0, f32x4.div(wc0, total)))
    sum = f32x4.add(sum, f32x4.mul(c1, f32x4.div(wc1, total)))
    sum = f32x4.add(sum, f32x4.mul(c2, f32x4.div(wc2, total)))
    const whole = f32x4.trunc(f32x4.pmin(sum, f32x4.splat(255)))
    v128.store(row + i, whole, 16)
    store<u32>(to + (x << 2), (packed(whole) & 0xffffff) | (load<u32>(from + (x << 2)) & 0xff000000))
  }
}
