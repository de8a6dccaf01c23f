// Rows of samples to rows of RGBA, and the chroma upsampling before it. Rounding as libjpeg's. All rows may be read 16 bytes past their end;
// output rows have room for a multiple of 16 pixels.

@inline
function store16Rgba(out: usize, r: v128, g: v128, b: v128): void {
  store16(out, r, g, b, i8x16.splat(-1))
}

@inline
function store16(out: usize, r: v128, g: v128, b: v128, a: v128): void {
  const rgLow = i8x16.shuffle(r, g, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
  const rgHigh = i8x16.shuffle(r, g, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
  const baLow = i8x16.shuffle(b, a, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
  const baHigh = i8x16.shuffle(b, a, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
  v128.store(out, i8x16.shuffle(rgLow, baLow, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23))
  v128.store(out, i8x16.shuffle(rgLow, baLow, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31), 16)
  v128.store(out, i8x16.shuffle(rgHigh, baHigh, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23), 32)
  v128.store(out, i8x16.shuffle(rgHigh, baHigh, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31), 48)
}

/** (c * factor / 32768), rounded. For the factors below and 8-bit chroma this equals libjpeg's product of 16 fractional bits exactly. */
@inline
function scaled(c: v128, factor: i16): v128 {
  return i16x8.q15mulr_sat_s(c, i16x8.splat(factor))
}

/** The green part of 8 chroma pairs: (-0.34414 cb - 0.71414 cr + 0.5), where -0.71414 = 0.28586 - 1. */
@inline
function greenPart(cb: v128, cr: v128): v128 {
  const k = i16x8(-22554, 18734, -22554, 18734, -22554, 18734, -22554, 18734)
  const half = i32x4.splat(32768)
  const low = i8x16.shuffle(cb, cr, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23)
  const high = i8x16.shuffle(cb, cr, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31)
  const sum = i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(low, k), half), 16),
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(high, k), half), 16),
  )
  return i16x8.sub(sum, cr)
}

export function yccToRgbaRow(y: usize, cb: usize, cr: usize, out: usize, pixels: i32): void {
  const center = i16x8.splat(128)
  for (let i: usize = 0; i < <usize>pixels; i += 16, out += 64) {
    const vy = v128.load(y + i)
    const vb = v128.load(cb + i)
    const vr = v128.load(cr + i)
    const yLow = i16x8.extend_low_i8x16_u(vy)
    const yHigh = i16x8.extend_high_i8x16_u(vy)
    const bLow = i16x8.sub(i16x8.extend_low_i8x16_u(vb), center)
    const bHigh = i16x8.sub(i16x8.extend_high_i8x16_u(vb), center)
    const rLow = i16x8.sub(i16x8.extend_low_i8x16_u(vr), center)
    const rHigh = i16x8.sub(i16x8.extend_high_i8x16_u(vr), center)
    // 1.402 = 1 + 13173 / 32768
    const r = i8x16.narrow_i16x8_u(
      i16x8.add(i16x8.add(yLow, rLow), scaled(rLow, 13173)),
      i16x8.add(i16x8.add(yHigh, rHigh), scaled(rHigh, 13173)),
    )
    // 1.772 = 2 - 7471 / 32768
    const b = i8x16.narrow_i16x8_u(
      i16x8.add(i16x8.add(yLow, i16x8.add(bLow, bLow)), scaled(bLow, -7471)),
      i16x8.add(i16x8.add(yHigh, i16x8.add(bHigh, bHigh)), scaled(bHigh, -7471)),
    )
    const g = i8x16.narrow_i16x8_u(i16x8.add(yLow, greenPart(bLow, rLow)), i16x8.add(yHigh, greenPart(bHigh, rHigh)))
    store16Rgba(out, r, g, b)
  }
}

export function rgbToRgbaRow(r: usize, g: usize, b: usize, out: usize, pixels: i32): void {
  for (let i: usize = 0; i < <usize>pixels; i += 16, out += 64) store16Rgba(out, v128.load(r + i), v128.load(g + i), v128.load(b + i))
}

export function grayToRgbaRow(gray: usize, out: usize, pixels: i32): void {
  for (let i: usize = 0; i < <usize>pixels; i += 16, out += 64) {
    const v = v128.load(gray + i)
    store16Rgba(out, v, v, v)
  }
}

/** (255 - ink) * (255 - k) / 255, rounded, for 16 pixels. */
@inline
function withoutInk(ink: v128, white: v128): v128 {
  const paper = v128.not(ink)
  const low = i16x8.extmul_low_i8x16_u(paper, white)
  const high = i16x8.extmul_high_i8x16_u(paper, white)
  return i8x16.narrow_i16x8_u(divide255(low), divide255(high))
}

@inline
function divide255(product: v128): v128 {
  const t = i16x8.add(product, i16x8.splat(128))
  return i16x8.shr_u(i16x8.add(t, i16x8.shr_u(t, 8)), 8)
}

/** Ink amounts to RGB without a profile. */
export function cmykToRgbaRow(c: usize, m: usize, y: usize, k: usize, out: usize, pixels: i32): void {
  for (let i: usize = 0; i < <usize>pixels; i += 16, out += 64) {
    const white = v128.not(v128.load(k + i))
    store16Rgba(out, withoutInk(v128.load(c + i), white), withoutInk(v128.load(m + i), white), withoutInk(v128.load(y + i), white))
  }
}

/** Ink amounts as they are: four bytes a pixel. */
export function cmykToInkRow(c: usize, m: usize, y: usize, k: usize, out: usize, pixels: i32): void {
  for (let i: usize = 0; i < <usize>pixels; i += 16, out += 64)
    store16(out, v128.load(c + i), v128.load(m + i), v128.load(y + i), v128.load(k + i))
}

/** In place: a row of RGBA that holds C, M, Y gets `k` as its fourth byte. */
export function addInkRow(rgba: usize, k: usize, pixels: i32): void {
  const inks = i32x4.splat(0x00ffffff)
  for (let i: usize = 0; i < <usize>pixels; i += 4, rgba += 16) {
    const black = i32x4.shl(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(k + i))), 24)
    v128.store(rgba, v128.or(v128.and(v128.load(rgba), inks), black))
  }
}

/** Applies ink amounts in place: a row of RGBA that holds C, M, Y becomes RGB under `k`. */
export function inkRgbaRow(rgba: usize, k: usize, pixels: i32): void {
  const alpha = i32x4.splat(0xff000000)
  for (let i: usize = 0; i < <usize>pixels; i += 4, rgba += 16) {
    const four = v128.load32_zero(k + i)
    const white = v128.not(i8x16.swizzle(four, i8x16(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)))
    v128.store(rgba, v128.or(withoutInk(v128.load(rgba), white), alpha))
  }
}

/** The eight lanes before and behind `here`, given the vectors beside it. */
@inline
function lanesLeft(before: v128, here: v128): v128 {
  return i8x16.shuffle(before, here, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
}

@inline
function lanesRight(here: v128, behind: v128): v128 {
  return i8x16.shuffle(here, behind, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17)
}

/**
 * One row of twice the width: triangle filter, 3/4 of the nearer and 1/4 of the farther sample. Beyond the row's ends lie its end samples
 * again. `width` is the input's.
 */
export function upsampleAcross(row: usize, out: usize, width: i32): void {
  const one = i16x8.splat(1)
  const two = i16x8.splat(2)
  const three = i16x8.splat(3)
  let here = v128.load8x8_u(row)
  let before = i16x8.splat(<i16>load<u8>(row))
  for (let x: usize = 0; x < <usize>width; x += 8) {
    const behind = v128.load8x8_u(row + x, 8)
    const most = i16x8.mul(here, three)
    const left = i16x8.shr_u(i16x8.add(i16x8.add(most, lanesLeft(before, here)), one), 2)
    const right = i16x8.shr_u(i16x8.add(i16x8.add(most, lanesRight(here, behind)), two), 2)
    v128.store(out + (x << 1), v128.or(left, i16x8.shl(right, 8)))
    before = here
    here = behind
  }
  const last = <usize>width - 1
  store<u8>(out + (last << 1), load<u8>(row + last), 1)
}

/** One row of twice the width between two rows of half the height: `near` counts 3/4, `far` 1/4, and across alike. */
export function upsampleAcrossDown(near: usize, far: usize, out: usize, width: i32): void {
  const eight = i16x8.splat(8)
  const seven = i16x8.splat(7)
  const three = i16x8.splat(3)
  let here = columnSums(near, far)
  let before = i16x8.splat(<i16>columnSum(near, far))
  for (let x: usize = 0; x < <usize>width; x += 8) {
    const behind = columnSums(near + x + 8, far + x + 8)
    const most = i16x8.mul(here, three)
    const left = i16x8.shr_u(i16x8.add(i16x8.add(most, lanesLeft(before, here)), eight), 4)
    const right = i16x8.shr_u(i16x8.add(i16x8.add(most, lanesRight(here, behind)), seven), 4)
    v128.store(out + (x << 1), v128.or(left, i16x8.shl(right, 8)))
    before = here
    here = behind
  }
  const last = <usize>width - 1
  store<u8>(out + (last << 1), (columnSum(near + last, far + last) * 4 + 7) >> 4, 1)
}

@inline
function columnSums(near: usize, far: usize): v128 {
  return i16x8.add(i16x8.mul(v128.load8x8_u(near), i16x8.splat(3)), v128.load8x8_u(far))
}

@inline
function columnSum(near: usize, far: usize): i32 {
  return <i32>load<u8>(near) * 3 + <i32>load<u8>(far)
}

/** One row between two rows of half the height. `bias` 1 for the row above the pair's centre, 2 below it. */
export function upsampleDown(near: usize, far: usize, out: usize, width: i32, bias: i32): void {
  const rounding = i16x8.splat(<i16>bias)
  for (let x: usize = 0; x < <usize>width; x += 8) {
    const sum = i16x8.shr_u(i16x8.add(columnSums(near + x, far + x), rounding), 2)
    v128.store64_lane(out + x, i8x16.narrow_i16x8_u(sum, sum), 0)
  }
}

/** Nearest sample: output x takes input (x * step + phase) >> 16, never past `last`. */
export function upsampleNearest(row: usize, out: usize, pixels: i32, step: i32, phase: i32, last: i32): void {
  for (let x = 0; x < pixels; x++) {
    const source = <i32>((<i64>x * step + phase) >> 16)
    store<u8>(out + <usize>x, load<u8>(row + <usize>min(max(source, 0), last)))
  }
}

/** Doubles each sample. */
export function upsampleTwice(row: usize, out: usize, width: i32): void {
  for (let x: usize = 0; x < <usize>width; x += 8) {
    const v = v128.load64_zero(row + x)
    v128.store(out + (x << 1), i8x16.shuffle(v, v, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7))
  }
}

/** 255 - sample, in place. */
export function invertRow(row: usize, bytes: i32): void {
  for (let i: usize = 0; i < <usize>bytes; i += 16) v128.store(row + i, v128.not(v128.load(row + i)))
}
