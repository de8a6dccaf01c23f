// Rows of RGBA to the planes of a JPEG: YCbCr of JFIF 1.02 (BT.601, full range) in 15-bit constants, chroma subsampling by plain means.

/** Weighted sum of four RGBA pixels given as (r, g) and (b, a) pairs of i16; 15 fractional bits removed. */
function weigh(rg: v128, ba: v128, rgWeights: i32, bWeight: i32, offset: i32): v128 {
  const sum = i32x4.add(i32x4.dot_i16x8_s(rg, i32x4.splat(rgWeights)), i32x4.dot_i16x8_s(ba, i32x4.splat(bWeight & 0xffff)))
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(offset)), 15)
}

function redGreen(pixels: v128): v128 {
  return i8x16.shuffle(pixels, i8x16.splat(0), 0, 16, 1, 16, 4, 16, 5, 16, 8, 16, 9, 16, 12, 16, 13, 16)
}

function blueAlpha(pixels: v128): v128 {
  return i8x16.shuffle(pixels, i8x16.splat(0), 2, 16, 3, 16, 6, 16, 7, 16, 10, 16, 11, 16, 14, 16, 15, 16)
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
    const rg0 = redGreen(first)
    const ba0 = blueAlpha(first)
    const rg1 = redGreen(second)
    const ba1 = blueAlpha(second)
    storeBytes(y, weigh(rg0, ba0, weights(9798, 19235), 3735, HALF), weigh(rg1, ba1, weights(9798, 19235), 3735, HALF))
    storeBytes(
      cb,
      weigh(rg0, ba0, weights(-5529, -10855), 16384, CHROMA_OFFSET),
      weigh(rg1, ba1, weights(-5529, -10855), 16384, CHROMA_OFFSET),
    )
    storeBytes(
      cr,
      weigh(rg0, ba0, weights(16384, -13720), -2664, CHROMA_OFFSET),
      weigh(rg1, ba1, weights(16384, -13720), -2664, CHROMA_OFFSET),
    )
  }
}

/** One row of RGBA to Y alone. */
export function rgbaToGray(rgba: usize, y: usize, pixels: i32): void {
  for (let x = 0; x < pixels; x += 8, rgba += 32, y += 8) {
    const first = v128.load(rgba)
    const second = v128.load(rgba, 16)
    storeBytes(
      y,
      weigh(redGreen(first), blueAlpha(first), weights(9798, 19235), 3735, HALF),
      weigh(redGreen(second), blueAlpha(second), weights(9798, 19235), 3735, HALF),
    )
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
