// The mode of a macroblock's luma as a whole, by what it costs: squared error and bits.
import { inverseHadamard, restorePair } from '../inverse'
import { blockCost, LUMA_DCS, LUMA_WITHOUT_DC, lumaModeCost } from './costs'
import { predicted16 } from './predict'
import { DCS_QUANTISER, LAMBDA, LUMA_QUANTISER, quantiseBlock, squaredError, TRELLIS_LAMBDA } from './quantise'
import { forwardDifference, roughSum, takeCheapest } from './rough'
import { decision, encoder, lasts, leftFilled, levels, LUMA_MODE, RESTORED, RESTORED_STRIDE, restoredWithMargin, source, TRELLIS, TRIES_16 } from './state'
import { trellisBlock } from './trellis'
import { forwardHadamard } from './transform'

/** Of 17 blocks: the DCs, then luma. */
const coefficients: usize = memory.data(17 * 32, 16)
/** Levels, what a decoder makes of them, last places. */
const RESTORED_BLOCKS: usize = 17 * 32
const LASTS: usize = 2 * 17 * 32
const SET_BYTES: usize = 2 * 17 * 32 + 32
const sets: usize = memory.data(2 * (2 * 17 * 32 + 32), 16)
/** Of each mode: its sum of absolute Hadamard coefficients, i32. */
const sums: usize = memory.data(16, 16)
/** Which blocks to the left and above have levels, as it goes on. */
const filled: usize = memory.data(16, 16)

let best: usize = sets

/** Cost of a mode in full; its levels go to `set`. */
function tryMode(mode: usize, set: usize, quantisers: usize, aboveFilled: usize, byTrellis: bool): f64 {
  const lambda = load<f64>(quantisers, LAMBDA)
  const finer = load<f64>(quantisers, TRELLIS_LAMBDA)
  const prediction = predicted16 + (mode << 8)
  for (let y: usize = 0; y < 4; y++) {
    for (let x: usize = 0; x < 4; x += 2) {
      const s = source + (y << 6) + (x << 2)
      const p = prediction + (y << 6) + (x << 2)
      const to = coefficients + ((1 + (y << 2) + x) << 5)
      forwardDifference(s, p, to)
    }
  }
  forwardHadamard(coefficients + 32, coefficients)
  const restored = set + RESTORED_BLOCKS
  const places = set + LASTS
  const context = <usize>load<u8>(aboveFilled, 8) + <usize>load<u8>(leftFilled, 8)
  let last = byTrellis
    ? trellisBlock(coefficients, quantisers + DCS_QUANTISER, set, restored, 0, LUMA_DCS, context, 4 * finer)
    : quantiseBlock(coefficients, quantisers + DCS_QUANTISER, set, restored)
  store<i8>(places, last)
  let error = <f64>squaredError(coefficients, restored)
  let bits = lumaModeCost(<i32>mode) + blockCost(set, last, 0, LUMA_DCS, context)
  store<u32>(filled, load<u32>(aboveFilled))
  store<u32>(filled, load<u32>(leftFilled), 4)
  let luma: f64 = 0
  for (let block: usize = 1; block <= 16; block++) {
    const at = block << 5
    const column = filled + ((block - 1) & 3)
    const row = filled + 4 + ((block - 1) >> 2)
    store<i16>(coefficients + at, 0)
    const around = <usize>load<u8>(column) + <usize>load<u8>(row)
    last = byTrellis
      ? trellisBlock(coefficients + at, quantisers + LUMA_QUANTISER, set + at, restored + at, 1, LUMA_WITHOUT_DC, around, finer)
      : quantiseBlock(coefficients + at, quantisers + LUMA_QUANTISER, set + at, restored + at)
    luma += <f64>squaredError(coefficients + at, restored + at)
    bits += blockCost(set + at, last, 1, LUMA_WITHOUT_DC, around)
    const has = last > 0 ? 1 : 0
    store<u8>(column, has)
    store<u8>(row, has)
    store<i8>(places + block, last)
  }
  error += 4 * luma
  return error + lambda * <f64>bits
}

/** Chooses among the four predictions; answers what the best costs. */
export function chooseLuma(quantisers: usize, aboveFilled: usize): f64 {
  for (let mode: usize = 0; mode < 4; mode++) store<i32>(sums + (mode << 2), roughSum(source, predicted16 + (mode << 8), 256))
  let cost = Infinity
  best = sets
  let other = sets + SET_BYTES
  for (let tries = load<i32>(encoder, TRIES_16); tries > 0; tries--) {
    const mode = takeCheapest(sums, 4)
    const its = tryMode(mode, other, quantisers, aboveFilled, false)
    if (its < cost) {
      cost = its
      store<u8>(decision, <u8>mode, LUMA_MODE)
      const before = best
      best = other
      other = before
    }
  }
  return load<i32>(encoder, TRELLIS) ? tryMode(<usize>load<u8>(decision, LUMA_MODE), best, quantisers, aboveFilled, true) : cost
}

/** Makes the chosen mode the macroblock's: its levels, and its samples. */
export function takeLuma(): void {
  const mode = <usize>load<u8>(decision, LUMA_MODE)
  const prediction = predicted16 + (mode << 8)
  memory.copy(levels, best, 17 * 32)
  memory.copy(lasts, best + LASTS, 17)
  const blocks = best + RESTORED_BLOCKS
  inverseHadamard(blocks, blocks + 32)
  for (let y: usize = 0; y < 4; y++) {
    for (let x: usize = 0; x < 4; x += 2) {
      const to = restoredWithMargin + RESTORED + (y << 2) * RESTORED_STRIDE + (x << 2)
      restorePair(blocks + ((1 + (y << 2) + x) << 5), prediction + (y << 6) + (x << 2), to, RESTORED_STRIDE)
    }
  }
}
