// Intra prediction (RFC 6386 §12) of one macroblock, in a small picture of it and its neighbours: samples outside of the frame are 127 above and 129
// to the left, and count for all modes but DC.
import { meanOf, sumOf } from '../means'
import { MODE_HE, MODE_TM, MODE_VE } from './modes'

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
function sumDown(at: usize, size: usize): i32 {
  let sum = 0
  for (let y: usize = 0; y < size; y++) sum += load<u8>(at + y * WORK_STRIDE)
  return sum
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
  const row = mode == MODE_VE ? top : i8x16.splat(<i8>meanOf(sumOf(top), sumDown(LUMA - 1, 16), hasAbove, hasLeft, 4))
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
          i8x16.splat(<i8>meanOf(sumOf(topCb), sumDown(CB - 1, 8), hasAbove, hasLeft, 3)),
          i8x16.splat(<i8>meanOf(sumOf(topCr), sumDown(CR - 1, 8), hasAbove, hasLeft, 3)),
        )
  for (let y: usize = 0; y < 8; y++) v128.store(predicted + (y << 4), row)
}
