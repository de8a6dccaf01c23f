// The modes of a macroblock's 16 subblocks, by what they cost. Each is restored before the next is predicted.
import { restoreBlock } from '../inverse'
import { blockCost, LUMA_WITH_DC, lumaModeCost, subblockModeCosts } from './costs'
import { around, columnBefore, FIRST_DIRECTED, meansOfThree, meansOfTwo, MODES, predictDc, predictDirected, predictTm } from '../predict-subblock'
import { LAMBDA, LUMA_QUANTISER, quantiseBlock, squaredError, TRELLIS_LAMBDA } from './quantise'
import { takeCheapest } from './rough'
import { decision, encoder, lasts, leftFilled, leftModes, levels, LUMA_MODE, RESTORED, RESTORED_STRIDE, restoredWithMargin, source, SUBBLOCK_MODES, TRELLIS, TRIES_4 } from './state'
import { forwardPair, hadamardSums } from './transform'
import { trellisBlock } from './trellis'

/** A prediction for each mode: 16 bytes, row by row. */
const predicted4: usize = memory.data(10 * 16, 16)
/** Two blocks of coefficients; levels, restored coefficients and coefficients of the best try and of this one. */
const coefficients: usize = memory.data(64, 16)
const TRY_BYTES: usize = 96
const triesAt: usize = memory.data(192, 16)
const sums: usize = memory.data(48, 16)
/** Levels, last places and modes of the 16 subblocks. */
const ownLevels: usize = memory.data(16 * 32, 16)
const ownLasts: usize = memory.data(16, 16)
const ownModes: usize = memory.data(16, 16)
const filled: usize = memory.data(16, 16)
const modesAround: usize = memory.data(16, 16)

@inline
function first(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23)
}

@inline
function second(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31)
}

/** The subblock's samples as 16 bytes. */
@inline
function subblock(at: usize): v128 {
  return v128.load32_lane(at + 48, v128.load32_lane(at + 32, v128.load32_lane(at + 16, v128.load32_zero(at), 1), 2), 3)
}

/** Rough costs of all modes to `sums`: half a Hadamard sum, and what the mode's bits weigh. */
function roughSums(samples: v128, modeCosts: usize, weight: f64): void {
  const upper = first(samples, samples)
  const lower = second(samples, samples)
  const s0 = i16x8.extend_low_i8x16_u(upper)
  const s1 = i16x8.extend_high_i8x16_u(upper)
  const s2 = i16x8.extend_low_i8x16_u(lower)
  const s3 = i16x8.extend_high_i8x16_u(lower)
  for (let mode: usize = 0; mode < 10; mode += 2) {
    const a = v128.load(predicted4 + (mode << 4))
    const b = v128.load(predicted4 + (mode << 4), 16)
    const top = first(a, b)
    const bottom = second(a, b)
    const both = hadamardSums(
      i16x8.sub(s0, i16x8.extend_low_i8x16_u(top)),
      i16x8.sub(s1, i16x8.extend_high_i8x16_u(top)),
      i16x8.sub(s2, i16x8.extend_low_i8x16_u(bottom)),
      i16x8.sub(s3, i16x8.extend_high_i8x16_u(bottom)),
    )
    store<i32>(sums + (mode << 2), <i32>both + <i32>(weight * <f64>load<u16>(modeCosts + (mode << 1))))
    store<i32>(sums + (mode << 2), <i32>(both >> 32) + <i32>(weight * <f64>load<u16>(modeCosts + (mode << 1), 2)), 4)
  }
}

function transform(samples: v128, a: v128, b: v128): void {
  const upper = first(samples, samples)
  const lower = second(samples, samples)
  const top = first(a, b)
  const bottom = second(a, b)
  forwardPair(
    i16x8.sub(i16x8.extend_low_i8x16_u(upper), i16x8.extend_low_i8x16_u(top)),
    i16x8.sub(i16x8.extend_high_i8x16_u(upper), i16x8.extend_high_i8x16_u(top)),
    i16x8.sub(i16x8.extend_low_i8x16_u(lower), i16x8.extend_low_i8x16_u(bottom)),
    i16x8.sub(i16x8.extend_high_i8x16_u(lower), i16x8.extend_high_i8x16_u(bottom)),
    coefficients,
  )
}

/** All predictions of the subblock at `at`, from what is restored around it. `aboveRight`: the four samples above to the right. */
function predictSubblock(at: usize, aboveRight: usize): void {
  const top = v128.load32_lane(aboveRight, v128.load32_zero(at - RESTORED_STRIDE), 1)
  const samples = around(columnBefore(at, RESTORED_STRIDE), top, load<u8>(at - RESTORED_STRIDE - 1))
  v128.store(predicted4, predictDc(samples))
  v128.store(predicted4, predictTm(samples), 16)
  const two = meansOfTwo(samples)
  const three = meansOfThree(samples)
  for (let mode = FIRST_DIRECTED; mode < MODES; mode++) v128.store(predicted4 + (mode << 4), predictDirected(mode, two, three))
}

/** Chooses a mode for each subblock; answers what all cost, or infinity when that is not below `limit`. */
export function chooseSubblocks(quantisers: usize, aboveFilled: usize, aboveModes: usize, limit: f64): f64 {
  const lambda = load<f64>(quantisers, LAMBDA)
  const finer = load<f64>(quantisers, TRELLIS_LAMBDA)
  const weight = Math.sqrt(lambda * 16) * 0.05
  const tries = load<i32>(encoder, TRIES_4)
  const trellis = load<i32>(encoder, TRELLIS)
  const quantiser = quantisers + LUMA_QUANTISER
  store<u32>(filled, load<u32>(aboveFilled))
  store<u32>(filled, load<u32>(leftFilled), 4)
  store<u32>(modesAround, load<u32>(aboveModes))
  store<u32>(modesAround, load<u32>(leftModes), 4)
  subblocksCost = lumaModeCost(4)
  let total = lambda * <f64>subblocksCost
  for (let block: usize = 0; block < 16; block++) {
    const x = block & 3
    const y = block >> 2
    const at = restoredWithMargin + RESTORED + (y << 2) * RESTORED_STRIDE + (x << 2)
    // To the right of the macroblock, all rows look at the row above it.
    predictSubblock(at, x == 3 ? restoredWithMargin + RESTORED - RESTORED_STRIDE + 16 : at - RESTORED_STRIDE + 4)
    const column = filled + x
    const row = filled + 4 + y
    const context = <usize>load<u8>(column) + <usize>load<u8>(row)
    const modeCosts = subblockModeCosts + ((<usize>load<u8>(modesAround + x) * 10 + <usize>load<u8>(modesAround + 4 + y)) * 20)
    const samples = subblock(source + (y << 6) + (x << 2))
    roughSums(samples, modeCosts, weight)
    let least = Infinity
    let best = triesAt
    let other = triesAt + TRY_BYTES
    let bestMode: usize = 0
    let bestLast = -1
    for (let t = 0; t < tries; t += 2) {
      const one = takeCheapest(sums, MODES)
      const two = t + 1 < tries ? takeCheapest(sums, MODES) : one
      transform(samples, v128.load(predicted4 + (one << 4)), v128.load(predicted4 + (two << 4)))
      for (let half = 0; half < (t + 1 < tries ? 2 : 1); half++) {
        const mode = half ? two : one
        const tried = coefficients + ((<usize>half) << 5)
        const last = quantiseBlock(tried, quantiser, other, other + 32)
        const error = <f64>squaredError(tried, other + 32) * 4
        const bits = <i32>load<u16>(modeCosts + (mode << 1)) + blockCost(other, last, 0, LUMA_WITH_DC, context)
        const cost = error + lambda * <f64>bits
        if (cost < least) {
          least = cost
          bestMode = mode
          bestLast = last
          memory.copy(other + 64, tried, 32)
          const before = best
          best = other
          other = before
        }
      }
    }
    if (trellis) {
      bestLast = trellisBlock(best + 64, quantiser, best, best + 32, 0, LUMA_WITH_DC, context, finer)
      const bits = <i32>load<u16>(modeCosts + (bestMode << 1)) + blockCost(best, bestLast, 0, LUMA_WITH_DC, context)
      least = 4 * <f64>squaredError(best + 64, best + 32) + lambda * <f64>bits
    }
    total += least
    if (total >= limit) return Infinity
    restoreBlock(best + 32, predicted4 + (bestMode << 4), at, RESTORED_STRIDE)
    memory.copy(ownLevels + (block << 5), best, 32)
    store<i8>(ownLasts + block, bestLast)
    store<u8>(ownModes + block, bestMode)
    subblocksCost += load<u16>(modeCosts + (bestMode << 1))
    const has = bestLast >= 0 ? 1 : 0
    store<u8>(column, has)
    store<u8>(row, has)
    store<u8>(modesAround + x, bestMode)
    store<u8>(modesAround + 4 + y, bestMode)
  }
  return total
}

/** What the modes of the last choice cost, in 1/256 bit. */
export let subblocksCost: i32 = 0

/** Makes what was chosen the macroblock's. */
export function takeSubblocks(): void {
  store<u8>(decision, 4, LUMA_MODE)
  memory.copy(decision + SUBBLOCK_MODES, ownModes, 16)
  memory.copy(levels + 32, ownLevels, 512)
  memory.copy(lasts + 1, ownLasts, 16)
  store<i8>(lasts, -1)
}
