// PNG row filters undone (PNG §9.2). `x` is the row's filtered bytes, `b` the row above, already plain; the plain row goes to `to`.
// a, b, c are the pixels left, above and left above, as in the specification.

const SUB: u32 = 1
const UP: u32 = 2
const AVERAGE: u32 = 3
const PAETH: u32 = 4

/**
 * @param bpp bytes of a whole pixel, at least 1: 1, 2, 3, 4, 6 or 8.
 * Reads up to 15 bytes behind `from` and `above`, writes up to 15 behind `to`; `above` and `to` may not overlap.
 * @returns false for a filter type that does not exist.
 */
export function pngUnfilter(filter: u32, from: usize, above: usize, to: usize, bytes: usize, bpp: u32): bool {
  if (filter == 0) memory.copy(to, from, bytes)
  else if (filter == UP) up(from, above, to, bytes)
  else if (filter > PAETH) return false
  else if (bpp < 3) narrow(filter, from, above, to, bytes, bpp)
  else if (filter == SUB) bpp == 4 ? subOf4(from, to, bytes) : bpp == 3 ? subOf3(from, to, bytes) : subOfWide(from, to, bytes, bpp)
  else if (filter == AVERAGE) bpp <= 4 ? average<u32>(from, above, to, bytes, bpp) : average<u64>(from, above, to, bytes, bpp)
  else bpp <= 4 ? paeth<u32>(from, above, to, bytes, bpp) : paeth<u64>(from, above, to, bytes, bpp)
  return true
}

function up(from: usize, above: usize, to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, i8x16.add(v128.load(from + i), v128.load(above + i)))
}

/** One or two bytes a pixel: too little for a vector. */
function narrow(filter: u32, from: usize, above: usize, to: usize, bytes: usize, bpp: u32): void {
  for (let i: usize = 0; i < bytes; i++) {
    const hasLeft = i >= <usize>bpp
    const a: i32 = hasLeft ? load<u8>(to + i - bpp) : 0
    const b: i32 = load<u8>(above + i)
    const c: i32 = hasLeft ? load<u8>(above + i - bpp) : 0
    let predicted = a
    if (filter == AVERAGE) predicted = (a + b) >> 1
    else if (filter == PAETH) {
      const pa = abs(b - c)
      const pb = abs(a - c)
      const pc = abs(a + b - c - c)
      predicted = pa <= pb && pa <= pc ? a : pb <= pc ? b : c
    }
    store<u8>(to + i, <u8>(load<u8>(from + i) + predicted))
  }
}

/** Running sums of four pixels at once: shifted by one, then by two. */
function subOf4(from: usize, to: usize, bytes: usize): void {
  const zero = i8x16.splat(0)
  let a = zero
  for (let i: usize = 0; i < bytes; i += 16) {
    let x = v128.load(from + i)
    x = i8x16.add(x, i8x16.shuffle(zero, x, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27))
    x = i8x16.add(x, i8x16.shuffle(zero, x, 0, 0, 0, 0, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23))
    x = i8x16.add(x, a)
    v128.store(to + i, x)
    a = i8x16.shuffle(x, x, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15)
  }
}

/** The same with pixels of three bytes, twelve bytes a step. */
function subOf3(from: usize, to: usize, bytes: usize): void {
  const zero = i8x16.splat(0)
  let a = zero
  for (let i: usize = 0; i < bytes; i += 12) {
    let x = v128.load(from + i)
    x = i8x16.add(x, i8x16.shuffle(zero, x, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28))
    x = i8x16.add(x, i8x16.shuffle(zero, x, 0, 0, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25))
    x = i8x16.add(x, a)
    v128.store(to + i, x)
    a = i8x16.shuffle(x, x, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9)
  }
}

function subOfWide(from: usize, to: usize, bytes: usize, bpp: u32): void {
  let a = i8x16.splat(0)
  for (let i: usize = 0; i < bytes; i += bpp) {
    a = i8x16.add(v128.load64_zero(from + i), a)
    v128.store64_lane(to + i, a, 0)
  }
}

// A pixel of 3 or 4 (6 or 8) bytes moves as T = u32 (u64): the bytes too many are overwritten by the next pixel.

function loadPixel<T>(at: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_zero(at) : v128.load64_zero(at)
}

function storePixel<T>(at: usize, pixel: v128): void {
  if (sizeof<T>() == 4) v128.store32_lane(at, pixel, 0)
  else v128.store64_lane(at, pixel, 0)
}

/** ⌊(a + b) / 2⌋ is the rounding average less its rounding. */
function average<T>(from: usize, above: usize, to: usize, bytes: usize, bpp: u32): void {
  const one = i8x16.splat(1)
  let a = i8x16.splat(0)
  for (let i: usize = 0; i < bytes; i += bpp) {
    const b = loadPixel<T>(above + i)
    const floor = i8x16.sub(i8x16.avgr_u(a, b), v128.and(v128.xor(a, b), one))
    a = i8x16.add(loadPixel<T>(from + i), floor)
    storePixel<T>(to + i, a)
  }
}

/** All the channels of one pixel at once, in 16-bit lanes. */
function paeth<T>(from: usize, above: usize, to: usize, bytes: usize, bpp: u32): void {
  const byteOf = i16x8.splat(255)
  let a = i16x8.splat(0)
  let c = i16x8.splat(0)
  for (let i: usize = 0; i < bytes; i += bpp) {
    const b = i16x8.extend_low_i8x16_u(loadPixel<T>(above + i))
    const bc = i16x8.sub(b, c)
    const ac = i16x8.sub(a, c)
    const pa = i16x8.abs(bc)
    const pb = i16x8.abs(ac)
    const pc = i16x8.abs(i16x8.add(bc, ac))
    const least = i16x8.min_s(pc, i16x8.min_s(pa, pb))
    const predicted = v128.bitselect(a, v128.bitselect(b, c, i16x8.eq(least, pb)), i16x8.eq(least, pa))
    a = v128.and(i16x8.add(i16x8.extend_low_i8x16_u(loadPixel<T>(from + i)), predicted), byteOf)
    storePixel<T>(to + i, i8x16.narrow_i16x8_u(a, a))
    c = b
  }
}
