// Rows of RGBA to the planes of a JPEG: YCbCr of JFIF 1.02 (BT.601, full range) in 15-bit constants, chroma subsampling by plain means.

/** Weighted sum of four RGBA pixels; 15 fractional bits removed. `rbWeights`: of red and blue, `gWeight` of green. */
function weigh(pixels: v128, rbWeights: i32, gWeight: i32, offset: i32): v128 {
  const redBlue = v128.and(pixels, i32x4.splat(0x00ff00ff))
  const greenAlpha = i16x8.shr_u(pixels, 8)
  const sum = i32x4.add(i32x4.dot_i16x8_s(redBlue, i32x4.splat(rbWeights)), i32x4.dot_i16x8_s(greenAlpha, i32x4.splat(gWeight & 0xffff)))
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(offset)), 15)
}

function weights(first: i32, second: i32): i32 {
  return (first & 0xffff) | (second << 16)
}

function storeBytes(target: usize, low: v128, high: v128): void {
  const narrow = i16x8.narrow_i32x4_s(low, high)
  v128.store64_lane(target, i8x16.narrow_i16x8_u(narrow, narrow), 0)
}

const HALF: i32 = 1 << 14
/** 128 and a rounding that is just below a half, so that the largest chroma, 255.5, becomes 255. */
const CHROMA_OFFSET: i32 = (128 << 15) + (1 << 14) - 1

/** One row of RGBA (alpha is ignored) to full-size Y, Cb, Cr. Reads and writes whole groups of eight pixels. */
export function rgbaToYcc(rgba: usize, y: usize, cb: usize, cr: usize, pixels: i32): void {
  for (let x = 0; x < pixels; x += 8, rgba += 32, y += 8, cb += 8, cr += 8) {
    const first = v128.load(rgba)
    const second = v128.load(rgba, 16)
    storeBytes(y, weigh(first, weights(9798, 3735), 19235, HALF), weigh(second, weights(9798, 3735), 19235, HALF))
    storeBytes(cb, weigh(first, weights(-5529, 16384), -10855, CHROMA_OFFSET), weigh(second, weights(-5529, 16384), -10855, CHROMA_OFFSET))
    storeBytes(cr, weigh(first, weights(16384, -2664), -13720, CHROMA_OFFSET), weigh(second, weights(16384, -2664), -13720, CHROMA_OFFSET))
  }
}

/** One row of RGBA to Y alone. */
export function rgbaToGray(rgba: usize, y: usize, pixels: i32): void {
  for (let x = 0; x < pixels; x += 8, rgba += 32, y += 8) {
    const first = v128.load(rgba)
    const second = v128.load(rgba, 16)
    storeBytes(y, weigh(first, weights(9798, 3735), 19235, HALF), weigh(second, weights(9798, 3735), 19235, HALF))
  }
}

/** Means of horizontal pairs, rounded up and down in turn so that no brightness drifts. Writes whole groups of eight. */
export function halveRow(row: usize, target: usize, samples: i32): void {
  const bias = i32x4.splat(1 << 16)
  for (let x = 0; x < samples; x += 8, row += 16, target += 8) {
    const mean = i16x8.shr_u(i16x8.add(i16x8.extadd_pairwise_i8x16_u(v128.load(row)), bias), 1)
    v128.store64_lane(target, i8x16.narrow_i16x8_u(mean, mean), 0)
  }
}

/** Means of squares of four samples of two rows, roundings as in `halveRow`. */
export function quarterRows(first: usize, second: usize, target: usize, samples: i32): void {
  const bias = i32x4.splat((2 << 16) | 1)
  for (let x = 0; x < samples; x += 8, first += 16, second += 16, target += 8) {
    const sum = i16x8.add(i16x8.extadd_pairwise_i8x16_u(v128.load(first)), i16x8.extadd_pairwise_i8x16_u(v128.load(second)))
    const mean = i16x8.shr_u(i16x8.add(sum, bias), 2)
    v128.store64_lane(target, i8x16.narrow_i16x8_u(mean, mean), 0)
  }
}

/** Repeats the last sample of each row from `width` to `padded`. */
export function padRows(rows: usize, stride: usize, count: i32, width: i32, padded: i32): void {
  for (let y = 0; y < count; y++, rows += stride) {
    memory.fill(rows + <usize>width, load<u8>(rows + <usize>width - 1), <usize>(padded - width))
  }
}
