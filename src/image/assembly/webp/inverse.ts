// The inverse transforms of RFC 6386 §14. Coefficients of a block of 4 × 4 are i16 and stored transposed: horizontal frequency h and vertical frequency v
// at h × 4 + v.
import { halvesHigh, halvesLow, pairsHigh, pairsLow, quadsHigh, quadsLow } from './interleave'

const rows: usize = memory.data(64, 16)

/** 20091 in the even lanes, and in the odd ones; 35468 − 65536 likewise. */
const COSINE_EVEN: i32 = 20091
const COSINE_ODD: i32 = 20091 << 16
const SINE_EVEN: i32 = (35468 - 65536) & 0xffff
const SINE_ODD: i32 = (35468 - 65536) << 16

/** The upper halves of x × factor, rounded down: products of even and of odd lanes. */
@inline
function high(x: v128, even: i32, odd: i32): v128 {
  const upper = v128.and(i32x4.dot_i16x8_s(x, i32x4.splat(odd)), i32x4.splat(0xffff0000))
  return v128.or(i32x4.shr_u(i32x4.dot_i16x8_s(x, i32x4.splat(even)), 16), upper)
}

/** x × 20091 / 65536 + x, and x × 35468 / 65536, as §14.3 rounds them. */
@inline
function timesCosine(x: v128): v128 {
  return i16x8.add(x, high(x, COSINE_EVEN, COSINE_ODD))
}

@inline
function timesSine(x: v128): v128 {
  return i16x8.add(x, high(x, SINE_EVEN, SINE_ODD))
}

/** Inverse transform of the blocks at `first` and `second`, which may be at `target`: there four rows come, each of both blocks side by side, i16. */
export function inversePair(first: usize, second: usize, target: usize): void {
  const a0 = v128.load(first)
  const a1 = v128.load(first, 16)
  const b0 = v128.load(second)
  const b1 = v128.load(second, 16)
  let t0 = pairsLow(a0, a1)
  let t1 = pairsHigh(a0, a1)
  let t2 = pairsLow(b0, b1)
  let t3 = pairsHigh(b0, b1)
  let u0 = pairsLow(t0, t1)
  let u1 = pairsHigh(t0, t1)
  let u2 = pairsLow(t2, t3)
  let u3 = pairsHigh(t2, t3)
  let r0 = halvesLow(u0, u2)
  let r1 = halvesHigh(u0, u2)
  let r2 = halvesLow(u1, u3)
  let r3 = halvesHigh(u1, u3)
  let a = i16x8.add(r0, r2)
  let b = i16x8.sub(r0, r2)
  let c = i16x8.sub(timesSine(r1), timesCosine(r3))
  let d = i16x8.add(timesCosine(r1), timesSine(r3))
  r0 = i16x8.add(a, d)
  r1 = i16x8.add(b, c)
  r2 = i16x8.sub(b, c)
  r3 = i16x8.sub(a, d)
  t0 = pairsLow(r0, r1)
  t1 = pairsHigh(r0, r1)
  t2 = pairsLow(r2, r3)
  t3 = pairsHigh(r2, r3)
  u0 = quadsLow(t0, t2)
  u1 = quadsHigh(t0, t2)
  u2 = quadsLow(t1, t3)
  u3 = quadsHigh(t1, t3)
  r0 = i16x8.add(halvesLow(u0, u2), i16x8.splat(4))
  r1 = halvesHigh(u0, u2)
  r2 = halvesLow(u1, u3)
  r3 = halvesHigh(u1, u3)
  a = i16x8.add(r0, r2)
  b = i16x8.sub(r0, r2)
  c = i16x8.sub(timesSine(r1), timesCosine(r3))
  d = i16x8.add(timesCosine(r1), timesSine(r3))
  r0 = i16x8.shr_s(i16x8.add(a, d), 3)
  r1 = i16x8.shr_s(i16x8.add(b, c), 3)
  r2 = i16x8.shr_s(i16x8.sub(b, c), 3)
  r3 = i16x8.shr_s(i16x8.sub(a, d), 3)
  t0 = pairsLow(r0, r1)
  t1 = pairsHigh(r0, r1)
  t2 = pairsLow(r2, r3)
  t3 = pairsHigh(r2, r3)
  u0 = quadsLow(t0, t2)
  u1 = quadsHigh(t0, t2)
  u2 = quadsLow(t1, t3)
  u3 = quadsHigh(t1, t3)
  v128.store(target, halvesLow(u0, u2))
  v128.store(target, halvesHigh(u0, u2), 16)
  v128.store(target, halvesLow(u1, u3), 32)
  v128.store(target, halvesHigh(u1, u3), 48)
}

/** Adds the inverse transform of two neighbouring blocks (64 bytes at `coefficients`) to a prediction of 8 × 4 with 16 bytes a row. */
export function restorePair(coefficients: usize, prediction: usize, target: usize, stride: usize): void {
  inversePair(coefficients, coefficients + 32, rows)
  for (let y: usize = 0; y < 4; y++) {
    const row = i16x8.add(v128.load(rows + (y << 4)), v128.load8x8_u(prediction + (y << 4)))
    v128.store64_lane(target + y * stride, i8x16.narrow_i16x8_u(row, row), 0)
  }
}

/** A block's prediction, 16 samples row by row, with its residue: its half of what `inversePair` wrote. */
@inline
export function addResidue(prediction: v128, residue: usize): v128 {
  const upper = v128.load64_lane(residue + 16, v128.load64_zero(residue), 1)
  const lower = v128.load64_lane(residue + 48, v128.load64_zero(residue + 32), 1)
  return i8x16.narrow_i16x8_u(
    i16x8.add(upper, i16x8.extend_low_i8x16_u(prediction)),
    i16x8.add(lower, i16x8.extend_high_i8x16_u(prediction)),
  )
}

/** Puts 16 samples into four rows. */
@inline
export function putSubblock(samples: v128, target: usize, stride: usize): void {
  v128.store32_lane(target, samples, 0)
  v128.store32_lane(target + stride, samples, 1)
  v128.store32_lane(target + 2 * stride, samples, 2)
  v128.store32_lane(target + 3 * stride, samples, 3)
}

/** Adds the inverse transform of one block to a prediction of 16 bytes. */
export function restoreBlock(coefficients: usize, prediction: usize, target: usize, stride: usize): void {
  inversePair(coefficients, coefficients, rows)
  putSubblock(addResidue(v128.load(prediction), rows), target, stride)
}

/** Inverse Walsh–Hadamard transform of §14.3: the 16 values at `coefficients` (transposed) become the DCs of 16 blocks of 32 bytes each. */
export function inverseHadamard(coefficients: usize, blocks: usize): void {
  for (let x: usize = 0; x < 4; x++) {
    const at = coefficients + (x << 3)
    const d0 = <i32>load<i16>(at)
    const d1 = <i32>load<i16>(at, 2)
    const d2 = <i32>load<i16>(at, 4)
    const d3 = <i32>load<i16>(at, 6)
    const to = rows + (x << 2)
    store<i32>(to, d0 + d1 + d2 + d3)
    store<i32>(to, d0 + d1 - d2 - d3, 16)
    store<i32>(to, d0 - d1 - d2 + d3, 32)
    store<i32>(to, d0 - d1 + d2 - d3, 48)
  }
  for (let y: usize = 0; y < 4; y++) {
    const at = rows + (y << 4)
    const d0 = load<i32>(at) + 3
    const d1 = load<i32>(at, 4)
    const d2 = load<i32>(at, 8)
    const d3 = load<i32>(at, 12)
    const to = blocks + (y << 7)
    store<i16>(to, (d0 + d1 + d2 + d3) >> 3)
    store<i16>(to, (d0 + d1 - d2 - d3) >> 3, 32)
    store<i16>(to, (d0 - d1 - d2 + d3) >> 3, 64)
    store<i16>(to, (d0 - d1 + d2 - d3) >> 3, 96)
  }
}
