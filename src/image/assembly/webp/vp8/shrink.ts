// A macroblock at a half, a quarter or an eighth of its size: means of squares, rounded.
import { CB, CR, LUMA, WORK_STRIDE } from './predict'

/** Sums of neighbours in `count` rows of 16 samples from row `first` on; rows from `end` on are the last one before it again. */
@inline
function pairSums(plane: usize, first: i32, count: i32, end: i32): v128 {
  let sums = i16x8.splat(0)
  for (let y = first; y < first + count; y++) {
    sums = i16x8.add(sums, i16x8.extadd_pairwise_i8x16_u(v128.load(plane + <usize>min(y, end - 1) * WORK_STRIDE)))
  }
  return sums
}

/** Means of the first `rows` rows of a plane in squares of `1 << bits` samples, eight bytes a row of them: whole ones for the 16 samples of a row. */
@inline
function meansOf(plane: usize, bits: i32, row: i32, rows: i32): u64 {
  if (bits == 0) return load<u64>(plane + <usize>row * WORK_STRIDE)
  const sums = pairSums(plane, row << bits, 1 << bits, rows)
  let means: v128
  if (bits == 1) means = i16x8.shr_u(i16x8.add(sums, i16x8.splat(2)), 2)
  else {
    const fours = i32x4.extadd_pairwise_i16x8_u(sums)
    if (bits == 2) means = i32x4.shr_u(i32x4.add(fours, i32x4.splat(8)), 4)
    else {
      const eights = i32x4.add(fours, v128.shuffle<i32>(fours, fours, 1, 0, 3, 2))
      means = i32x4.shr_u(i32x4.add(v128.shuffle<i32>(eights, eights, 0, 2, 0, 2), i32x4.splat(32)), 6)
    }
    means = i16x8.narrow_i32x4_u(means, means)
  }
  return <u64>i64x2.extract_lane(i8x16.narrow_i16x8_u(means, means), 0)
}

/** Stores the lowest `bytes` of `means`: 8, 4 or 2. */
@inline
function putMeans(at: usize, means: u64, bytes: i32): void {
  if (bytes == 8) store<u64>(at, means)
  else if (bytes == 4) store<u32>(at, <u32>means)
  else store<u16>(at, <u16>means)
}

/** Repeats the sample in front of `width` in the rows of a plane of `size` samples a side. */
function repeatRight(plane: usize, size: i32, width: i32): void {
  for (let y = 0; y < size; y++, plane += WORK_STRIDE) memory.fill(plane + <usize>width, load<u8>(plane + <usize>width - 1), <usize>(size - width))
}

/**
 * Writes the macroblock `1 << bits` times smaller (1, 2 or 3 bits): planes of equal size from `luma`, `cb` and `cr` on, `stride` bytes from row to row. Where
 * only the first `width` by `height` samples of luma are of the picture, their edges are repeated; what is to the right of them is lost then.
 */
export function shrinkMacroblock(bits: i32, width: i32, height: i32, luma: usize, cb: usize, cr: usize, stride: usize): void {
  const chromaHeight = (height + 1) >> 1
  if (width < 16) {
    const chromaWidth = (width + 1) >> 1
    repeatRight(LUMA, 16, width)
    repeatRight(CB, 8, chromaWidth)
    repeatRight(CR, 8, chromaWidth)
  }
  const side = 16 >> bits
  for (let row = 0; row << bits < height; row++) {
    const at = <usize>row * stride
    putMeans(luma + at, meansOf(LUMA, bits, row, height), side)
    putMeans(cb + at, meansOf(CB, bits - 1, row, chromaHeight), side)
    putMeans(cr + at, meansOf(CR, bits - 1, row, chromaHeight), side)
  }
}
