// Inverse DCTs to 8x8, 4x4, 2x2 and 1x1 samples of one block of dequantised coefficients (i16, rows of 8, natural order). Integer arithmetic and
// rounding are those of libjpeg's accurate method (Loeffler, Ligtenberg and Moschytz with 13 fractional bits; the reduced sizes use the same
// factorisation without the coefficients that the size cannot show), so that the samples equal its samples. One function is one straight
// calculation, hence their length.

const PASS_1_ROUND: i32 = 1 << 10
/** Half of the last shift's unit plus the level shift of 128. */
const PASS_2_ROUND: i32 = (1 << 17) + (128 << 18)

@inline
function interleaveLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23)
}

@inline
function interleaveHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31)
}

@inline
function pairs(a: i16, b: i16): v128 {
  return i16x8(a, b, a, b, a, b, a, b)
}

@inline
function low32(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23)
}

@inline
function high32(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31)
}

@inline
function low64(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
}

@inline
function high64(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
}

/** Sum and difference of two halves, shifted back to 16 bits. */
@inline
function sums(el: v128, eh: v128, ol: v128, oh: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(el, ol), shift), i32x4.shr_s(i32x4.add(eh, oh), shift))
}

@inline
function differences(el: v128, eh: v128, ol: v128, oh: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.sub(el, ol), shift), i32x4.shr_s(i32x4.sub(eh, oh), shift))
}

export function idct8(block: usize, out: usize, stride: usize): void {
  let r0 = v128.load(block)
  let r1 = v128.load(block, 16)
  let r2 = v128.load(block, 32)
  let r3 = v128.load(block, 48)
  let r4 = v128.load(block, 64)
  let r5 = v128.load(block, 80)
  let r6 = v128.load(block, 96)
  let r7 = v128.load(block, 112)
  for (let pass = 0; pass < 2; pass++) {
    const shift = pass == 0 ? 11 : 18
    const round = i32x4.splat(pass == 0 ? PASS_1_ROUND : PASS_2_ROUND)
    const l26 = interleaveLow(r2, r6)
    const h26 = interleaveHigh(r2, r6)
    const t2l = i32x4.dot_i16x8_s(l26, pairs(4433, -10704))
    const t2h = i32x4.dot_i16x8_s(h26, pairs(4433, -10704))
    const t3l = i32x4.dot_i16x8_s(l26, pairs(10703, 4433))
    const t3h = i32x4.dot_i16x8_s(h26, pairs(10703, 4433))
    const sum04 = i16x8.add(r0, r4)
    const dif04 = i16x8.sub(r0, r4)
    const t0l = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(sum04), 13), round)
    const t0h = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(sum04), 13), round)
    const t1l = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(dif04), 13), round)
    const t1h = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(dif04), 13), round)
    const e0l = i32x4.add(t0l, t3l)
    const e0h = i32x4.add(t0h, t3h)
    const e3l = i32x4.sub(t0l, t3l)
    const e3h = i32x4.sub(t0h, t3h)
    const e1l = i32x4.add(t1l, t2l)
    const e1h = i32x4.add(t1h, t2h)
    const e2l = i32x4.sub(t1l, t2l)
    const e2h = i32x4.sub(t1h, t2h)
    const z3 = i16x8.add(r7, r3)
    const z4 = i16x8.add(r5, r1)
    const zl = interleaveLow(z3, z4)
    const zh = interleaveHigh(z3, z4)
    const z3l = i32x4.dot_i16x8_s(zl, pairs(-6436, 9633))
    const z3h = i32x4.dot_i16x8_s(zh, pairs(-6436, 9633))
    const z4l = i32x4.dot_i16x8_s(zl, pairs(9633, 6437))
    const z4h = i32x4.dot_i16x8_s(zh, pairs(9633, 6437))
    const l71 = interleaveLow(r7, r1)
    const h71 = interleaveHigh(r7, r1)
    const l53 = interleaveLow(r5, r3)
    const h53 = interleaveHigh(r5, r3)
    const o0l = i32x4.add(i32x4.dot_i16x8_s(l71, pairs(-4927, -7373)), z3l)
    const o0h = i32x4.add(i32x4.dot_i16x8_s(h71, pairs(-4927, -7373)), z3h)
    const o3l = i32x4.add(i32x4.dot_i16x8_s(l71, pairs(-7373, 4926)), z4l)
    const o3h = i32x4.add(i32x4.dot_i16x8_s(h71, pairs(-7373, 4926)), z4h)
    const o1l = i32x4.add(i32x4.dot_i16x8_s(l53, pairs(-4176, -20995)), z4l)
    const o1h = i32x4.add(i32x4.dot_i16x8_s(h53, pairs(-4176, -20995)), z4h)
    const o2l = i32x4.add(i32x4.dot_i16x8_s(l53, pairs(-20995, 4177)), z3l)
    const o2h = i32x4.add(i32x4.dot_i16x8_s(h53, pairs(-20995, 4177)), z3h)
    r0 = sums(e0l, e0h, o3l, o3h, shift)
    r7 = differences(e0l, e0h, o3l, o3h, shift)
    r1 = sums(e1l, e1h, o2l, o2h, shift)
    r6 = differences(e1l, e1h, o2l, o2h, shift)
    r2 = sums(e2l, e2h, o1l, o1h, shift)
    r5 = differences(e2l, e2h, o1l, o1h, shift)
    r3 = sums(e3l, e3h, o0l, o0h, shift)
    r4 = differences(e3l, e3h, o0l, o0h, shift)
    if (pass == 0) {
      const p0 = interleaveLow(r0, r1)
      const p1 = interleaveHigh(r0, r1)
      const p2 = interleaveLow(r2, r3)
      const p3 = interleaveHigh(r2, r3)
      const p4 = interleaveLow(r4, r5)
      const p5 = interleaveHigh(r4, r5)
      const p6 = interleaveLow(r6, r7)
      const p7 = interleaveHigh(r6, r7)
      const q0 = low32(p0, p2)
      const q1 = high32(p0, p2)
      const q2 = low32(p1, p3)
      const q3 = high32(p1, p3)
      const q4 = low32(p4, p6)
      const q5 = high32(p4, p6)
      const q6 = low32(p5, p7)
      const q7 = high32(p5, p7)
      r0 = low64(q0, q4)
      r1 = high64(q0, q4)
      r2 = low64(q1, q5)
      r3 = high64(q1, q5)
      r4 = low64(q2, q6)
      r5 = high64(q2, q6)
      r6 = low64(q3, q7)
      r7 = high64(q3, q7)
    }
  }
  storeTransposed8(
    i8x16.narrow_i16x8_u(r0, r1),
    i8x16.narrow_i16x8_u(r2, r3),
    i8x16.narrow_i16x8_u(r4, r5),
    i8x16.narrow_i16x8_u(r6, r7),
    out,
    stride,
  )
}

/** Stores 8 columns of 8 bytes, two a vector, as 8 rows. */
@inline
function storeTransposed8(c01: v128, c23: v128, c45: v128, c67: v128, out: usize, stride: usize): void {
  const a0 = i8x16.shuffle(c01, c23, 0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27)
  const a1 = i8x16.shuffle(c01, c23, 4, 12, 20, 28, 5, 13, 21, 29, 6, 14, 22, 30, 7, 15, 23, 31)
  const b0 = i8x16.shuffle(c45, c67, 0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27)
  const b1 = i8x16.shuffle(c45, c67, 4, 12, 20, 28, 5, 13, 21, 29, 6, 14, 22, 30, 7, 15, 23, 31)
  const rows01 = low32(a0, b0)
  const rows23 = high32(a0, b0)
  const rows45 = low32(a1, b1)
  const rows67 = high32(a1, b1)
  v128.store_lane<u64>(out, rows01, 0)
  v128.store_lane<u64>(out + stride, rows01, 1)
  out += stride << 1
  v128.store_lane<u64>(out, rows23, 0)
  v128.store_lane<u64>(out + stride, rows23, 1)
  out += stride << 1
  v128.store_lane<u64>(out, rows45, 0)
  v128.store_lane<u64>(out + stride, rows45, 1)
  out += stride << 1
  v128.store_lane<u64>(out, rows67, 0)
  v128.store_lane<u64>(out + stride, rows67, 1)
}

/** One output row of the columns' pass to 4 rows: `even` and `odd` for columns 0..3 (low) and 4..7 (high). Row 4 has no part in it. */
export function idct4(block: usize, out: usize, stride: usize): void {
  const r0 = v128.load(block)
  const r1 = v128.load(block, 16)
  const r2 = v128.load(block, 32)
  const r3 = v128.load(block, 48)
  const r5 = v128.load(block, 80)
  const r6 = v128.load(block, 96)
  const r7 = v128.load(block, 112)
  const round = i32x4.splat(1 << 11)
  const t0l = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(r0), 14), round)
  const t0h = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(r0), 14), round)
  const t2l = i32x4.dot_i16x8_s(interleaveLow(r2, r6), pairs(15137, -6270))
  const t2h = i32x4.dot_i16x8_s(interleaveHigh(r2, r6), pairs(15137, -6270))
  const l75 = interleaveLow(r7, r5)
  const h75 = interleaveHigh(r7, r5)
  const l31 = interleaveLow(r3, r1)
  const h31 = interleaveHigh(r3, r1)
  const o0l = i32x4.add(i32x4.dot_i16x8_s(l75, pairs(-1730, 11893)), i32x4.dot_i16x8_s(l31, pairs(-17799, 8697)))
  const o0h = i32x4.add(i32x4.dot_i16x8_s(h75, pairs(-1730, 11893)), i32x4.dot_i16x8_s(h31, pairs(-17799, 8697)))
  const o2l = i32x4.add(i32x4.dot_i16x8_s(l75, pairs(-4176, -4926)), i32x4.dot_i16x8_s(l31, pairs(7373, 20995)))
  const o2h = i32x4.add(i32x4.dot_i16x8_s(h75, pairs(-4176, -4926)), i32x4.dot_i16x8_s(h31, pairs(7373, 20995)))
  const e0l = i32x4.add(t0l, t2l)
  const e0h = i32x4.add(t0h, t2h)
  const e1l = i32x4.sub(t0l, t2l)
  const e1h = i32x4.sub(t0h, t2h)
  const w0 = sums(e0l, e0h, o2l, o2h, 12)
  const w3 = differences(e0l, e0h, o2l, o2h, 12)
  const w1 = sums(e1l, e1h, o0l, o0h, 12)
  const w2 = differences(e1l, e1h, o0l, o0h, 12)
  // Columns 2,6 | 7,5 and 3,1 | 0,4 of two rows each, then of all four.
  const a01 = i8x16.shuffle(w0, w1, 4, 5, 12, 13, 20, 21, 28, 29, 14, 15, 10, 11, 30, 31, 26, 27)
  const a23 = i8x16.shuffle(w2, w3, 4, 5, 12, 13, 20, 21, 28, 29, 14, 15, 10, 11, 30, 31, 26, 27)
  const b01 = i8x16.shuffle(w0, w1, 6, 7, 2, 3, 22, 23, 18, 19, 0, 1, 8, 9, 16, 17, 24, 25)
  const b23 = i8x16.shuffle(w2, w3, 6, 7, 2, 3, 22, 23, 18, 19, 0, 1, 8, 9, 16, 17, 24, 25)
  const c75 = high64(a01, a23)
  const c31 = low64(b01, b23)
  const t0 = i32x4.add(i32x4.dot_i16x8_s(high64(b01, b23), pairs(16384, 0)), i32x4.splat((1 << 18) + (128 << 19)))
  const t2 = i32x4.dot_i16x8_s(low64(a01, a23), pairs(15137, -6270))
  const o0 = i32x4.add(i32x4.dot_i16x8_s(c75, pairs(-1730, 11893)), i32x4.dot_i16x8_s(c31, pairs(-17799, 8697)))
  const o2 = i32x4.add(i32x4.dot_i16x8_s(c75, pairs(-4176, -4926)), i32x4.dot_i16x8_s(c31, pairs(7373, 20995)))
  const e0 = i32x4.add(t0, t2)
  const e1 = i32x4.sub(t0, t2)
  const columns = i8x16.narrow_i16x8_u(sums(e0, e1, o2, o0, 19), i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.sub(e1, o0), 19), i32x4.shr_s(i32x4.sub(e0, o2), 19)))
  const rows = i8x16.shuffle(columns, columns, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)
  v128.store_lane<u32>(out, rows, 0)
  v128.store_lane<u32>(out + stride, rows, 1)
  out += stride << 1
  v128.store_lane<u32>(out, rows, 2)
  v128.store_lane<u32>(out + stride, rows, 3)
}

export function idct2(block: usize, out: usize, stride: usize): void {
  const r0 = v128.load(block)
  const r1 = v128.load(block, 16)
  const r3 = v128.load(block, 48)
  const r5 = v128.load(block, 80)
  const r7 = v128.load(block, 112)
  const round = i32x4.splat(1 << 12)
  const el = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(r0), 15), round)
  const eh = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(r0), 15), round)
  const ol = i32x4.add(
    i32x4.dot_i16x8_s(interleaveLow(r7, r5), pairs(-5906, 6967)),
    i32x4.dot_i16x8_s(interleaveLow(r3, r1), pairs(-10426, 29692)),
  )
  const oh = i32x4.add(
    i32x4.dot_i16x8_s(interleaveHigh(r7, r5), pairs(-5906, 6967)),
    i32x4.dot_i16x8_s(interleaveHigh(r3, r1), pairs(-10426, 29692)),
  )
  const top = sums(el, eh, ol, oh, 13)
  const bottom = differences(el, eh, ol, oh, 13)
  const odds = i16x8(0, 29692, 0, -10426, 0, 6967, 0, -5906)
  const topOdd = i32x4.dot_i16x8_s(top, odds)
  const bottomOdd = i32x4.dot_i16x8_s(bottom, odds)
  const folded = i32x4.add(low32(topOdd, bottomOdd), high32(topOdd, bottomOdd))
  const odd = i32x4.add(folded, high64(folded, folded))
  const firsts = i8x16.shuffle(top, bottom, 0, 1, 16, 17, 0, 1, 16, 17, 0, 1, 16, 17, 0, 1, 16, 17)
  const even = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(firsts), 15), i32x4.splat((1 << 19) + (128 << 20)))
  const left = i32x4.shr_s(i32x4.add(even, odd), 20)
  const right = i32x4.shr_s(i32x4.sub(even, odd), 20)
  // Top left, top right, bottom left, bottom right.
  const words = i16x8.narrow_i32x4_s(low32(left, right), left)
  const bytes = i8x16.narrow_i16x8_u(words, words)
  v128.store_lane<u16>(out, bytes, 0)
  v128.store_lane<u16>(out + stride, bytes, 1)
}

/** The one value of a block that has a DC coefficient only, at every size. */
@inline
export function flatSample(dc: i32): i32 {
  return min(255, max(0, ((dc + 4) >> 3) + 128))
}

/** Fills a block of `size` 1, 2, 4 or 8 with one value. */
@inline
export function fillBlock(out: usize, stride: usize, size: i32, value: i32): void {
  if (size == 8) {
    const word = <u64>value * 0x0101010101010101
    for (let y = 0; y < 8; y++, out += stride) store<u64>(out, word)
  } else if (size == 4) {
    const word = <u32>value * 0x01010101
    for (let y = 0; y < 4; y++, out += stride) store<u32>(out, word)
  } else if (size == 2) {
    store<u16>(out, value * 0x0101)
    store<u16>(out + stride, value * 0x0101)
  } else {
    store<u8>(out, value)
  }
}
