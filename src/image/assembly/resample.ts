// Separable resampling, vertical pass first. Source rows are stored two by two as interleaved 16-bit samples (a0 b0 a1 b1 …), so that one
// dot instruction applies two rows' weights. The vertical pass writes one row of i16 with 6 fractional bits, the horizontal pass reads it.
// Accumulators are i32; the driver picks a table's precision (`shift`) so that no sum can overflow. Samples are counted in bytes of the
// picture: four for an RGBA pixel.

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

/** Four RGBA pixels premultiplied, as i16 with 7 fractional bits: round(c × a × 128 ÷ 255), and a × 128. The two halves of a row of eight. */
// @ts-ignore: decorator
@inline
function premultiplied(pixels: v128, scale: v128): v128 {
  const alphaLanes = i8x16(3, 3, 3, 16, 7, 7, 7, 16, 11, 11, 11, 16, 15, 15, 15, 16)
  const opaqueAlpha = i8x16(0, 0, 0, -1, 0, 0, 0, -1, 0, 0, 0, -1, 0, 0, 0, -1)
  const factors = v128.or(i8x16.swizzle(pixels, alphaLanes), opaqueAlpha)
  const low = i16x8.extmul_low_i8x16_u(pixels, factors)
  const high = i16x8.extmul_high_i8x16_u(pixels, factors)
  const a = i16x8.narrow_i32x4_s(scaled(i32x4.extend_low_i16x8_u(low), scale), scaled(i32x4.extend_high_i16x8_u(low), scale))
  const b = i16x8.narrow_i32x4_s(scaled(i32x4.extend_low_i16x8_u(high), scale), scaled(i32x4.extend_high_i16x8_u(high), scale))
  premultipliedHigh = b
  return a
}
