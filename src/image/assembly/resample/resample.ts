// Separable resampling, vertical pass first. Source rows are stored two by two as interleaved 16-bit samples (a0 b0 a1 b1 …), so that one
// dot instruction applies two rows' weights. The vertical pass writes one row of i16 with 6 fractional bits, the horizontal pass reads it.
// Accumulators are i32; the driver picks each table's precision (`shift`) so that no sum can overflow. Samples are bytes of the picture:
// four for an RGBA pixel. Every function works in whole vectors: the driver leaves room behind each buffer.

/** Pairs two rows of `samples` bytes. Reads up to 15 bytes past each row, writes whole groups of 16 samples (64 bytes). */
export function pairRows(first: usize, second: usize, pair: usize, samples: i32): void {
  for (let done = 0; done < samples; done += 16, first += 16, second += 16, pair += 64) {
    const a = v128.load(first)
    const b = v128.load(second)
    const low = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
    const high = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
    v128.store(pair, i16x8.extend_low_i8x16_u(low))
    v128.store(pair, i16x8.extend_high_i8x16_u(low), 16)
    v128.store(pair, i16x8.extend_low_i8x16_u(high), 32)
    v128.store(pair, i16x8.extend_high_i8x16_u(high), 48)
  }
}

/** What each colour sample is multiplied by: its pixel's alpha; and alpha itself by 255. */
function alphaFactors(pixels: v128): v128 {
  const alphas = i8x16.shuffle(pixels, pixels, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15)
  return v128.or(alphas, i8x16(0, 0, 0, -1, 0, 0, 0, -1, 0, 0, 0, -1, 0, 0, 0, -1))
}

/** Eight products 0…65,025 to 0…32,640 (= 255 × 128), rounded. */
function scaledProducts(products: v128): v128 {
  const scale = f32x4.splat(128.0 / 255.0)
  const low = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(products)), scale))
  const high = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(products)), scale))
  return i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(low), i32x4.trunc_sat_f32x4_s(high))
}

/** As `pairRows` for RGBA with alpha: colours premultiplied, all samples with 7 fractional bits, so that faint pixels keep their colour. */
export function pairRowsPremultiplied(first: usize, second: usize, pair: usize, samples: i32): void {
  for (let done = 0; done < samples; done += 16, first += 16, second += 16, pair += 64) {
    const a = v128.load(first)
    const b = v128.load(second)
    const factorsA = alphaFactors(a)
    const factorsB = alphaFactors(b)
    const lowA = scaledProducts(i16x8.extmul_low_i8x16_u(a, factorsA))
    const lowB = scaledProducts(i16x8.extmul_low_i8x16_u(b, factorsB))
    const highA = scaledProducts(i16x8.extmul_high_i8x16_u(a, factorsA))
    const highB = scaledProducts(i16x8.extmul_high_i8x16_u(b, factorsB))
    v128.store(pair, i8x16.shuffle(lowA, lowB, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23))
    v128.store(pair, i8x16.shuffle(lowA, lowB, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31), 16)
    v128.store(pair, i8x16.shuffle(highA, highB, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23), 32)
    v128.store(pair, i8x16.shuffle(highA, highB, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31), 48)
  }
}

/**
 * The vertical pass of one output row: `row` = Σ weight × source over `pairs` pairs of rows, that start at `first` in a ring which ends at
 * `ringEnd` and is `ringBytes` long. `weights` holds one i16 pair per pair of rows.
 */
export function combinePairs(
  first: usize,
  pairBytes: usize,
  ringEnd: usize,
  ringBytes: usize,
  pairs: i32,
  weights: usize,
  row: usize,
  samples: i32,
  shift: i32,
): void {
  const half = i32x4.splat(1 << (shift - 1))
  for (let done = 0; done < samples; done += 16, row += 32) {
    let sum0 = half
    let sum1 = half
    let sum2 = half
    let sum3 = half
    let pair = first + ((<usize>done) << 2)
    for (let tap = 0; tap < pairs; tap++) {
      const weight = v128.load32_splat(weights + ((<usize>tap) << 2))
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(v128.load(pair), weight))
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(v128.load(pair, 16), weight))
      sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(v128.load(pair, 32), weight))
      sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(v128.load(pair, 48), weight))
      pair += pairBytes
      if (pair >= ringEnd) pair -= ringBytes
    }
    v128.store(row, i16x8.narrow_i32x4_s(i32x4.shr_s(sum0, shift), i32x4.shr_s(sum1, shift)))
    v128.store(row, i16x8.narrow_i32x4_s(i32x4.shr_s(sum2, shift), i32x4.shr_s(sum3, shift)), 16)
  }
}

/** The vertical pass for strong reductions, where a ring of all the rows would be too big: adds one weighted pair to a row of i32 sums. */
export function accumulatePair(pair: usize, weights: usize, sums: usize, samples: i32): void {
  const weight = v128.load32_splat(weights)
  for (let done = 0; done < samples; done += 16, pair += 64, sums += 64) {
    v128.store(sums, i32x4.add(v128.load(sums), i32x4.dot_i16x8_s(v128.load(pair), weight)))
    v128.store(sums, i32x4.add(v128.load(sums, 16), i32x4.dot_i16x8_s(v128.load(pair, 16), weight)), 16)
    v128.store(sums, i32x4.add(v128.load(sums, 32), i32x4.dot_i16x8_s(v128.load(pair, 32), weight)), 32)
    v128.store(sums, i32x4.add(v128.load(sums, 48), i32x4.dot_i16x8_s(v128.load(pair, 48), weight)), 48)
  }
}

/** Ends the sums of one output row: rounds them into `row`. */
export function roundSums(sums: usize, row: usize, samples: i32, shift: i32): void {
  const half = i32x4.splat(1 << (shift - 1))
  for (let done = 0; done < samples; done += 8, sums += 32, row += 16) {
    const low = i32x4.shr_s(i32x4.add(v128.load(sums), half), shift)
    const high = i32x4.shr_s(i32x4.add(v128.load(sums, 16), half), shift)
    v128.store(row, i16x8.narrow_i32x4_s(low, high))
  }
}

/**
 * The horizontal pass of a plane: four output samples at a time, each Σ of `taps` (a multiple of 8) samples of `row` from its start on.
 * `starts` (i32) and `weights` (i16 × taps) have entries for a multiple of four outputs.
 */
export function combineColumns(row: usize, starts: usize, weights: usize, taps: i32, target: usize, width: i32, shift: i32): void {
  const half = i32x4.splat(1 << (shift - 1))
  const tapBytes = (<usize>taps) << 1
  for (let x = 0; x < width; x += 4, starts += 16, weights += tapBytes << 2, target += 4) {
    const row0 = row + ((<usize>load<i32>(starts)) << 1)
    const row1 = row + ((<usize>load<i32>(starts, 4)) << 1)
    const row2 = row + ((<usize>load<i32>(starts, 8)) << 1)
    const row3 = row + ((<usize>load<i32>(starts, 12)) << 1)
    const weights1 = weights + tapBytes
    const weights2 = weights1 + tapBytes
    const weights3 = weights2 + tapBytes
    let sum0 = i32x4.splat(0)
    let sum1 = i32x4.splat(0)
    let sum2 = i32x4.splat(0)
    let sum3 = i32x4.splat(0)
    for (let at: usize = 0; at < tapBytes; at += 16) {
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(v128.load(row0 + at), v128.load(weights + at)))
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(v128.load(row1 + at), v128.load(weights1 + at)))
      sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(v128.load(row2 + at), v128.load(weights2 + at)))
      sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(v128.load(row3 + at), v128.load(weights3 + at)))
    }
    // Lanes of four vectors to one vector of four sums.
    const even = i32x4.add(i32x4.shuffle(sum0, sum1, 0, 1, 4, 5), i32x4.shuffle(sum0, sum1, 2, 3, 6, 7))
    const odd = i32x4.add(i32x4.shuffle(sum2, sum3, 0, 1, 4, 5), i32x4.shuffle(sum2, sum3, 2, 3, 6, 7))
    const sums = i32x4.add(i32x4.shuffle(even, odd, 0, 2, 4, 6), i32x4.shuffle(even, odd, 1, 3, 5, 7))
    const rounded = i32x4.shr_s(i32x4.add(sums, half), shift)
    const narrow = i16x8.narrow_i32x4_s(rounded, rounded)
    v128.store32_lane(target, i8x16.narrow_i16x8_u(narrow, narrow), 0)
  }
}

/** Σ over the taps of one RGBA pixel, one channel a lane. `taps` is a multiple of 4. */
function pixelSum(pixels: usize, weights: usize, taps: i32, start: v128): v128 {
  let sumA = start
  let sumB = i32x4.splat(0)
  for (let tap = 0; tap < taps; tap += 4, pixels += 32, weights += 8) {
    const a = v128.load(pixels)
    const b = v128.load(pixels, 16)
    const pairA = i16x8.shuffle(a, a, 0, 4, 1, 5, 2, 6, 3, 7)
    const pairB = i16x8.shuffle(b, b, 0, 4, 1, 5, 2, 6, 3, 7)
    sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(pairA, v128.load32_splat(weights)))
    sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(pairB, v128.load32_splat(weights, 4)))
  }
  return i32x4.add(sumA, sumB)
}

/** The horizontal pass of opaque RGBA. Writes exactly `width` pixels. */
export function combinePixels(row: usize, starts: usize, weights: usize, taps: i32, target: usize, width: i32, shift: i32): void {
  const half = i32x4.splat(1 << (shift - 1))
  for (let x = 0; x < width; x++, starts += 4, weights += (<usize>taps) << 1, target += 4) {
    const sum = i32x4.shr_s(pixelSum(row + ((<usize>load<i32>(starts)) << 3), weights, taps, half), shift)
    const narrow = i16x8.narrow_i32x4_s(sum, sum)
    v128.store32_lane(target, i8x16.narrow_i16x8_u(narrow, narrow), 0)
  }
}

/** The horizontal pass of premultiplied RGBA: divides by alpha at the end, from the unrounded sums. A pixel of alpha 0 is 0, 0, 0, 0. */
export function combinePremultipliedPixels(
  row: usize,
  starts: usize,
  weights: usize,
  taps: i32,
  target: usize,
  width: i32,
  shift: i32,
): void {
  const one = f32x4.splat(1.0 / <f32>(1 << shift))
  for (let x = 0; x < width; x++, starts += 4, weights += (<usize>taps) << 1, target += 4) {
    const sum = f32x4.mul(f32x4.convert_i32x4_s(pixelSum(row + ((<usize>load<i32>(starts)) << 3), weights, taps, i32x4.splat(0))), one)
    const alpha = f32x4.extract_lane(sum, 3)
    if (alpha < 0.5) {
      store<u32>(target, 0)
      continue
    }
    const colours = f32x4.mul(sum, f32x4.splat(255.0 / alpha))
    const pixel = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.replace_lane(colours, 3, alpha)))
    const narrow = i16x8.narrow_i32x4_s(pixel, pixel)
    v128.store32_lane(target, i8x16.narrow_i16x8_u(narrow, narrow), 0)
  }
}

/** Whether every pixel of `bytes` (a multiple of 4) bytes of RGBA has alpha 255. Reads up to 15 bytes behind, which do not count. */
export function isOpaque(pixels: usize, bytes: i32): i32 {
  const colours = i8x16(-1, -1, -1, 0, -1, -1, -1, 0, -1, -1, -1, 0, -1, -1, -1, 0)
  const end = pixels + <usize>bytes
  for (; pixels + 16 <= end; pixels += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.or(v128.load(pixels), colours), i8x16.splat(-1)))) return 0
  }
  for (; pixels < end; pixels += 4) if (load<u8>(pixels, 3) != 255) return 0
  return 1
}
