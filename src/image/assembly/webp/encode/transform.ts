// The transforms of RFC 6386 §14, forward and inverse, on two blocks of 4 × 4 at a time: the lower four lanes are one block, the upper four the
// other. Coefficients are stored transposed: horizontal frequency h and vertical frequency v at h × 4 + v.

/** √2 · sin(π / 8) and √2 · cos(π / 8), 12 fractional bits. */
const SINE: i32 = 2217
const COSINE: i32 = 5352

const rows: usize = memory.data(64, 16)

@inline
function transposeFirst(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
}

@inline
function transposeLast(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
}

@inline
function joinEven(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 2, 6)
}

@inline
function joinOdd(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 1, 5, 3, 7)
}

/** a × the low half of `pair` + b × its high half, rounded and shifted. */
@inline
function rotate(a: v128, b: v128, pair: i32, shift: i32): v128 {
  const factors = i32x4.splat(pair)
  const rounding = i32x4.splat(1 << (shift - 1))
  const low = i32x4.dot_i16x8_s(v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11), factors)
  const high = i32x4.dot_i16x8_s(v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15), factors)
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
  const x0 = transposeFirst(t0, t1)
  const x1 = transposeLast(t0, t1)
  const x2 = transposeFirst(t2, t3)
  const x3 = transposeLast(t2, t3)
  const c0 = joinEven(x0, x2)
  const c1 = joinOdd(x0, x2)
  const c2 = joinEven(x1, x3)
  const c3 = joinOdd(x1, x3)
  outer = i16x8.add(c0, c3)
  inner = i16x8.add(c1, c2)
  innerDifference = i16x8.sub(c1, c2)
  outerDifference = i16x8.sub(c0, c3)
  const rounding = i16x8.splat(7)
  const o0 = i16x8.shr_s(i16x8.add(i16x8.add(outer, inner), rounding), 4)
  const o2 = i16x8.shr_s(i16x8.add(i16x8.sub(outer, inner), rounding), 4)
  const o1 = rotate(innerDifference, outerDifference, SINE_COSINE, 16)
  const o3 = rotate(innerDifference, outerDifference, MINUS_COSINE_SINE, 16)
  v128.store(target, v128.shuffle<i64>(o0, o1, 0, 2))
  v128.store(target, v128.shuffle<i64>(o2, o3, 0, 2), 16)
  v128.store(target, v128.shuffle<i64>(o0, o1, 1, 3), 32)
  v128.store(target, v128.shuffle<i64>(o2, o3, 1, 3), 48)
}

/** x × 20091 / 65536 + x, and x × 35468 / 65536, as §14.3 rounds them. */
@inline
function timesCosine(x: v128): v128 {
  const factor = i16x8.splat(20091)
  return i16x8.add(x, high(i32x4.extmul_low_i16x8_s(x, factor), i32x4.extmul_high_i16x8_s(x, factor)))
}

@inline
function timesSine(x: v128): v128 {
  const factor = i16x8.splat(<i16>(35468 - 65536))
  return i16x8.add(x, high(i32x4.extmul_low_i16x8_s(x, factor), i32x4.extmul_high_i16x8_s(x, factor)))
}

/** The upper halves of eight products. */
@inline
function high(low: v128, upper: v128): v128 {
  return v128.shuffle<i16>(low, upper, 1, 3, 5, 7, 9, 11, 13, 15)
}

/** Inverse transform of the blocks at `first` and `second` to `rows`: four rows of both, as i16. */
function inversePair(first: usize, second: usize): void {
  const a0 = v128.load(first)
  const a1 = v128.load(first, 16)
  const b0 = v128.load(second)
  const b1 = v128.load(second, 16)
  let c0 = v128.shuffle<i64>(a0, b0, 0, 2)
  let c1 = v128.shuffle<i64>(a0, b0, 1, 3)
  let c2 = v128.shuffle<i64>(a1, b1, 0, 2)
  let c3 = v128.shuffle<i64>(a1, b1, 1, 3)
  const four = i16x8.splat(4)
  for (let pass = 0; pass < 2; pass++) {
    const x0 = transposeFirst(c0, c1)
    const x1 = transposeLast(c0, c1)
    const x2 = transposeFirst(c2, c3)
    const x3 = transposeLast(c2, c3)
    let r0 = joinEven(x0, x2)
    const r1 = joinOdd(x0, x2)
    const r2 = joinEven(x1, x3)
    const r3 = joinOdd(x1, x3)
    if (pass == 1) r0 = i16x8.add(r0, four)
    const a = i16x8.add(r0, r2)
    const b = i16x8.sub(r0, r2)
    const c = i16x8.sub(timesSine(r1), timesCosine(r3))
    const d = i16x8.add(timesCosine(r1), timesSine(r3))
    c0 = i16x8.add(a, d)
    c1 = i16x8.add(b, c)
    c2 = i16x8.sub(b, c)
    c3 = i16x8.sub(a, d)
  }
  c0 = i16x8.shr_s(c0, 3)
  c1 = i16x8.shr_s(c1, 3)
  c2 = i16x8.shr_s(c2, 3)
  c3 = i16x8.shr_s(c3, 3)
  const x0 = transposeFirst(c0, c1)
  const x1 = transposeLast(c0, c1)
  const x2 = transposeFirst(c2, c3)
  const x3 = transposeLast(c2, c3)
  v128.store(rows, joinEven(x0, x2))
  v128.store(rows, joinOdd(x0, x2), 16)
  v128.store(rows, joinEven(x1, x3), 32)
  v128.store(rows, joinOdd(x1, x3), 48)
}

/** Adds the inverse transform of two neighbouring blocks (64 bytes at `coefficients`) to a prediction of 8 × 4 with 16 bytes a row. */
export function restorePair(coefficients: usize, prediction: usize, target: usize, stride: usize): void {
  inversePair(coefficients, coefficients + 32)
  for (let y: usize = 0; y < 4; y++) {
    const row = i16x8.add(v128.load(rows + (y << 4)), v128.load8x8_u(prediction + (y << 4)))
    v128.store64_lane(target + y * stride, i8x16.narrow_i16x8_u(row, row), 0)
  }
}

/** The same of one block and a prediction of 16 bytes. */
export function restoreBlock(coefficients: usize, prediction: usize, target: usize, stride: usize): void {
  inversePair(coefficients, coefficients)
  for (let y: usize = 0; y < 4; y++) {
    const row = i16x8.add(v128.load(rows + (y << 4)), v128.load8x8_u(prediction + (y << 2)))
    v128.store32_lane(target + y * stride, i8x16.narrow_i16x8_u(row, row), 0)
  }
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

/** Inverse of §14.3: the 16 values at `coefficients` (transposed) become the DCs of 16 blocks of 32 bytes each. */
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
  const x0 = transposeFirst(t0, t1)
  const x1 = transposeLast(t0, t1)
  const x2 = transposeFirst(t2, t3)
  const x3 = transposeLast(t2, t3)
  const c0 = joinEven(x0, x2)
  const c1 = joinOdd(x0, x2)
  const c2 = joinEven(x1, x3)
  const c3 = joinOdd(x1, x3)
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
