// The mode of a macroblock's chroma, which Cb and Cr share, by what it costs.
import { restorePair } from '../inverse'
import { blockCost, CHROMA, chromaModeCost } from './costs'
import { predictedChroma } from './predict'
import { CHROMA_QUANTISER, LAMBDA, quantiseBlock, squaredError, TRELLIS_LAMBDA } from './quantise'
import { forwardDifference, roughSum, takeCheapest } from './rough'
import { CHROMA_MODE, decision, encoder, lasts, leftFilled, levels, restoredChroma, source, SOURCE_CHROMA, TRELLIS, TRIES_CHROMA } from './state'
import { trellisBlock } from './trellis'

/** 8 blocks: 4 of Cb, 4 of Cr. */
const coefficients: usize = memory.data(8 * 32, 16)
const RESTORED_BLOCKS: usize = 8 * 32
const LASTS: usize = 2 * 8 * 32
const SET_BYTES: usize = 2 * 8 * 32 + 16
const sets: usize = memory.data(2 * (2 * 8 * 32 + 16), 16)
const sums: usize = memory.data(16, 16)
const filled: usize = memory.data(16, 16)

function tryMode(mode: usize, set: usize, quantisers: usize, aboveFilled: usize, byTrellis: bool): f64 {
  const lambda = load<f64>(quantisers, LAMBDA)
  const finer = load<f64>(quantisers, TRELLIS_LAMBDA)
  const prediction = predictedChroma + (mode << 7)
  for (let plane: usize = 0; plane < 2; plane++) {
    for (let y: usize = 0; y < 2; y++) {
      const s = source + SOURCE_CHROMA + (y << 6) + (plane << 3)
      const p = prediction + (y << 6) + (plane << 3)
      const to = coefficients + (((plane << 2) + (y << 1)) << 5)
      forwardDifference(s, p, to)
    }
  }
  store<u32>(filled, load<u32>(aboveFilled, 4))
  store<u32>(filled, load<u32>(leftFilled, 4), 4)
  let error: f64 = 0
  let bits = chromaModeCost(<i32>mode)
  for (let block: usize = 0; block < 8; block++) {
    const at = block << 5
    const plane = (block >> 2) << 1
    const column = filled + plane + (block & 1)
    const row = filled + 4 + plane + ((block >> 1) & 1)
    const context = <usize>load<u8>(column) + <usize>load<u8>(row)
    const restored = set + RESTORED_BLOCKS + at
    const last = byTrellis
      ? trellisBlock(coefficients + at, quantisers + CHROMA_QUANTISER, set + at, restored, 0, CHROMA, context, finer)
      : quantiseBlock(coefficients + at, quantisers + CHROMA_QUANTISER, set + at, restored)
    error += <f64>squaredError(coefficients + at, restored)
    bits += blockCost(set + at, last, 0, CHROMA, context)
    const has = last >= 0 ? 1 : 0
    store<u8>(column, has)
    store<u8>(row, has)
    store<i8>(set + LASTS + block, last)
  }
  return 4 * error + lambda * <f64>bits
}

/** Chooses a mode and makes it the macroblock's: levels and samples. */
export function chooseChroma(quantisers: usize, aboveFilled: usize): void {
  for (let mode: usize = 0; mode < 4; mode++) store<i32>(sums + (mode << 2), roughSum(source + SOURCE_CHROMA, predictedChroma + (mode << 7), 128))
  let least = Infinity
  let best = sets
  let other = sets + SET_BYTES
  let bestMode: usize = 0
  for (let tries = load<i32>(encoder, TRIES_CHROMA); tries > 0; tries--) {
    const mode = takeCheapest(sums, 4)
    const its = tryMode(mode, other, quantisers, aboveFilled, false)
    if (its < least) {
      least = its
      bestMode = mode
      const before = best
      best = other
      other = before
    }
  }
  if (load<i32>(encoder, TRELLIS)) tryMode(bestMode, best, quantisers, aboveFilled, true)
  store<u8>(decision, <u8>bestMode, CHROMA_MODE)
  memory.copy(levels + 17 * 32, best, 8 * 32)
  memory.copy(lasts + 17, best + LASTS, 8)
  const prediction = predictedChroma + (bestMode << 7)
  for (let pair: usize = 0; pair < 4; pair++) {
    const at = ((pair & 1) << 6) + ((pair >> 1) << 3)
    restorePair(best + RESTORED_BLOCKS + (pair << 6), prediction + at, restoredChroma + at, 16)
  }
}
