// Intra prediction of whole macroblocks: RFC 6386 §12.2, §12.3. Modes: 0 DC, 1 V, 2 H, 3 TM.
import { meanOf, sumOf } from '../means'
import { above, corner, left } from './state'

/** A prediction of luma for each mode, 256 bytes; of chroma (8 Cb and 8 Cr a row), 128 bytes. */
export const predicted16: usize = memory.data(4 * 256, 16)
export const predictedChroma: usize = memory.data(4 * 128, 16)

/** Sums of the lower and the upper eight samples: in the lower and upper 16 bits. */
function sumsOfHalves(samples: v128): i32 {
  const pairs = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(samples))
  return (
    (i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1)) | ((i32x4.extract_lane(pairs, 2) + i32x4.extract_lane(pairs, 3)) << 16)
  )
}

/** All four predictions of luma. */
export function predictLuma(hasAbove: bool, hasLeft: bool): void {
  const top = v128.load(above)
  const dc = i8x16.splat(<i8>meanOf(sumOf(top), sumOf(v128.load(left)), hasAbove, hasLeft, 4))
  const low = i16x8.extend_low_i8x16_u(top)
  const high = i16x8.extend_high_i8x16_u(top)
  const edge = <i32>load<u8>(corner)
  for (let y: usize = 0; y < 16; y++) {
    const at = predicted16 + (y << 4)
    const side = <i32>load<u8>(left + y)
    const difference = i16x8.splat(<i16>(side - edge))
    v128.store(at, dc)
    v128.store(at, top, 256)
    v128.store(at, i8x16.splat(<i8>side), 512)
    v128.store(at, i8x16.narrow_i16x8_u(i16x8.add(low, difference), i16x8.add(high, difference)), 768)
  }
}

/** All four predictions of chroma. */
export function predictChroma(hasAbove: bool, hasLeft: bool): void {
  const top = v128.load(above, 16)
  const aboveSums = sumsOfHalves(top)
  const leftSums = sumsOfHalves(v128.load(left, 16))
  const cb = meanOf(aboveSums & 0xffff, leftSums & 0xffff, hasAbove, hasLeft, 3)
  const cr = meanOf(aboveSums >> 16, leftSums >> 16, hasAbove, hasLeft, 3)
  const dc = v128.shuffle<i64>(i8x16.splat(<i8>cb), i8x16.splat(<i8>cr), 0, 2)
  const low = i16x8.extend_low_i8x16_u(top)
  const high = i16x8.extend_high_i8x16_u(top)
  const edgeCb = <i32>load<u8>(corner, 1)
  const edgeCr = <i32>load<u8>(corner, 2)
  for (let y: usize = 0; y < 8; y++) {
    const at = predictedChroma + (y << 4)
    const sideCb = <i32>load<u8>(left + y, 16)
    const sideCr = <i32>load<u8>(left + y, 24)
    v128.store(at, dc)
    v128.store(at, top, 128)
    v128.store(at, v128.shuffle<i64>(i8x16.splat(<i8>sideCb), i8x16.splat(<i8>sideCr), 0, 2), 256)
    const first = i16x8.add(low, i16x8.splat(<i16>(sideCb - edgeCb)))
    const second = i16x8.add(high, i16x8.splat(<i16>(sideCr - edgeCr)))
    v128.store(at, i8x16.narrow_i16x8_u(first, second), 384)
  }
}
