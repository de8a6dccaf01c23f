// PNG row filters for encoding (PNG §9), chosen by the least sum of absolute differences, and the packing of RGBA into the file's pixels.

/** Candidates as a set: bit n stands for filter type n. */
const SUB: u32 = 1
const UP: u32 = 2
const AVERAGE: u32 = 3
const PAETH: u32 = 4

/** RGBA to the pixels of colour type 0 (red is gray), 2, 4 or 6; 16 bytes behind both rows are touched. */
export function pngPack(from: usize, to: usize, pixels: usize, colourType: u32): void {
  if (colourType == 6) {
    memory.copy(to, from, pixels << 2)
    return
  }
  const end = from + (pixels << 2)
  const step: usize = colourType == 0 ? 4 : colourType == 4 ? 8 : 12
  for (let p = from, o = to; p < end; p += 16, o += step) {
    const v = v128.load(p)
    if (colourType == 2) v128.store(o, i8x16.shuffle(v, v, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15))
    else if (colourType == 4) v128.store64_lane(o, i8x16.shuffle(v, v, 0, 3, 4, 7, 8, 11, 12, 15, 0, 0, 0, 0, 0, 0, 0, 0), 0)
    else v128.store32_lane(o, i8x16.shuffle(v, v, 0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0)
  }
}

/**
 * Writes filter byte and filtered row to `to` (`bytes` + 1). `row` and `above` have 16 zero bytes in front and 15 readable behind;
 * `scratch` has room for two rows of `bytes` + 16. `candidates` is a set of filter types, not empty.
 */
export function pngFilter(row: usize, above: usize, to: usize, bytes: usize, bpp: usize, candidates: u32, scratch: usize): void {
  const spare = scratch + ((bytes + 31) & ~15)
  let best = scratch
  let other = spare
  let bestType: u32 = 0
  let least: u32 = 0xffffffff
  for (let type: u32 = 0; type <= PAETH; type++) {
    if ((candidates & (1 << type)) == 0) continue
    const sum = filterRow(type, row, above, other, bytes, bpp)
    if (sum >= least) continue
    least = sum
    bestType = type
    const free = best
    best = other
    other = free
  }
  store<u8>(to, <u8>bestType)
  memory.copy(to + 1, best, bytes)
}

/** The sum of the filtered bytes' absolute values, read as signed. Rows of over 2^25 bytes could overflow it: then the choice is only worse. */
function filterRow(type: u32, row: usize, above: usize, to: usize, bytes: usize, bpp: usize): u32 {
  let sums = i32x4.splat(0)
  for (let i: usize = 0; i < bytes; i += 16) {
    const x = v128.load(row + i)
    let filtered = x
    if (type == SUB) filtered = i8x16.sub(x, v128.load(row + i - bpp))
    else if (type == UP) filtered = i8x16.sub(x, v128.load(above + i))
    else if (type == AVERAGE) filtered = i8x16.sub(x, average(v128.load(row + i - bpp), v128.load(above + i)))
    else if (type == PAETH) filtered = i8x16.sub(x, paeth(v128.load(row + i - bpp), v128.load(above + i), v128.load(above + i - bpp)))
    v128.store(to + i, filtered)
    if (i + 16 > bytes) filtered = v128.and(filtered, firstBytes(bytes - i))
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(i8x16.abs(filtered))))
  }
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3)
}

/** 255 in the first n < 16 lanes. */
function firstBytes(n: usize): v128 {
  return i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>n))
}

function average(a: v128, b: v128): v128 {
  return i8x16.sub(i8x16.avgr_u(a, b), v128.and(v128.xor(a, b), i8x16.splat(1)))
}

function paeth(a: v128, b: v128, c: v128): v128 {
  return i8x16.narrow_i16x8_u(
    paeth8(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_u(b), i16x8.extend_low_i8x16_u(c)),
    paeth8(i16x8.extend_high_i8x16_u(a), i16x8.extend_high_i8x16_u(b), i16x8.extend_high_i8x16_u(c)),
  )
}

function paeth8(a: v128, b: v128, c: v128): v128 {
  const bc = i16x8.sub(b, c)
  const ac = i16x8.sub(a, c)
  const pa = i16x8.abs(bc)
  const pb = i16x8.abs(ac)
  const pc = i16x8.abs(i16x8.add(bc, ac))
  const least = i16x8.min_s(pc, i16x8.min_s(pa, pb))
  return v128.bitselect(a, v128.bitselect(b, c, i16x8.eq(least, pb)), i16x8.eq(least, pa))
}
