// Quantisation: RFC 6386 §9.6, §14.1. Coefficients are transposed (./transform.ts), levels in zigzag order.
import { AC_QUANTISERS, DC_QUANTISERS } from '../tables'

/** For a block's coefficients: steps (16 u16), 65,536 ÷ step (16 u16), what is added before the fraction is cut off (16 u32). */
const RECIPROCALS: usize = 32
const ROUNDING: usize = 64
const QUANTISER_BYTES: usize = 128
/** Kinds of quantisers of a segment. */
export const LUMA_QUANTISER: usize = 0
export const DCS_QUANTISER: usize = 128
export const CHROMA_QUANTISER: usize = 256
/** f64: squared error, in 1/16 of a sample's, that 1/256 bit is worth. */
export const LAMBDA: usize = 384
/** f64: squared error of a block's coefficients that 1/256 bit is worth where levels are chosen; of the DCs', four times as much. */
export const TRELLIS_LAMBDA: usize = 392
const SEGMENT_BYTES: usize = 400
/** Levels are chosen by less than what a bit is worth: their probabilities follow the choice. By measurement. */
const TRELLIS_SHARE: f64 = 0.6

const quantisers: usize = memory.data(4 * 400, 16)

export function segmentQuantisers(segment: usize): usize {
  return quantisers + segment * SEGMENT_BYTES
}

function clampIndex(index: i32): usize {
  return <usize>max(0, min(127, index))
}

/** `dcRounding` and `acRounding`: the fraction, in 1/256, from which on a level is rounded up, taken from 256. */
function fill(at: usize, dc: i32, ac: i32, dcRounding: i32, acRounding: i32): void {
  for (let i: usize = 0; i < 16; i++) {
    const step = i == 0 ? dc : ac
    store<u16>(at + (i << 1), step)
    store<u16>(at + RECIPROCALS + (i << 1), 65536 / step)
    store<u32>(at + ROUNDING + (i << 2), (i == 0 ? dcRounding : acRounding) << 8)
  }
}

/** Quantisers of a segment of index 0…127. `lambda`: what a bit is worth, in squares of the step of luma's AC. */
export function vp8SetQuantiser(segment: usize, index: i32, rounding: i32, lambda: f64): void {
  const at = segmentQuantisers(segment)
  const q = clampIndex(index)
  const dc = <i32>load<u8>(DC_QUANTISERS + q)
  const ac = <i32>load<u16>(AC_QUANTISERS + (q << 1))
  fill(at + LUMA_QUANTISER, dc, ac, rounding, rounding)
  fill(at + DCS_QUANTISER, dc * 2, max(8, (ac * 155) / 100), rounding, rounding)
  fill(at + CHROMA_QUANTISER, min(132, dc), ac, rounding + 4, rounding + 4)
  store<f64>(at, (lambda * ac * ac * 16) / 256, LAMBDA)
  store<f64>(at, (load<f64>(at, LAMBDA) / 4) * TRELLIS_SHARE, TRELLIS_LAMBDA)
}


/** Quantises a block. Writes 16 i16 levels and what a decoder makes of them (16 i16, transposed); answers the last place with a level, or −1. */
export function quantiseBlock(coefficients: usize, quantiser: usize, levels: usize, restored: usize): i32 {
  const c0 = v128.load(coefficients)
  const c1 = v128.load(coefficients, 16)
  const a0 = i16x8.abs(c0)
  const a1 = i16x8.abs(c1)
  const r0 = v128.load(quantiser, RECIPROCALS)
  const r1 = v128.load(quantiser, RECIPROCALS + 16)
  const ac = v128.load(quantiser, ROUNDING + 16)
  const n0 = i16x8.narrow_i32x4_u(
    i32x4.shr_u(i32x4.add(i32x4.extmul_low_i16x8_u(a0, r0), v128.load(quantiser, ROUNDING)), 16),
    i32x4.shr_u(i32x4.add(i32x4.extmul_high_i16x8_u(a0, r0), ac), 16),
  )
  const n1 = i16x8.narrow_i32x4_u(
    i32x4.shr_u(i32x4.add(i32x4.extmul_low_i16x8_u(a1, r1), ac), 16),
    i32x4.shr_u(i32x4.add(i32x4.extmul_high_i16x8_u(a1, r1), ac), 16),
  )
  const s0 = i16x8.shr_s(c0, 15)
  const s1 = i16x8.shr_s(c1, 15)
  const l0 = i16x8.sub(v128.xor(n0, s0), s0)
  const l1 = i16x8.sub(v128.xor(n1, s1), s1)
  const d0 = i16x8.mul(l0, v128.load(quantiser))
  const d1 = i16x8.mul(l1, v128.load(quantiser, 16))
  v128.store(restored, d0)
  v128.store(restored, d1, 16)
  // Zigzag order of transposed places: 0 4 1 2 5 8 12 9, 6 3 7 10 13 14 11 15.
  const z0 = v128.shuffle<i16>(l0, l1, 0, 4, 1, 2, 5, 8, 12, 9)
  const z1 = v128.shuffle<i16>(l0, l1, 6, 3, 7, 10, 13, 14, 11, 15)
  v128.store(levels, z0)
  v128.store(levels, z1, 16)
  const zero = i16x8.splat(0)
  return 31 - clz(i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.ne(z0, zero), i16x8.ne(z1, zero))))
}

/** Squared error of a block of coefficients: four times that of its samples. */
export function squaredError(coefficients: usize, restored: usize): i32 {
  const e0 = i16x8.sub(v128.load(coefficients), v128.load(restored))
  const e1 = i16x8.sub(v128.load(coefficients, 16), v128.load(restored, 16))
  const squares = i32x4.add(i32x4.dot_i16x8_s(e0, e0), i32x4.dot_i16x8_s(e1, e1))
  const halves = i32x4.add(squares, v128.shuffle<i32>(squares, squares, 2, 3, 0, 1))
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1)
}
