// The loop filters (RFC 6386 §15) on sixteen places of an edge at a time. Arithmetic is that of the RFC: signed bytes that saturate.
import { bytesHigh, bytesLow, halvesHigh, halvesLow, pairsHigh, pairsLow, quadsHigh, quadsLow } from '../interleave'

/** Eight vectors of samples across an upright edge, gathered: four to its left, four to its right. */
const gathered: usize = memory.data(128, 16)

@inline
function distance(a: v128, b: v128): v128 {
  return v128.or(i8x16.sub_sat_u(a, b), i8x16.sub_sat_u(b, a))
}

@inline
function isAbove(values: v128, limit: v128): v128 {
  return v128.not(i8x16.eq(i8x16.sub_sat_u(values, limit), i64x2.splat(0)))
}

@inline
function isWithin(values: v128, limit: v128): v128 {
  return i8x16.eq(i8x16.sub_sat_u(values, limit), i64x2.splat(0))
}

/** |p0 − q0| × 2 + |p1 − q1| / 2 ≤ limit. */
@inline
function isSmall(p1: v128, p0: v128, q0: v128, q1: v128, limit: v128): v128 {
  const near = distance(p0, q0)
  const far = v128.and(i16x8.shr_u(distance(p1, q1), 1), i8x16.splat(0x7f))
  return isWithin(i8x16.add_sat_u(i8x16.add_sat_u(near, near), far), limit)
}

@inline
function signed(samples: v128): v128 {
  return v128.xor(samples, i8x16.splat(-128))
}

/** Saturated a + 3 × (q0 − p0), of signed samples. */
@inline
function step(a: v128, p0: v128, q0: v128): v128 {
  const difference = i8x16.sub_sat_s(q0, p0)
  return i8x16.add_sat_s(i8x16.add_sat_s(i8x16.add_sat_s(a, difference), difference), difference)
}

/** The simple filter across an edge: `at` is its first sample behind, `pitch` the distance from vector to vector. */
function simpleEdge(at: usize, pitch: usize, limit: i32): void {
  const p1 = v128.load(at - 2 * pitch)
  const p0 = v128.load(at - pitch)
  const q0 = v128.load(at)
  const q1 = v128.load(at + pitch)
  const mask = isSmall(p1, p0, q0, q1, i8x16.splat(<i8>limit))
  const sp0 = signed(p0)
  const sq0 = signed(q0)
  const a = v128.and(step(i8x16.sub_sat_s(signed(p1), signed(q1)), sp0, sq0), mask)
  v128.store(at - pitch, signed(i8x16.add_sat_s(sp0, i8x16.shr_s(i8x16.add_sat_s(a, i8x16.splat(3)), 3))))
  v128.store(at, signed(i8x16.sub_sat_s(sq0, i8x16.shr_s(i8x16.add_sat_s(a, i8x16.splat(4)), 3))))
}

/** (a × factor + 63) >> 7 of sixteen signed bytes. */
@inline
function share(a: v128, factor: i16): v128 {
  const weight = i16x8.splat(factor)
  const half = i16x8.splat(63)
  const low = i16x8.shr_s(i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_s(a), weight), half), 7)
  const high = i16x8.shr_s(i16x8.add(i16x8.mul(i16x8.extend_high_i8x16_s(a), weight), half), 7)
  return i8x16.narrow_i16x8_s(low, high)
}

/** The normal filter across an edge of macroblocks (`isOuter`) or of subblocks. */
function normalEdge(at: usize, pitch: usize, limit: i32, inner: i32, variance: i32, isOuter: bool): void {
  const p3 = v128.load(at - 4 * pitch)
  const p2 = v128.load(at - 3 * pitch)
  const p1 = v128.load(at - 2 * pitch)
  const p0 = v128.load(at - pitch)
  const q0 = v128.load(at)
  const q1 = v128.load(at + pitch)
  const q2 = v128.load(at + 2 * pitch)
  const q3 = v128.load(at + 3 * pitch)
  const p1p0 = distance(p1, p0)
  const q1q0 = distance(q1, q0)
  const steepest = i8x16.max_u(p1p0, q1q0)
  const all = i8x16.max_u(
    i8x16.max_u(i8x16.max_u(distance(p3, p2), distance(p2, p1)), steepest),
    i8x16.max_u(distance(q3, q2), distance(q2, q1)),
  )
  const mask = v128.and(isSmall(p1, p0, q0, q1, i8x16.splat(<i8>limit)), isWithin(all, i8x16.splat(<i8>inner)))
  if (!v128.any_true(mask)) return
  const isSteep = isAbove(steepest, i8x16.splat(<i8>variance))
  const sp1 = signed(p1)
  const sp0 = signed(p0)
  const sq0 = signed(q0)
  const sq1 = signed(q1)
  const outerTaps = i8x16.sub_sat_s(sp1, sq1)
  if (isOuter) {
    const a = v128.and(step(outerTaps, sp0, sq0), mask)
    const steep = v128.and(a, isSteep)
    const flat = v128.andnot(a, isSteep)
    const near = share(flat, 27)
    const middle = share(flat, 18)
    const far = share(flat, 9)
    const up = i8x16.shr_s(i8x16.add_sat_s(steep, i8x16.splat(3)), 3)
    const down = i8x16.shr_s(i8x16.add_sat_s(steep, i8x16.splat(4)), 3)
    // One of the two is zero at each place.
    v128.store(at - pitch, signed(i8x16.add_sat_s(i8x16.add_sat_s(sp0, up), near)))
    v128.store(at, signed(i8x16.sub_sat_s(i8x16.sub_sat_s(sq0, down), near)))
    v128.store(at - 2 * pitch, signed(i8x16.add_sat_s(sp1, middle)))
    v128.store(at + pitch, signed(i8x16.sub_sat_s(sq1, middle)))
    v128.store(at - 3 * pitch, signed(i8x16.add_sat_s(signed(p2), far)))
    v128.store(at + 2 * pitch, signed(i8x16.sub_sat_s(signed(q2), far)))
    return
  }
  const a = v128.and(step(v128.and(outerTaps, isSteep), sp0, sq0), mask)
  const up = i8x16.shr_s(i8x16.add_sat_s(a, i8x16.splat(3)), 3)
  const down = i8x16.shr_s(i8x16.add_sat_s(a, i8x16.splat(4)), 3)
  const half = v128.andnot(i8x16.shr_s(i8x16.add(down, i8x16.splat(1)), 1), isSteep)
  v128.store(at - pitch, signed(i8x16.add_sat_s(sp0, up)))
  v128.store(at, signed(i8x16.sub_sat_s(sq0, down)))
  v128.store(at - 2 * pitch, signed(i8x16.add_sat_s(sp1, half)))
  v128.store(at + pitch, signed(i8x16.sub_sat_s(sq1, half)))
}

@inline
function rowPair(first: usize, second: usize): v128 {
  return v128.load64_lane(second, v128.load64_zero(first), 1)
}

/** Eight samples of each of sixteen rows, to `gathered`: eight rows from `first` on and eight from `second` on. */
function gather(first: usize, second: usize, stride: usize): void {
  const r0 = rowPair(first, second)
  const r1 = rowPair(first + stride, second + stride)
  const r2 = rowPair(first + 2 * stride, second + 2 * stride)
  const r3 = rowPair(first + 3 * stride, second + 3 * stride)
  const r4 = rowPair(first + 4 * stride, second + 4 * stride)
  const r5 = rowPair(first + 5 * stride, second + 5 * stride)
  const r6 = rowPair(first + 6 * stride, second + 6 * stride)
  const r7 = rowPair(first + 7 * stride, second + 7 * stride)
  const a0 = bytesLow(r0, r1)
  const a1 = bytesLow(r2, r3)
  const a2 = bytesLow(r4, r5)
  const a3 = bytesLow(r6, r7)
  const b0 = bytesHigh(r0, r1)
  const b1 = bytesHigh(r2, r3)
  const b2 = bytesHigh(r4, r5)
  const b3 = bytesHigh(r6, r7)
  putColumns(pairsLow(a0, a1), pairsLow(a2, a3), pairsLow(b0, b1), pairsLow(b2, b3), gathered)
  putColumns(pairsHigh(a0, a1), pairsHigh(a2, a3), pairsHigh(b0, b1), pairsHigh(b2, b3), gathered + 64)
}

@inline
function putColumns(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const first = quadsLow(a, b)
  const second = quadsHigh(a, b)
  const third = quadsLow(c, d)
  const fourth = quadsHigh(c, d)
  v128.store(to, halvesLow(first, third))
  v128.store(to, halvesHigh(first, third), 16)
  v128.store(to, halvesLow(second, fourth), 32)
  v128.store(to, halvesHigh(second, fourth), 48)
}

/** What `gather` took, back to its rows. */
function scatter(first: usize, second: usize, stride: usize): void {
  const c0 = v128.load(gathered)
  const c1 = v128.load(gathered, 16)
  const c2 = v128.load(gathered, 32)
  const c3 = v128.load(gathered, 48)
  const c4 = v128.load(gathered, 64)
  const c5 = v128.load(gathered, 80)
  const c6 = v128.load(gathered, 96)
  const c7 = v128.load(gathered, 112)
  putRows(bytesLow(c0, c1), bytesLow(c2, c3), bytesLow(c4, c5), bytesLow(c6, c7), first, stride)
  putRows(bytesHigh(c0, c1), bytesHigh(c2, c3), bytesHigh(c4, c5), bytesHigh(c6, c7), second, stride)
}

@inline
function putRows(a: v128, b: v128, c: v128, d: v128, to: usize, stride: usize): void {
  const firstLeft = pairsLow(a, b)
  const lastLeft = pairsHigh(a, b)
  const firstRight = pairsLow(c, d)
  const lastRight = pairsHigh(c, d)
  const r0 = quadsLow(firstLeft, firstRight)
  const r1 = quadsHigh(firstLeft, firstRight)
  const r2 = quadsLow(lastLeft, lastRight)
  const r3 = quadsHigh(lastLeft, lastRight)
  v128.store64_lane(to, r0, 0)
  v128.store64_lane(to + stride, r0, 1)
  v128.store64_lane(to + 2 * stride, r1, 0)
  v128.store64_lane(to + 3 * stride, r1, 1)
  v128.store64_lane(to + 4 * stride, r2, 0)
  v128.store64_lane(to + 5 * stride, r2, 1)
  v128.store64_lane(to + 6 * stride, r3, 0)
  v128.store64_lane(to + 7 * stride, r3, 1)
}

/** An upright edge of luma, at whose right `at` lies. */
function uprightLuma(at: usize, stride: usize, kind: i32, limit: i32, inner: i32, variance: i32, isOuter: bool): void {
  const first = at - 4
  const second = first + 8 * stride
  gather(first, second, stride)
  if (kind == 1) simpleEdge(gathered + 64, 16, limit)
  else normalEdge(gathered + 64, 16, limit, inner, variance, isOuter)
  scatter(first, second, stride)
}

function uprightChroma(cb: usize, cr: usize, stride: usize, limit: i32, inner: i32, variance: i32, isOuter: bool): void {
  gather(cb - 4, cr - 4, stride)
  normalEdge(gathered + 64, 16, limit, inner, variance, isOuter)
  scatter(cb - 4, cr - 4, stride)
}

/** A level edge of both planes of chroma, below which `cb` and `cr` lie. */
function levelChroma(cb: usize, cr: usize, stride: usize, limit: i32, inner: i32, variance: i32, isOuter: bool): void {
  const up = 4 * stride
  for (let y: usize = 0; y < 8; y++) v128.store(gathered + (y << 4), rowPair(cb - up + y * stride, cr - up + y * stride))
  normalEdge(gathered + 64, 16, limit, inner, variance, isOuter)
  for (let y: usize = 0; y < 8; y++) {
    const row = v128.load(gathered + (y << 4))
    v128.store64_lane(cb - up + y * stride, row, 0)
    v128.store64_lane(cr - up + y * stride, row, 1)
  }
}

/**
 * Filters the edges of a macroblock whose first samples are at `luma`, `cb` and `cr`; those of its neighbours to the left and above it have been. `kind`: 1
 * simple, 2 normal. `limits`: an entry of `FILTERS`, whose last byte tells whether inner edges are filtered.
 */
export function filterMacroblock(
  luma: usize,
  stride: usize,
  cb: usize,
  cr: usize,
  chromaStride: usize,
  kind: i32,
  limits: usize,
  hasLeft: bool,
  hasAbove: bool,
): void {
  const limit = <i32>load<u8>(limits)
  if (limit == 0) return
  const inner = <i32>load<u8>(limits, 1)
  const variance = <i32>load<u8>(limits, 2)
  const hasInner = load<u8>(limits, 3) != 0
  const isNormal = kind == 2
  if (hasLeft) {
    uprightLuma(luma, stride, kind, limit + 4, inner, variance, true)
    if (isNormal) uprightChroma(cb, cr, chromaStride, limit + 4, inner, variance, true)
  }
  if (hasInner) {
    for (let x: usize = 4; x < 16; x += 4) uprightLuma(luma + x, stride, kind, limit, inner, variance, false)
    if (isNormal) uprightChroma(cb + 4, cr + 4, chromaStride, limit, inner, variance, false)
  }
  if (hasAbove) {
    if (isNormal) {
      normalEdge(luma, stride, limit + 4, inner, variance, true)
      levelChroma(cb, cr, chromaStride, limit + 4, inner, variance, true)
    } else simpleEdge(luma, stride, limit + 4)
  }
  if (hasInner) {
    for (let y: usize = 4; y < 16; y += 4) {
      if (isNormal) normalEdge(luma + y * stride, stride, limit, inner, variance, false)
      else simpleEdge(luma + y * stride, stride, limit)
    }
    if (isNormal) levelChroma(cb + 4 * chromaStride, cr + 4 * chromaStride, chromaStride, limit, inner, variance, false)
  }
}
