// Filters that look at a neighbourhood and are not linear: median and ImageMagick's enhance.
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

/** Weights of the 5×5 neighbours by row (batch specification §4.7). */
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
