// How lively a macroblock is: errors are seen where little happens.
import { source } from './state'

/** Variance of 8 × 8 samples, times 64². */
function variance(at: usize): i32 {
  let sum = i16x8.splat(0)
  let squares = i32x4.splat(0)
  for (let y: usize = 0; y < 128; y += 16) {
    const row = v128.load8x8_u(at + y)
    sum = i16x8.add(sum, row)
    squares = i32x4.add(squares, i32x4.dot_i16x8_s(row, row))
  }
  const pairs = i32x4.extadd_pairwise_i16x8_u(sum)
  const mean = i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1) + i32x4.extract_lane(pairs, 2) + i32x4.extract_lane(pairs, 3)
  const total = i32x4.extract_lane(squares, 0) + i32x4.extract_lane(squares, 1) + i32x4.extract_lane(squares, 2) + i32x4.extract_lane(squares, 3)
  return total * 64 - mean * mean
}

/** The mean standard deviation of luma's quarters, times 16. */
export function activity(): i32 {
  let sum: f64 = 0
  for (let quarter: usize = 0; quarter < 4; quarter++) sum += Math.sqrt(<f64>variance(source + ((quarter & 1) << 3) + ((quarter >> 1) << 7)))
  return <i32>(sum / 16)
}
