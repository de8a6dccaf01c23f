// The colour transforms of VP8L undone (RFC 9649 §4.2 to §4.4), row by row, and what comes of rows at last. In memory a pixel is B, G, R, A.
// Rows are read and written up to 12 bytes behind their end.

/** Red and blue less what green (and red, for blue) explains. `codes` are the row's multipliers, a pixel for each tile of `1 << bits` pixels. `to` may be `from`. */
export function vp8lCrossColour(from: usize, to: usize, width: u32, codes: usize, bits: u32): void {
  const ofFactors = i16x8.splat(0xff)
  for (let x: u32 = 0; x < width;) {
    const next = min(width, ((x >> bits) + 1) << bits)
    const code = load<u32>(codes + ((<usize>(x >> bits)) << 2))
    const greenToRed = <i32>(<i8>code)
    const greenToBlue = <i32>(<i8>(code >> 8))
    const redToBlue = <i32>(<i8>(code >> 16))
    // In each pixel the lower 16 bits have the factor for blue, the upper ones that for red.
    const byGreen = i32x4.splat((greenToRed << 16) | (greenToBlue & 0xffff))
    const byRed = i32x4.splat(redToBlue & 0xffff)
    const end = (<usize>next) << 2
    for (let at = (<usize>x) << 2; at < end; at += 16) {
      let pixels = v128.load(from + at)
      const green = i16x8.shr_s(i8x16.shuffle(pixels, pixels, 1, 1, 1, 1, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13, 13), 8)
      pixels = i8x16.add(pixels, v128.and(i16x8.shr_s(i16x8.mul(green, byGreen), 5), ofFactors))
      const red = i16x8.shr_s(i8x16.shuffle(pixels, pixels, 2, 2, 2, 2, 6, 6, 6, 6, 10, 10, 10, 10, 14, 14, 14, 14), 8)
      pixels = i8x16.add(pixels, v128.and(i16x8.shr_s(i16x8.mul(red, byRed), 5), ofFactors))
      v128.store(to + at, pixels)
    }
    x = next
  }
}

/** Adds green to red and blue. `to` may be `from`. */
export function vp8lAddGreen(from: usize, to: usize, width: u32): void {
  const none = i8x16.splat(0)
  const end = to + ((<usize>width) << 2)
  for (; to < end; to += 16, from += 16) {
    const pixels = v128.load(from)
    v128.store(to, i8x16.add(pixels, i8x16.shuffle(pixels, none, 1, 16, 1, 16, 5, 16, 5, 16, 9, 16, 9, 16, 13, 16, 13, 16)))
  }
}

/** Colours by index (RFC 9649 §4.4): green holds `1 << bits` of them, the leftmost lowest. `colours` are 256 pixels. Exactly `width` pixels are written. */
export function vp8lIndexed(from: usize, to: usize, width: u32, bits: u32, colours: usize): void {
  const size: u32 = 8 >> bits
  const mask: u32 = (1 << size) - 1
  const inGroup: u32 = (1 << bits) - 1
  let packed: u32 = 0
  for (let x: u32 = 0; x < width; x++) {
    if ((x & inGroup) == 0) packed = load<u8>(from + ((<usize>(x >> bits)) << 2), 1)
    store<u32>(to + ((<usize>x) << 2), load<u32>(colours + ((<usize>(packed & mask)) << 2)))
    packed >>= size
  }
}

/** Pixels as R, G, B, A. `opaque`: whatever their alpha is. */
export function vp8lToRgba(from: usize, to: usize, width: u32, opaque: bool): void {
  const alpha = i32x4.splat(opaque ? 0xff000000 : 0)
  const end = to + ((<usize>width) << 2)
  for (; to < end; to += 16, from += 16) {
    const pixels = v128.load(from)
    v128.store(to, v128.or(alpha, i8x16.shuffle(pixels, pixels, 2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15)))
  }
}

/** Green alone, masked, a byte a pixel. Up to 15 bytes behind the result are written, and 48 behind the row are read. */
export function vp8lGreens(from: usize, to: usize, width: u32, mask: u32): void {
  const ofGreen = i32x4.splat(mask)
  for (const end = to + width; to < end; to += 16, from += 64) {
    const a = v128.and(i32x4.shr_u(v128.load(from), 8), ofGreen)
    const b = v128.and(i32x4.shr_u(v128.load(from, 16), 8), ofGreen)
    const c = v128.and(i32x4.shr_u(v128.load(from, 32), 8), ofGreen)
    const d = v128.and(i32x4.shr_u(v128.load(from, 48), 8), ofGreen)
    v128.store(to, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d)))
  }
}

/** Red and green as one number, two bytes a pixel (RFC 9649 §3.7.2.2: the number of a group). */
export function vp8lNumbers(from: usize, to: usize, width: u32): void {
  for (let x: u32 = 0; x < width; x++) store<u16>(to + ((<usize>x) << 1), load<u16>(from + ((<usize>x) << 2), 1))
}
