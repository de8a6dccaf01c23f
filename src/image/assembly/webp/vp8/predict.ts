// Intra prediction (RFC 6386 §12) of one macroblock, in a small picture of it and its neighbours: samples outside of the frame are 127 above and 129
// to the left, and count for all modes but DC.
import { MODE_DC, MODE_HD, MODE_HE, MODE_LD, MODE_RD, MODE_TM, MODE_VE, MODE_VL, MODE_VR } from './modes'

/** Bytes from row to row of the macroblock's picture. */
export const WORK_STRIDE: usize = 48
/** Luma: 17 rows, of which the first is the one above; then chroma: 9 rows, Cb and Cr side by side. */
const work: usize = memory.data(48 * 26 + 16, 16)
/** The first sample of each plane. Left of it is its neighbour; right of luma's first row are four samples above to the right. */
export const LUMA: usize = work + WORK_STRIDE + 16
export const CB: usize = work + 18 * WORK_STRIDE + 16
export const CR: usize = CB + 24

/** The prediction of luma, or of Cb and Cr side by side: 16 bytes a row. */
export const predicted: usize = memory.data(256, 16)
/** Samples around a subblock, from the lowest to the left over the corner to the eighth above; the first and the last stand twice. */
const edge: usize = memory.data(32, 16)

@inline
function sumOf(samples: v128): i32 {
  const pairs = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(samples))
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1) + i32x4.extract_lane(pairs, 2) + i32x4.extract_lane(pairs, 3)
}

function sumDown(at: usize, size: usize): i32 {
  let sum = 0
  for (let y: usize = 0; y < size; y++) sum += load<u8>(at + y * WORK_STRIDE)
  return sum
}

/** The mean of `1 << shift` samples above and as many to the left, where they are in the frame. */
function meanOf(at: usize, aboveSum: i32, hasAbove: bool, hasLeft: bool, shift: i32): i32 {
  const leftSum = hasLeft ? sumDown(at - 1, 1 << shift) : 0
  if (hasAbove && hasLeft) return (aboveSum + leftSum + (1 << shift)) >> (shift + 1)
  if (hasAbove) return (aboveSum + (1 << (shift - 1))) >> shift
  if (hasLeft) return (leftSum + (1 << (shift - 1))) >> shift
  return 128
}

/** Predicts luma as a whole. */
export function predictLuma(mode: u32, hasAbove: bool, hasLeft: bool): void {
  const top = v128.load(LUMA - WORK_STRIDE)
  if (mode == MODE_TM) {
    const corner = i16x8.splat(<i16>load<u8>(LUMA - WORK_STRIDE - 1))
    const low = i16x8.sub(i16x8.extend_low_i8x16_u(top), corner)
    const high = i16x8.sub(i16x8.extend_high_i8x16_u(top), corner)
    for (let y: usize = 0; y < 16; y++) {
      const side = i16x8.splat(<i16>load<u8>(LUMA + y * WORK_STRIDE - 1))
      v128.store(predicted + (y << 4), i8x16.narrow_i16x8_u(i16x8.add(low, side), i16x8.add(high, side)))
    }
    return
  }
  if (mode == MODE_HE) {
    for (let y: usize = 0; y < 16; y++) v128.store(predicted + (y << 4), v128.load8_splat(LUMA + y * WORK_STRIDE - 1))
    return
  }
  const row = mode == MODE_VE ? top : i8x16.splat(<i8>meanOf(LUMA, sumOf(top), hasAbove, hasLeft, 4))
  for (let y: usize = 0; y < 16; y++) v128.store(predicted + (y << 4), row)
}

@inline
function sideBySide(cb: v128, cr: v128): v128 {
  return v128.shuffle<i64>(cb, cr, 0, 2)
}

/** Predicts Cb and Cr. */
export function predictChroma(mode: u32, hasAbove: bool, hasLeft: bool): void {
  const topCb = v128.load64_zero(CB - WORK_STRIDE)
  const topCr = v128.load64_zero(CR - WORK_STRIDE)
  if (mode == MODE_TM) {
    const low = i16x8.sub(i16x8.extend_low_i8x16_u(topCb), i16x8.splat(<i16>load<u8>(CB - WORK_STRIDE - 1)))
    const high = i16x8.sub(i16x8.extend_low_i8x16_u(topCr), i16x8.splat(<i16>load<u8>(CR - WORK_STRIDE - 1)))
    for (let y: usize = 0; y < 8; y++) {
      const cb = i16x8.add(low, i16x8.splat(<i16>load<u8>(CB + y * WORK_STRIDE - 1)))
      const cr = i16x8.add(high, i16x8.splat(<i16>load<u8>(CR + y * WORK_STRIDE - 1)))
      v128.store(predicted + (y << 4), i8x16.narrow_i16x8_u(cb, cr))
    }
    return
  }
  if (mode == MODE_HE) {
    for (let y: usize = 0; y < 8; y++) {
      const row = y * WORK_STRIDE - 1
      v128.store(predicted + (y << 4), sideBySide(v128.load8_splat(CB + row), v128.load8_splat(CR + row)))
    }
    return
  }
  const row =
    mode == MODE_VE
      ? sideBySide(topCb, topCr)
      : sideBySide(
          i8x16.splat(<i8>meanOf(CB, sumOf(topCb), hasAbove, hasLeft, 3)),
          i8x16.splat(<i8>meanOf(CR, sumOf(topCr), hasAbove, hasLeft, 3)),
        )
  for (let y: usize = 0; y < 8; y++) v128.store(predicted + (y << 4), row)
}

/** The prediction of the subblock at `at`, 16 samples row by row, from what is around it. */
export function predictSubblock(mode: u32, at: usize): v128 {
  const lowest = load<u8>(at + 3 * WORK_STRIDE - 1)
  store<u8>(edge, lowest)
  store<u8>(edge, lowest, 1)
  store<u8>(edge, load<u8>(at + 2 * WORK_STRIDE - 1), 2)
  store<u8>(edge, load<u8>(at + WORK_STRIDE - 1), 3)
  store<u8>(edge, load<u8>(at - 1), 4)
  store<u8>(edge, load<u8>(at - WORK_STRIDE - 1), 5)
  const top = load<u64>(at - WORK_STRIDE)
  store<u64>(edge, top, 6)
  store<u8>(edge, <u8>(top >> 56), 14)
  const e = v128.load(edge)
  if (mode == MODE_DC) {
    let sum = 4
    for (let i: usize = 0; i < 4; i++) sum += <i32>load<u8>(edge + i, 1) + <i32>load<u8>(edge + i, 6)
    return i8x16.splat(<i8>(sum >> 3))
  }
  if (mode == MODE_TM) {
    const tops = i16x8.extend_low_i8x16_u(v128.shuffle<i8>(e, e, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9))
    const slopes = i16x8.sub(tops, i16x8.splat(<i16>load<u8>(edge, 5)))
    const upper = i16x8.extend_low_i8x16_u(v128.shuffle<i8>(e, e, 4, 4, 4, 4, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0))
    const lower = i16x8.extend_low_i8x16_u(v128.shuffle<i8>(e, e, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0))
    return i8x16.narrow_i16x8_u(i16x8.add(slopes, upper), i16x8.add(slopes, lower))
  }
  const next = v128.load(edge, 1)
  const before = v128.shuffle<i8>(e, e, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
  const two = i8x16.avgr_u(e, next)
  // (before + 2 e + next + 2) >> 2: the outer mean must be rounded down first.
  const odd = v128.and(v128.xor(before, next), i8x16.splat(1))
  const three = i8x16.avgr_u(e, i8x16.sub(i8x16.avgr_u(before, next), odd))
  if (mode == MODE_VE) return v128.shuffle<i8>(three, three, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9)
  if (mode == MODE_HE) return v128.shuffle<i8>(three, three, 4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1)
  if (mode == MODE_LD) return v128.shuffle<i8>(three, three, 7, 8, 9, 10, 8, 9, 10, 11, 9, 10, 11, 12, 10, 11, 12, 13)
  if (mode == MODE_RD) return v128.shuffle<i8>(three, three, 5, 6, 7, 8, 4, 5, 6, 7, 3, 4, 5, 6, 2, 3, 4, 5)
  if (mode == MODE_VR) return v128.shuffle<i8>(three, two, 21, 22, 23, 24, 5, 6, 7, 8, 4, 21, 22, 23, 3, 5, 6, 7)
  if (mode == MODE_VL) return v128.shuffle<i8>(three, two, 22, 23, 24, 25, 7, 8, 9, 10, 23, 24, 25, 11, 8, 9, 10, 12)
  if (mode == MODE_HD) return v128.shuffle<i8>(three, two, 20, 5, 6, 7, 19, 4, 20, 5, 18, 3, 19, 4, 17, 2, 18, 3)
  const flat = v128.shuffle<i8>(three, e, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16)
  const slope = v128.shuffle<i8>(three, two, 19, 3, 18, 2, 18, 2, 17, 1, 17, 1, 0, 0, 0, 0, 0, 0)
  return v128.shuffle<i8>(slope, flat, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 16, 16, 16, 16, 16)
}
