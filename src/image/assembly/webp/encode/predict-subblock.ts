// Intra prediction of subblocks of 4 × 4: RFC 6386 §12.3. Modes in its order: DC, TM, VE, HE, LD, RD, VR, VL, HD, HU.
import { RESTORED_STRIDE } from './state'

/** A prediction for each mode: 16 bytes, row by row. */
export const predicted4: usize = memory.data(10 * 16, 16)

/** Samples around the subblock, from the lowest to the left over the corner to the eighth above; the first and the last stand twice. */
const edge: usize = memory.data(32, 16)

/** All ten predictions of the subblock at `at`, from what is restored around it. `aboveRight`: the four samples above to the right. */
export function predictSubblock(at: usize, aboveRight: u32): void {
  const stride = RESTORED_STRIDE
  const lowest = load<u8>(at + 3 * stride - 1)
  store<u8>(edge, lowest)
  store<u8>(edge, lowest, 1)
  store<u8>(edge, load<u8>(at + 2 * stride - 1), 2)
  store<u8>(edge, load<u8>(at + stride - 1), 3)
  store<u8>(edge, load<u8>(at - 1), 4)
  const top = load<u32>(at - stride)
  const edgeSample = <i32>load<u8>(at - stride - 1)
  store<u8>(edge, edgeSample, 5)
  store<u32>(edge, top, 6)
  store<u32>(edge, aboveRight, 10)
  store<u8>(edge, aboveRight >> 24, 14)
  const e = v128.load(edge)
  const next = v128.load(edge, 1)
  const before = v128.shuffle<i8>(e, e, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
  const two = i8x16.avgr_u(e, next)
  // (before + 2 e + next + 2) >> 2: the outer mean must be rounded down first.
  const odd = v128.and(v128.xor(before, next), i8x16.splat(1))
  const three = i8x16.avgr_u(e, i8x16.sub(i8x16.avgr_u(before, next), odd))

  const sides = <i32>load<u8>(edge, 1) + <i32>load<u8>(edge, 2) + <i32>load<u8>(edge, 3) + <i32>load<u8>(edge, 4)
  const tops = <i32>(top & 255) + <i32>((top >> 8) & 255) + <i32>((top >> 16) & 255) + <i32>(top >> 24)
  v128.store(predicted4, i8x16.splat(<i8>((sides + tops + 4) >> 3)))

  const tops16 = i16x8.extend_low_i8x16_u(v128.shuffle<i8>(e, e, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9))
  const corner16 = i16x8.sub(tops16, i16x8.splat(<i16>edgeSample))
  const upper = i16x8.extend_low_i8x16_u(v128.shuffle<i8>(e, e, 4, 4, 4, 4, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0))
  const lower = i16x8.extend_low_i8x16_u(v128.shuffle<i8>(e, e, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0))
  v128.store(predicted4, i8x16.narrow_i16x8_u(i16x8.add(corner16, upper), i16x8.add(corner16, lower)), 16)

  v128.store(predicted4, v128.shuffle<i8>(three, three, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9), 32)
  v128.store(predicted4, v128.shuffle<i8>(three, three, 4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1), 48)
  v128.store(predicted4, v128.shuffle<i8>(three, three, 7, 8, 9, 10, 8, 9, 10, 11, 9, 10, 11, 12, 10, 11, 12, 13), 64)
  v128.store(predicted4, v128.shuffle<i8>(three, three, 5, 6, 7, 8, 4, 5, 6, 7, 3, 4, 5, 6, 2, 3, 4, 5), 80)
  v128.store(predicted4, v128.shuffle<i8>(three, two, 21, 22, 23, 24, 5, 6, 7, 8, 4, 21, 22, 23, 3, 5, 6, 7), 96)
  v128.store(predicted4, v128.shuffle<i8>(three, two, 22, 23, 24, 25, 7, 8, 9, 10, 23, 24, 25, 11, 8, 9, 10, 12), 112)
  v128.store(predicted4, v128.shuffle<i8>(three, two, 20, 5, 6, 7, 19, 4, 20, 5, 18, 3, 19, 4, 17, 2, 18, 3), 128)
  const flat = v128.shuffle<i8>(three, e, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16)
  const slope = v128.shuffle<i8>(three, two, 19, 3, 18, 2, 18, 2, 17, 1, 17, 1, 0, 0, 0, 0, 0, 0)
  v128.store(predicted4, v128.shuffle<i8>(slope, flat, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 16, 16, 16, 16, 16), 144)
}
