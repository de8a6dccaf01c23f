// From the samples of VP8 (BT.601, luma 16 … 235, chroma 16 … 240) to what others work with.

/** Fractional bits of a stretched sample before it is rounded: a factor of 16,384 is 1. */
const LUMA_FACTOR: i16 = 19077
const CHROMA_FACTOR: i16 = 18652

@inline
function stretched(samples: v128, middle: v128, factor: v128): v128 {
  return i16x8.q15mulr_sat_s(i16x8.shl(i16x8.sub(samples, middle), 1), factor)
}

/** Luma to 0 … 255, in place, as JFIF has it. Whole vectors: up to 15 bytes more. */
export function vp8StretchLuma(row: usize, width: i32): void {
  const low = i16x8.splat(16)
  const factor = i16x8.splat(LUMA_FACTOR)
  for (const end = row + <usize>width; row < end; row += 16) {
    const samples = v128.load(row)
    const first = stretched(i16x8.extend_low_i8x16_u(samples), low, factor)
    v128.store(row, i8x16.narrow_i16x8_u(first, stretched(i16x8.extend_high_i8x16_u(samples), low, factor)))
  }
}

/** Chroma around 128, in place, as JFIF has it. */
export function vp8StretchChroma(row: usize, width: i32): void {
  const middle = i16x8.splat(128)
  const factor = i16x8.splat(CHROMA_FACTOR)
  for (const end = row + <usize>width; row < end; row += 16) {
    const samples = v128.load(row)
    const first = i16x8.add(stretched(i16x8.extend_low_i8x16_u(samples), middle, factor), middle)
    const second = i16x8.add(stretched(i16x8.extend_high_i8x16_u(samples), middle, factor), middle)
    v128.store(row, i8x16.narrow_i16x8_u(first, second))
  }
}

/** (9 near + 3 beside + 3 far + far beside + 8) >> 4, from 3 near + far of eight samples and of their neighbours. */
@inline
function mixed(here: v128, beside: v128): v128 {
  return i16x8.shr_u(i16x8.add(i16x8.add(i16x8.mul(here, i16x8.splat(3)), beside), i16x8.splat(8)), 4)
}

@inline
function columnSums(near: usize, far: usize): v128 {
  return i16x8.add(i16x8.mul(v128.load8x8_u(near), i16x8.splat(3)), v128.load8x8_u(far))
}

/** Twice the samples of a row of chroma between two: `near` counts 3/4. Sixteen at a time; the row's ends are repeated beyond it. */
function upsample(near: usize, far: usize, width: i32, out: usize): void {
  const last = <usize>width - 1
  const lastSum = <i16>(<i32>load<u8>(near + last) * 3 + <i32>load<u8>(far + last))
  let here = columnSums(near, far)
  let before = i16x8.splat(i16x8.extract_lane_s(here, 0))
  for (let x: usize = 0; x <= last; x += 8) {
    const behind = columnSums(near + x + 8, far + x + 8)
    const left = v128.shuffle<i16>(before, here, 7, 8, 9, 10, 11, 12, 13, 14)
    const right = v128.shuffle<i16>(here, behind, 1, 2, 3, 4, 5, 6, 7, 8)
    v128.store(out + (x << 1), v128.or(mixed(here, left), i16x8.shl(mixed(here, right), 8)))
    before = here
    here = behind
  }
  // Behind the last sample there is none.
  store<u8>(out + (last << 1), (4 * lastSum + 8) >> 4, 1)
}

/** Chroma of a row in full width: Cb and Cr. */
const ROOM: usize = 16384 + 64
const wide: usize = memory.data(2 * 16448, 16)

/** 16 samples of 8 bits times a factor of 14 fractional bits, shifted as libwebp does: (x × 256 × factor) >> 16. */
@inline
function scaled(samples: v128, factor: i32): v128 {
  const factors = i32x4.splat(factor)
  const low = i32x4.shr_u(i32x4.mul(i32x4.extend_low_i16x8_u(samples), factors), 8)
  const high = i32x4.shr_u(i32x4.mul(i32x4.extend_high_i16x8_u(samples), factors), 8)
  return i16x8.narrow_i32x4_u(low, high)
}

@inline
function toByte(red: v128): v128 {
  return i16x8.shr_s(red, 6)
}

/** One row of RGBA as libwebp makes it: chroma of the nearer and the farther row of `chromaWidth`, triangle filter, 14-bit equations, alpha 255. */
export function vp8RgbaRow(
  luma: usize,
  nearCb: usize,
  farCb: usize,
  nearCr: usize,
  farCr: usize,
  chromaWidth: i32,
  out: usize,
  width: i32,
): void {
  upsample(nearCb, farCb, chromaWidth, wide)
  upsample(nearCr, farCr, chromaWidth, wide + ROOM)
  for (let x: usize = 0; x < <usize>width; x += 8, out += 32) {
    const y = scaled(v128.load8x8_u(luma + x), 19077)
    const u = v128.load8x8_u(wide + x)
    const v = v128.load8x8_u(wide + ROOM + x)
    const red = i16x8.sub(i16x8.add(y, scaled(v, 26149)), i16x8.splat(14234))
    const green = i16x8.add(i16x8.sub(i16x8.sub(y, scaled(u, 6419)), scaled(v, 13320)), i16x8.splat(8708))
    // Blue passes 32,767 and is saturated there, which is more than white.
    const blue = i16x8.sub_sat_u(i16x8.add_sat_u(y, scaled(u, 33050)), i16x8.splat(17685))
    const r = toByte(red)
    const g = toByte(green)
    const b = i16x8.shr_u(blue, 6)
    const rg = i8x16.narrow_i16x8_u(r, g)
    const ba = v128.or(v128.and(i8x16.narrow_i16x8_u(b, b), i64x2(-1, 0)), i64x2(0, -1))
    const pairs = v128.shuffle<i8>(rg, rg, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)
    const others = v128.shuffle<i8>(ba, ba, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)
    v128.store(out, v128.shuffle<i16>(pairs, others, 0, 8, 1, 9, 2, 10, 3, 11))
    v128.store(out, v128.shuffle<i16>(pairs, others, 4, 12, 5, 13, 6, 14, 7, 15), 16)
  }
}

/** Puts a row of alpha into one of RGBA. Whole vectors of four pixels. */
export function vp8PutAlpha(alpha: usize, rgba: usize, width: i32): void {
  const colours = i32x4.splat(0x00ffffff)
  for (let x: usize = 0; x < <usize>width; x += 4, rgba += 16) {
    const values = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(alpha + x)))
    v128.store(rgba, v128.or(v128.and(v128.load(rgba), colours), i32x4.shl(values, 24)))
  }
}
