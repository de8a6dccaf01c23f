// The predictor transform undone (RFC 9649 §4.1). All channels of a pixel at once; modes that do not look at the left pixel take four pixels at once.
// L, T, TL and TR are the pixels left, above, left above and right above, as in the specification.

const BLACK: i32 = 0xff000000

/** The first row: black for the first pixel, then the pixel on the left. Writes up to 12 bytes behind the row. */
export function vp8lPredictFirst(from: usize, to: usize, width: u32): void {
  store<u32>(to, addPixels(load<u32>(from), <u32>BLACK))
  left(from + 4, to + 4, to + ((<usize>width) << 2))
}

/**
 * Any other row. `above` is the row above, `modes` the row's modes, a byte for each tile of `1 << bits` pixels. Writes a pixel behind the row above, up to 12
 * bytes behind its own, and reads as much behind the others. `to` is none of the others.
 */
export function vp8lPredict(from: usize, above: usize, to: usize, width: u32, modes: usize, bits: u32): void {
  store<u32>(to, addPixels(load<u32>(from), load<u32>(above)))
  // "for the pixels on the rightmost column, the leftmost pixel on the same row as the current pixel is used instead" of TR.
  store<u32>(above + ((<usize>width) << 2), load<u32>(to))
  for (let x: u32 = 1; x < width;) {
    const next = min(width, ((x >> bits) + 1) << bits)
    const at = (<usize>x) << 2
    predict(load<u8>(modes + (x >> bits)), from + at, above + at, to + at, to + ((<usize>next) << 2))
    x = next
  }
}

function predict(mode: u32, from: usize, above: usize, to: usize, end: usize): void {
  switch (mode) {
    case 1:
      return left(from, to, end)
    case 2:
      return copied(from, above, to, end)
    case 3:
      return copied(from, above + 4, to, end)
    case 4:
      return copied(from, above - 4, to, end)
    case 5:
      return averageOfThree(from, above, to, end)
    case 6:
      return averageWithLeft(from, above - 4, to, end)
    case 7:
      return averageWithLeft(from, above, to, end)
    case 8:
      return averaged(from, above - 4, above, to, end)
    case 9:
      return averaged(from, above, above + 4, to, end)
    case 10:
      return averageOfFour(from, above, to, end)
    case 11:
      return select(from, above, to, end)
    case 12:
      return addSubtractFull(from, above, to, end)
    case 13:
      return addSubtractHalf(from, above, to, end)
    default:
      return black(from, to, end)
  }
}

/** Adds channel by channel, modulo 256. */
function addPixels(a: u32, b: u32): u32 {
  return (((a & 0xff00ff00) + (b & 0xff00ff00)) & 0xff00ff00) | (((a & 0x00ff00ff) + (b & 0x00ff00ff)) & 0x00ff00ff)
}

/** ⌊(a + b) / 2⌋ is the rounding average less its rounding. */
@inline
function average(a: v128, b: v128): v128 {
  return i8x16.sub(i8x16.avgr_u(a, b), v128.and(v128.xor(a, b), i8x16.splat(1)))
}

/** |a − b| by channel. */
@inline
function difference(a: v128, b: v128): v128 {
  return v128.or(i8x16.sub_sat_u(a, b), i8x16.sub_sat_u(b, a))
}

/** The sum of each pixel's channels. */
@inline
function sums(a: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(a))
}

function black(from: usize, to: usize, end: usize): void {
  const predicted = i32x4.splat(BLACK)
  for (; to < end; to += 16, from += 16) v128.store(to, i8x16.add(v128.load(from), predicted))
}

/** Running sums of four pixels at once: shifted by one, then by two. */
function left(from: usize, to: usize, end: usize): void {
  const zero = i8x16.splat(0)
  let a = v128.load32_splat(to - 4)
  for (; to < end; to += 16, from += 16) {
    let x = v128.load(from)
    x = i8x16.add(x, i8x16.shuffle(zero, x, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27))
    x = i8x16.add(x, i8x16.shuffle(zero, x, 0, 0, 0, 0, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23))
    x = i8x16.add(x, a)
    v128.store(to, x)
    a = i8x16.shuffle(x, x, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15)
  }
}

function copied(from: usize, predicted: usize, to: usize, end: usize): void {
  for (; to < end; to += 16, from += 16, predicted += 16) v128.store(to, i8x16.add(v128.load(from), v128.load(predicted)))
}

function averaged(from: usize, one: usize, other: usize, to: usize, end: usize): void {
  for (; to < end; to += 16, from += 16, one += 16, other += 16) {
    v128.store(to, i8x16.add(v128.load(from), average(v128.load(one), v128.load(other))))
  }
}

function averageWithLeft(from: usize, other: usize, to: usize, end: usize): void {
  let a = v128.load32_zero(to - 4)
  for (; to < end; to += 4, from += 4, other += 4) {
    a = i8x16.add(v128.load32_zero(from), average(a, v128.load32_zero(other)))
    v128.store32_lane(to, a, 0)
  }
}

/** Of T, and of the average of L and TR. */
function averageOfThree(from: usize, above: usize, to: usize, end: usize): void {
  let a = v128.load32_zero(to - 4)
  for (; to < end; to += 4, from += 4, above += 4) {
    const predicted = average(average(a, v128.load32_zero(above + 4)), v128.load32_zero(above))
    a = i8x16.add(v128.load32_zero(from), predicted)
    v128.store32_lane(to, a, 0)
  }
}

/** Of the averages of L and TL, and of T and TR. */
function averageOfFour(from: usize, above: usize, to: usize, end: usize): void {
  let a = v128.load32_zero(to - 4)
  for (; to < end; to += 4, from += 4, above += 4) {
    const right = average(v128.load32_zero(above), v128.load32_zero(above + 4))
    a = i8x16.add(v128.load32_zero(from), average(average(a, v128.load32_zero(above - 4)), right))
    v128.store32_lane(to, a, 0)
  }
}

/** L or T, whichever is nearer to L + T − TL: their distances are |T − TL| and |L − TL|. */
function select(from: usize, above: usize, to: usize, end: usize): void {
  let a = v128.load32_zero(to - 4)
  for (; to < end; to += 4, from += 4, above += 4) {
    const t = v128.load32_zero(above)
    const tl = v128.load32_zero(above - 4)
    const isLeft = i32x4.lt_s(sums(difference(t, tl)), sums(difference(a, tl)))
    a = i8x16.add(v128.load32_zero(from), v128.bitselect(a, t, isLeft))
    v128.store32_lane(to, a, 0)
  }
}

/** L + T − TL, kept within a byte. */
function addSubtractFull(from: usize, above: usize, to: usize, end: usize): void {
  let a = v128.load32_zero(to - 4)
  for (; to < end; to += 4, from += 4, above += 4) {
    const change = i16x8.sub(i16x8.extend_low_i8x16_u(v128.load32_zero(above)), i16x8.extend_low_i8x16_u(v128.load32_zero(above - 4)))
    const predicted = i16x8.add(i16x8.extend_low_i8x16_u(a), change)
    a = i8x16.add(v128.load32_zero(from), i8x16.narrow_i16x8_u(predicted, predicted))
    v128.store32_lane(to, a, 0)
  }
}

/** The average of L and T, and half of what it is more than TL, rounded towards zero; kept within a byte. */
function addSubtractHalf(from: usize, above: usize, to: usize, end: usize): void {
  let a = v128.load32_zero(to - 4)
  for (; to < end; to += 4, from += 4, above += 4) {
    const middle = i16x8.extend_low_i8x16_u(average(a, v128.load32_zero(above)))
    const more = i16x8.sub(middle, i16x8.extend_low_i8x16_u(v128.load32_zero(above - 4)))
    const half = i16x8.shr_s(i16x8.sub(more, i16x8.shr_s(more, 15)), 1)
    const predicted = i16x8.add(middle, half)
    a = i8x16.add(v128.load32_zero(from), i8x16.narrow_i16x8_u(predicted, predicted))
    v128.store32_lane(to, a, 0)
  }
}
