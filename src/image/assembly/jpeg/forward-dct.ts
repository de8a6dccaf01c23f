// The forward DCT and the quantisation of the JPEG encoder.

/** One quantised block, transposed: coefficient (u across, v down) is at u × 8 + v. */
export const coefficients: usize = memory.data(128, 16)
/** 64 bytes: place in `coefficients` of each zigzag position. */
export const places: usize = memory.data(64, 16)
/** For each byte of a block's 64-bit mask of non-zero coefficients, in the order of `coefficients`: the same bits in zigzag order. */
const zigzagMasks: usize = memory.data(8 * 256 * 8, 16)

/** Must be called once in an instance, before any other function here. `zigzag` is 64 bytes: natural position of each zigzag position. */
export function prepareEncoder(zigzag: usize): void {
  for (let k: usize = 0; k < 64; k++) {
    const natural = load<u8>(zigzag + k)
    const place = ((natural & 7) << 3) | (natural >> 3)
    store<u8>(places + k, place)
    const masks = zigzagMasks + ((<usize>(place >> 3)) << 11)
    for (let byte: usize = 0; byte < 256; byte++) {
      if ((byte >> (place & 7)) & 1) store<u64>(masks + (byte << 3), load<u64>(masks + (byte << 3)) | ((<u64>1) << k))
    }
  }
}

/** Products of pairs (a, b) of the lower and of the upper four lanes with a pair of constants, plus `rounding`, shifted to i16. */
function rotate(low: v128, high: v128, pair: v128, roundLow: v128, roundHigh: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(low, pair), roundLow), shift),
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(high, pair), roundHigh), shift),
  )
}

function interleaveLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23)
}

function interleaveHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31)
}

function samples(row: usize): v128 {
  return i16x8.sub(v128.load8x8_u(row), i16x8.splat(128))
}

/** Quantises one line of eight coefficients to its place, rounding to nearest. Answers a mask of the lanes that are not zero, as i16. */
function quantise(line: v128, reciprocals: usize, target: usize): v128 {
  const low = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(line)), v128.load(reciprocals)))
  const high = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(line)), v128.load(reciprocals, 16)))
  const quantised = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(low), i32x4.trunc_sat_f32x4_s(high))
  v128.store(target, quantised)
  return i16x8.ne(quantised, i16x8.splat(0))
}

/**
 * Forward DCT of 8 × 8 samples after Loeffler, Ligtenberg and Moschytz (1989) with 13-bit constants, columns first; then quantisation to
 * `target` (128 bytes, transposed). Answers which coefficients are not zero, bit k for zigzag position k.
 */
export function transformBlock(plane: usize, stride: usize, reciprocals: usize, target: usize): u64 {
  let d0 = samples(plane)
  let d1 = samples(plane + stride)
  let d2 = samples(plane + stride * 2)
  let d3 = samples(plane + stride * 3)
  let d4 = samples(plane + stride * 4)
  let d5 = samples(plane + stride * 5)
  let d6 = samples(plane + stride * 6)
  let d7 = samples(plane + stride * 7)
  for (let pass = 0; pass < 2; pass++) {
    // The first pass keeps 2 fractional bits, the second removes them: the result is 8 × the true coefficient.
    const shift = pass == 0 ? 11 : 15
    const rounding = i32x4.splat(1 << (shift - 1))
    const sum07 = i16x8.add(d0, d7)
    const diff07 = i16x8.sub(d0, d7)
    const sum16 = i16x8.add(d1, d6)
    const diff16 = i16x8.sub(d1, d6)
    const sum25 = i16x8.add(d2, d5)
    const diff25 = i16x8.sub(d2, d5)
    const sum34 = i16x8.add(d3, d4)
    const diff34 = i16x8.sub(d3, d4)
    const outerSum = i16x8.add(sum07, sum34)
    const outerDiff = i16x8.sub(sum07, sum34)
    const innerSum = i16x8.add(sum16, sum25)
    const innerDiff = i16x8.sub(sum16, sum25)
    if (pass == 0) {
      d0 = i16x8.shl(i16x8.add(outerSum, innerSum), 2)
      d4 = i16x8.shl(i16x8.sub(outerSum, innerSum), 2)
    } else {
      const half = i16x8.splat(2)
      d0 = i16x8.shr_s(i16x8.add(i16x8.add(outerSum, innerSum), half), 2)
      d4 = i16x8.shr_s(i16x8.add(i16x8.sub(outerSum, innerSum), half), 2)
    }
    const evenLow = interleaveLow(outerDiff, innerDiff)
    const evenHigh = interleaveHigh(outerDiff, innerDiff)
    d2 = rotate(evenLow, evenHigh, i32x4.splat(pairOf(10703, 4433)), rounding, rounding, shift)
    d6 = rotate(evenLow, evenHigh, i32x4.splat(pairOf(4433, -10704)), rounding, rounding, shift)

    const z3 = i16x8.add(diff34, diff16)
    const z4 = i16x8.add(diff25, diff07)
    const zLow = interleaveLow(z3, z4)
    const zHigh = interleaveHigh(z3, z4)
    const z3Low = i32x4.add(i32x4.dot_i16x8_s(zLow, i32x4.splat(pairOf(-6436, 9633))), rounding)
    const z3High = i32x4.add(i32x4.dot_i16x8_s(zHigh, i32x4.splat(pairOf(-6436, 9633))), rounding)
    const z4Low = i32x4.add(i32x4.dot_i16x8_s(zLow, i32x4.splat(pairOf(9633, 6437))), rounding)
    const z4High = i32x4.add(i32x4.dot_i16x8_s(zHigh, i32x4.splat(pairOf(9633, 6437))), rounding)
    const oddLow = interleaveLow(diff34, diff07)
    const oddHigh = interleaveHigh(diff34, diff07)
    d7 = rotate(oddLow, oddHigh, i32x4.splat(pairOf(-4927, -7373)), z3Low, z3High, shift)
    d1 = rotate(oddLow, oddHigh, i32x4.splat(pairOf(-7373, 4926)), z4Low, z4High, shift)
    const midLow = interleaveLow(diff25, diff16)
    const midHigh = interleaveHigh(diff25, diff16)
    d5 = rotate(midLow, midHigh, i32x4.splat(pairOf(-4176, -20995)), z4Low, z4High, shift)
    d3 = rotate(midLow, midHigh, i32x4.splat(pairOf(-20995, 4177)), z3Low, z3High, shift)

    if (pass == 0) {
      const p0 = interleaveLow(d0, d1)
      const p1 = interleaveHigh(d0, d1)
      const p2 = interleaveLow(d2, d3)
      const p3 = interleaveHigh(d2, d3)
      const p4 = interleaveLow(d4, d5)
      const p5 = interleaveHigh(d4, d5)
      const p6 = interleaveLow(d6, d7)
      const p7 = interleaveHigh(d6, d7)
      const q0 = i32x4.shuffle(p0, p2, 0, 4, 1, 5)
      const q1 = i32x4.shuffle(p0, p2, 2, 6, 3, 7)
      const q2 = i32x4.shuffle(p1, p3, 0, 4, 1, 5)
      const q3 = i32x4.shuffle(p1, p3, 2, 6, 3, 7)
      const q4 = i32x4.shuffle(p4, p6, 0, 4, 1, 5)
      const q5 = i32x4.shuffle(p4, p6, 2, 6, 3, 7)
      const q6 = i32x4.shuffle(p5, p7, 0, 4, 1, 5)
      const q7 = i32x4.shuffle(p5, p7, 2, 6, 3, 7)
      d0 = i64x2.shuffle(q0, q4, 0, 2)
      d1 = i64x2.shuffle(q0, q4, 1, 3)
      d2 = i64x2.shuffle(q1, q5, 0, 2)
      d3 = i64x2.shuffle(q1, q5, 1, 3)
      d4 = i64x2.shuffle(q2, q6, 0, 2)
      d5 = i64x2.shuffle(q2, q6, 1, 3)
      d6 = i64x2.shuffle(q3, q7, 0, 2)
      d7 = i64x2.shuffle(q3, q7, 1, 3)
    }
  }
  // Transposed once, the second pass leaves line v of eight u; the lines are stored as they are.
  const n0 = quantise(d0, reciprocals, target)
  const n1 = quantise(d1, reciprocals + 32, target + 16)
  const n2 = quantise(d2, reciprocals + 64, target + 32)
  const n3 = quantise(d3, reciprocals + 96, target + 48)
  const n4 = quantise(d4, reciprocals + 128, target + 64)
  const n5 = quantise(d5, reciprocals + 160, target + 80)
  const n6 = quantise(d6, reciprocals + 192, target + 96)
  const n7 = quantise(d7, reciprocals + 224, target + 112)
  return (
    zigzagMask(i8x16.bitmask(i8x16.narrow_i16x8_s(n0, n1)), 0) |
    zigzagMask(i8x16.bitmask(i8x16.narrow_i16x8_s(n2, n3)), 2) |
    zigzagMask(i8x16.bitmask(i8x16.narrow_i16x8_s(n4, n5)), 4) |
    zigzagMask(i8x16.bitmask(i8x16.narrow_i16x8_s(n6, n7)), 6)
  )
}

function pairOf(first: i32, second: i32): i32 {
  return (first & 0xffff) | (second << 16)
}

/** The zigzag bits of two lines of a mask, `line` and the next. */
function zigzagMask(bits: i32, line: usize): u64 {
  const masks = zigzagMasks + (line << 11)
  return load<u64>(masks + ((<usize>(bits & 255)) << 3)) | load<u64>(masks + 2048 + ((<usize>(bits >> 8)) << 3))
}
