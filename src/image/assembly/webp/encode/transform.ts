// The forward transforms that belong to the inverse ones of RFC 6386 §14, on two blocks of 4 × 4 at a time: the lower four lanes are one block, the upper
// four the other. Coefficients are stored transposed: horizontal frequency h and vertical frequency v at h × 4 + v.
import { halvesHigh, halvesLow, pairsHigh, pairsLow, quadsHigh, quadsLow } from '../interleave'

/** √2 · sin(π / 8) and √2 · cos(π / 8), 12 fractional bits. */
const SINE: i32 = 2217
const COSINE: i32 = 5352

const rows: usize = memory.data(64, 16)

/** a × the low half of `pair` + b × its high half, rounded and shifted. */
@inline
function rotate(a: v128, b: v128, pair: i32, shift: i32): v128 {
  const factors = i32x4.splat(pair)
  const rounding = i32x4.splat(1 << (shift - 1))
  const low = i32x4.dot_i16x8_s(pairsLow(a, b), factors)
  const high = i32x4.dot_i16x8_s(pairsHigh(a, b), factors)
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(low, rounding), shift), i32x4.shr_s(i32x4.add(high, rounding), shift))
}

const SINE_COSINE: i32 = SINE | (COSINE << 16)
const MINUS_COSINE_SINE: i32 = (-COSINE & 0xffff) | (SINE << 16)

/** Forward transform of two blocks of differences, row by row. The first block's coefficients go to `target`, the second's 32 bytes behind. */
export function forwardPair(d0: v128, d1: v128, d2: v128, d3: v128, target: usize): void {
  let outer = i16x8.add(d0, d3)
  let inner = i16x8.add(d1, d2)
  let innerDifference = i16x8.sub(d1, d2)
  let outerDifference = i16x8.sub(d0, d3)
  const t0 = i16x8.shl(i16x8.add(outer, inner), 3)
  const t2 = i16x8.shl(i16x8.sub(outer, inner), 3)
  const t1 = rotate(innerDifference, outerDifference, SINE_COSINE, 9)
  const t3 = rotate(innerDifference, outerDifference, MINUS_COSINE_SINE, 9)
  const x0 = pairsLow(t0, t1)
  const x1 = pairsHigh(t0, t1)
  const x2 = pairsLow(t2, t3)
  const x3 = pairsHigh(t2, t3)
  const y0 = quadsLow(x0, x2)
  const y1 = quadsHigh(x0, x2)
  const y2 = quadsLow(x1, x3)
  const y3 = quadsHigh(x1, x3)
  const c0 = halvesLow(y0, y2)
  const c1 = halvesHigh(y0, y2)
  const c2 = halvesLow(y1, y3)
  const c3 = halvesHigh(y1, y3)
  outer = i16x8.add(c0, c3)
  inner = i16x8.add(c1, c2)
  innerDifference = i16x8.sub(c1, c2)
  outerDifference = i16x8.sub(c0, c3)
  const rounding = i16x8.splat(7)
  const o0 = i16x8.shr_s(i16x8.add(i16x8.add(outer, inner), rounding), 4)
  const o2 = i16x8.shr_s(i16x8.add(i16x8.sub(outer, inner), rounding), 4)
  const o1 = rotate(innerDifference, outerDifference, SINE_COSINE, 16)
  const o3 = rotate(innerDifference, outerDifference, MINUS_COSINE_SINE, 16)
  v128.store(target, halvesLow(o0, o1))
  v128.store(target, halvesLow(o2, o3), 16)
  v128.store(target, halvesHigh(o0, o1), 32)
  v128.store(target, halvesHigh(o2, o3), 48)
}

/** Forward Walsh–Hadamard transform of the DCs of 16 blocks (32 bytes each); half of the sums, so that the inverse of §14.3 gives them back. */
export function forwardHadamard(blocks: usize, target: usize): void {
  for (let y: usize = 0; y < 4; y++) {
    const at = blocks + (y << 7)
    const d0 = <i32>load<i16>(at)
    const d1 = <i32>load<i16>(at, 32)
    const d2 = <i32>load<i16>(at, 64)
    const d3 = <i32>load<i16>(at, 96)
    // Sums fit into 16 bits: DCs are within ±2,040.
    const to = rows + (y << 1)
    store<i16>(to, d0 + d1 + d2 + d3)
    store<i16>(to, d0 + d1 - d2 - d3, 8)
    store<i16>(to, d0 - d1 - d2 + d3, 16)
    store<i16>(to, d0 - d1 + d2 - d3, 24)
  }
  for (let x: usize = 0; x < 4; x++) {
    const at = rows + (x << 3)
    const d0 = <i32>load<i16>(at)
    const d1 = <i32>load<i16>(at, 2)
    const d2 = <i32>load<i16>(at, 4)
    const d3 = <i32>load<i16>(at, 6)
    const to = target + (x << 3)
    store<i16>(to, (d0 + d1 + d2 + d3) >> 1)
    store<i16>(to, (d0 + d1 - d2 - d3) >> 1, 2)
    store<i16>(to, (d0 - d1 - d2 + d3) >> 1, 4)
    store<i16>(to, (d0 - d1 + d2 - d3) >> 1, 6)
  }
}

/** Sums of absolute Hadamard coefficients of two blocks of differences: the first's in the lower half of the answer, the second's in the upper. */
export function hadamardSums(d0: v128, d1: v128, d2: v128, d3: v128): u64 {
  let s0 = i16x8.add(d0, d2)
  let s1 = i16x8.add(d1, d3)
  let s2 = i16x8.sub(d0, d2)
  let s3 = i16x8.sub(d1, d3)
  const t0 = i16x8.add(s0, s1)
  const t1 = i16x8.sub(s0, s1)
  const t2 = i16x8.add(s2, s3)
  const t3 = i16x8.sub(s2, s3)
  const x0 = pairsLow(t0, t1)
  const x1 = pairsHigh(t0, t1)
  const x2 = pairsLow(t2, t3)
  const x3 = pairsHigh(t2, t3)
  const y0 = quadsLow(x0, x2)
  const y1 = quadsHigh(x0, x2)
  const y2 = quadsLow(x1, x3)
  const y3 = quadsHigh(x1, x3)
  const c0 = halvesLow(y0, y2)
  const c1 = halvesHigh(y0, y2)
  const c2 = halvesLow(y1, y3)
  const c3 = halvesHigh(y1, y3)
  s0 = i16x8.add(c0, c2)
  s1 = i16x8.add(c1, c3)
  s2 = i16x8.sub(c0, c2)
  s3 = i16x8.sub(c1, c3)
  const first = i16x8.add(i16x8.abs(i16x8.add(s0, s1)), i16x8.abs(i16x8.sub(s0, s1)))
  const second = i16x8.add(i16x8.abs(i16x8.add(s2, s3)), i16x8.abs(i16x8.sub(s2, s3)))
  const quads = i32x4.add(i32x4.extadd_pairwise_i16x8_u(first), i32x4.extadd_pairwise_i16x8_u(second))
  const sums = i32x4.add(quads, v128.shuffle<i32>(quads, quads, 1, 0, 3, 2))
  return (<u64>i32x4.extract_lane(sums, 0)) | ((<u64>i32x4.extract_lane(sums, 2)) << 32)
}
