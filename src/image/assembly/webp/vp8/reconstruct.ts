// A macroblock from its modes and coefficients: prediction, and the residue on top (RFC 6386 §12, §14).
import { inverseHadamard, restoreBlock, restorePair } from '../encode/transform'
import { bitsLeft, vp8Reader } from './bits'
import { STEPS, TOKEN_PROBABILITIES } from './header'
import { MACROBLOCK, M_CHROMA, M_HAS_SUBBLOCKS, M_LUMA, M_SEGMENT, M_SUBBLOCKS } from './modes'
import { CB, CR, LUMA, WORK_STRIDE, predictChroma, predictLuma, predictSubblock, predicted } from './predict'
import { BLOCK, readBlocks } from './tokens'

/** Bytes of the probabilities of a kind of block. */
const KIND: usize = 264
const LUMA_WITHOUT_DC: usize = TOKEN_PROBABILITIES
const LUMA_DC: usize = TOKEN_PROBABILITIES + KIND
const CHROMA: usize = TOKEN_PROBABILITIES + 2 * KIND
const LUMA_WITH_DC: usize = TOKEN_PROBABILITIES + 3 * KIND

/** 16 blocks of luma, 4 of Cb, 4 of Cr; then those of the DCs. All zeros between macroblocks. */
const coefficients: usize = memory.data(25 * 32, 16)
const secondOrder: usize = coefficients + 24 * 32
/** For each block, and that of the DCs: 0 no residue, 1 of DC alone, 2 more. */
const residues: usize = memory.data(32, 16)
/** The prediction of a subblock. */
const predicted4: usize = memory.data(16, 16)

/** Neighbours with coefficients: bits 0–3 luma, 4–5 Cb, 6–7 Cr, 8 the block of DCs. To the left, and of a skipped macroblock what stays. */
export const DC_CONTEXT: u32 = 256

/**
 * Reads the coefficients of a macroblock from reader `partition`. `above`, `left`: contexts, of which this one's lowest and rightest blocks are answered
 * packed: above in the upper 16 bits. `0` for both when no block has any.
 */
export function readResidue(partition: i32, above: u32, left: u32): u32 {
  const reader = vp8Reader(partition)
  const steps = STEPS + <usize>load<u32>(MACROBLOCK, M_SEGMENT) * 24
  const hasSubblocks = load<u32>(MACROBLOCK, M_HAS_SUBBLOCKS) != 0
  let newAbove = above & DC_CONTEXT
  let newLeft = left & DC_CONTEXT
  let kind = LUMA_WITH_DC
  let first: usize = 0
  if (!hasSubblocks) {
    const isThere = readBlocks(reader, LUMA_DC, 1, above >> 8, left >> 8, steps + 8, 0, secondOrder, residues + 24) & 1
    newAbove = newLeft = isThere << 8
    if (isThere) {
      inverseHadamard(secondOrder, coefficients)
      v128.store(secondOrder, i64x2.splat(0))
      v128.store(secondOrder, i64x2.splat(0), 16)
    }
    kind = LUMA_WITHOUT_DC
    first = 1
  }
  const chromaSteps = steps + 16
  const luma = readBlocks(reader, kind, 4, above & 15, left & 15, steps, first, coefficients, residues)
  const cb = readBlocks(reader, CHROMA, 2, (above >> 4) & 3, (left >> 4) & 3, chromaSteps, 0, coefficients + 16 * BLOCK, residues + 16)
  const cr = readBlocks(reader, CHROMA, 2, (above >> 6) & 3, (left >> 6) & 3, chromaSteps, 0, coefficients + 20 * BLOCK, residues + 20)
  newAbove |= (luma >> 16) | ((cb >> 16) << 4) | ((cr >> 16) << 6)
  newLeft |= (luma & 15) | ((cb & 3) << 4) | ((cr & 3) << 6)
  return (newAbove << 16) | newLeft
}

/** Whether any block of the macroblock has a residue. */
export function hasResidue(): bool {
  return v128.any_true(v128.or(v128.load(residues), v128.load64_zero(residues, 16)))
}

export function clearResidues(): void {
  v128.store(residues, i64x2.splat(0))
  v128.store64_lane(residues + 16, i64x2.splat(0), 0)
}

/** Whether the next boolean of a partition takes bits from behind its end, which libwebp refuses. */
export function isUsedUp(partition: i32): bool {
  return bitsLeft(vp8Reader(partition)) < 8
}

/** Whether a boolean of a partition took such bits for certain. */
export function isOverrun(partition: i32): bool {
  return bitsLeft(vp8Reader(partition)) < 1
}

/** Adds the residue of two neighbouring blocks from `block` on to a prediction of 16 bytes a row, and clears it. */
function restore(block: usize, prediction: usize, target: usize): void {
  const both = load<u16>(residues + block)
  if (both == 0) {
    for (let y: usize = 0; y < 4; y++) store<u64>(target + y * WORK_STRIDE, load<u64>(prediction + (y << 4)))
    return
  }
  const at = coefficients + block * BLOCK
  if ((both & 0x0202) == 0) {
    const first = (<i32>load<i16>(at) + 4) >> 3
    const second = (<i32>load<i16>(at, 32) + 4) >> 3
    store<i16>(at, 0)
    store<i16>(at, 0, 32)
    const added = i16x8(
      <i16>first, <i16>first, <i16>first, <i16>first, <i16>second, <i16>second, <i16>second, <i16>second,
    )
    for (let y: usize = 0; y < 4; y++) {
      const row = i16x8.add(added, v128.load8x8_u(prediction + (y << 4)))
      v128.store64_lane(target + y * WORK_STRIDE, i8x16.narrow_i16x8_u(row, row), 0)
    }
    return
  }
  restorePair(at, prediction, target, WORK_STRIDE)
  const zero = i64x2.splat(0)
  v128.store(at, zero)
  v128.store(at, zero, 16)
  v128.store(at, zero, 32)
  v128.store(at, zero, 48)
}

/** Makes the samples of the macroblock, whose neighbours lie around it. */
export function reconstruct(hasAbove: bool, hasLeft: bool): void {
  if (load<u32>(MACROBLOCK, M_HAS_SUBBLOCKS)) reconstructSubblocks()
  else {
    predictLuma(load<u32>(MACROBLOCK, M_LUMA), hasAbove, hasLeft)
    for (let y: usize = 0; y < 4; y++) {
      for (let x: usize = 0; x < 4; x += 2) restore((y << 2) + x, predicted + (y << 6) + (x << 2), LUMA + (y << 2) * WORK_STRIDE + (x << 2))
    }
  }
  predictChroma(load<u32>(MACROBLOCK, M_CHROMA), hasAbove, hasLeft)
  for (let y: usize = 0; y < 2; y++) {
    restore(16 + (y << 1), predicted + (y << 6), CB + (y << 2) * WORK_STRIDE)
    restore(20 + (y << 1), predicted + (y << 6) + 8, CR + (y << 2) * WORK_STRIDE)
  }
}

function reconstructSubblocks(): void {
  // All rows of subblocks look at the same samples above to the right of the macroblock.
  const aboveRight = load<u32>(LUMA - WORK_STRIDE + 16)
  for (let y: usize = 3; y < 15; y += 4) store<u32>(LUMA + y * WORK_STRIDE + 16, aboveRight)
  for (let n: usize = 0; n < 16; n++) {
    const target = LUMA + (n >> 2 << 2) * WORK_STRIDE + ((n & 3) << 2)
    const prediction = predictSubblock(load<u8>(MACROBLOCK + n, M_SUBBLOCKS), target)
    if (load<u8>(residues + n) == 0) {
      v128.store32_lane(target, prediction, 0)
      v128.store32_lane(target + WORK_STRIDE, prediction, 1)
      v128.store32_lane(target + 2 * WORK_STRIDE, prediction, 2)
      v128.store32_lane(target + 3 * WORK_STRIDE, prediction, 3)
      continue
    }
    const at = coefficients + n * BLOCK
    v128.store(predicted4, prediction)
    restoreBlock(at, predicted4, target, WORK_STRIDE)
    v128.store(at, i64x2.splat(0))
    v128.store(at, i64x2.splat(0), 16)
  }
}

/** Forgets what a frame left that was not read to its end. */
export function clearCoefficients(): void {
  memory.fill(coefficients, 0, 25 * BLOCK)
}
