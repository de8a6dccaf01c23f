// Rows of RGBA to the planes of VP8: BT.601, studio range (Y 16–235, chroma 16–240); alpha is ignored.

@inline
function redGreen(pixels: v128): v128 {
  return i8x16.shuffle(pixels, i8x16.splat(0), 0, 16, 1, 16, 4, 16, 5, 16, 8, 16, 9, 16, 12, 16, 13, 16)
}

@inline
function blueAlpha(pixels: v128): v128 {
  return i8x16.shuffle(pixels, i8x16.splat(0), 2, 16, 3, 16, 6, 16, 7, 16, 10, 16, 11, 16, 14, 16, 15, 16)
}

/** 219 / 255 of 0.299, 0.587 and 0.114, 15 fractional bits. */
const LUMA_RG: i32 = 8414 | (16519 << 16)
const LUMA_B: i32 = 3208
const LUMA_OFFSET: i32 = (16 << 15) + (1 << 14)

@inline
function lumaOf(pixels: v128): v128 {
  const sum = i32x4.add(i32x4.dot_i16x8_s(redGreen(pixels), i32x4.splat(LUMA_RG)), i32x4.dot_i16x8_s(blueAlpha(pixels), i32x4.splat(LUMA_B)))
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(LUMA_OFFSET)), 15)
}

/** One row of Y. Reads and writes whole groups of eight pixels. */
export function rgbaToStudioLuma(rgba: usize, y: usize, pixels: i32): void {
  for (let x = 0; x < pixels; x += 8, rgba += 32, y += 8) {
    const narrow = i16x8.narrow_i32x4_s(lumaOf(v128.load(rgba)), lumaOf(v128.load(rgba, 16)))
    v128.store64_lane(y, i8x16.narrow_i16x8_u(narrow, narrow), 0)
  }
}

/** 224 / 255 of BT.601's weights for sums of four samples, 16 fractional bits before the sum is quartered. */
const CB_RG: i32 = (-9714 & 0xffff) | (-19070 << 16)
const CB_B: i32 = 28784
const CR_RG: i32 = 28784 | (-24103 << 16)
const CR_B: i32 = -4681 & 0xffff
const CHROMA_OFFSET: i32 = (128 << 18) + (1 << 17)

@inline
function chromaOf(rg: v128, ba: v128, rgWeights: i32, bWeight: i32): v128 {
  const sum = i32x4.add(i32x4.dot_i16x8_s(rg, i32x4.splat(rgWeights)), i32x4.dot_i16x8_s(ba, i32x4.splat(bWeight)))
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(CHROMA_OFFSET)), 18)
}

/** Sums of two neighbours' pairs of channels: (r, g) of pixels 0 + 1 and 2 + 3 in the lower half. */
@inline
function neighbours(first: v128, second: v128): v128 {
  const even = v128.shuffle<i32>(first, second, 0, 2, 4, 6)
  const odd = v128.shuffle<i32>(first, second, 1, 3, 5, 7)
  return i16x8.add(even, odd)
}

/** One row of Cb and Cr from two of pixels, whose width is even. Reads groups of eight pixels and writes groups of four samples. */
export function rgbaToStudioChroma(first: usize, second: usize, cb: usize, cr: usize, samples: i32): void {
  for (let x = 0; x < samples; x += 4, first += 32, second += 32, cb += 4, cr += 4) {
    const a0 = v128.load(first)
    const a1 = v128.load(first, 16)
    const b0 = v128.load(second)
    const b1 = v128.load(second, 16)
    const rg = i16x8.add(neighbours(redGreen(a0), redGreen(a1)), neighbours(redGreen(b0), redGreen(b1)))
    const ba = i16x8.add(neighbours(blueAlpha(a0), blueAlpha(a1)), neighbours(blueAlpha(b0), blueAlpha(b1)))
    const cbs = chromaOf(rg, ba, CB_RG, CB_B)
    const crs = chromaOf(rg, ba, CR_RG, CR_B)
    const narrow = i16x8.narrow_i32x4_s(cbs, crs)
    const bytes = i8x16.narrow_i16x8_u(narrow, narrow)
    v128.store32_lane(cb, bytes, 0)
    v128.store32_lane(cr, bytes, 1)
  }
}
