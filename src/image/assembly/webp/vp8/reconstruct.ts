// A macroblock from its modes and coefficients: prediction, and the residue on top (RFC 6386 §12, §14).
import { halvesLow } from '../interleave'
import { addResidue, inverseHadamard, inversePair, putSubblock, restorePair } from '../inverse'
import { around, columnBefore, FIRST_DIRECTED, meansOfThree, meansOfTwo, predictDc, predictDirected, predictTm } from '../predict-subblock'
import { bitsLeft, vp8Reader } from './bits'
import { KIND, STEPS, TOKEN_PROBABILITIES } from './header'
import { MACROBLOCK, M_CHROMA, M_HAS_SUBBLOCKS, M_LUMA, M_SEGMENT, M_SUBBLOCKS, MODE_TM } from './modes'
import { CB, CR, LUMA, WORK_STRIDE, predictChroma, predictLuma, predicted } from './predict'
import { BLOCK, readBlocks } from './tokens'

/** The kinds of block. */
const LUMA_WITHOUT_DC: usize = TOKEN_PROBABILITIES
const LUMA_DC: usize = TOKEN_PROBABILITIES + KIND
const CHROMA: usize = TOKEN_PROBABILITIES + 2 * KIND
const LUMA_WITH_DC: usize = TOKEN_PROBABILITIES + 3 * KIND

/** Bytes of two blocks' coefficients. */
const PAIR: usize = 64

/** 16 blocks of luma, 4 of Cb, 4 of Cr; then those of the DCs. All zeros between macroblocks. */
const coefficients: usize = memory.data(25 * 32, 16)
const secondOrder: usize = coefficients + 24 * 32
/** For each block, and that of the DCs: 0 no residue, 1 of DC alone, 2 more. */
const residues: usize = memory.data(32, 16)

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
  if (both & 0x0202) {
    restorePair(at, prediction, target, WORK_STRIDE)
    clearPair(block)
    return
  }
  const added = halvesLow(dcOf(at), dcOf(at + BLOCK))
  store<i16>(at, 0)
  store<i16>(at, 0, BLOCK)
  for (let y: usize = 0; y < 4; y++) {
    const row = i16x8.add(added, v128.load8x8_u(prediction + (y << 4)))
    v128.store64_lane(target + y * WORK_STRIDE, i8x16.narrow_i16x8_u(row, row), 0)
  }
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
  for (let pair: usize = 0; pair < 16; pair += 2) transformPair(pair)
  // All rows of subblocks look at the same samples above to the right of the macroblock.
  const aboveRight = load<u32>(LUMA - WORK_STRIDE + 16)
  for (let y: usize = 3; y < 15; y += 4) store<u32>(LUMA + y * WORK_STRIDE + 16, aboveRight)
  for (let y: usize = 0; y < 4; y++) {
    const row = LUMA + (y << 2) * WORK_STRIDE
    // What a subblock becomes stays here for the next: memory would be slower.
    let samples = columnBefore(row, WORK_STRIDE)
    for (let x: usize = 0; x < 4; x++) {
      const n = (y << 2) + x
      const target = row + (x << 2)
      const mode = <usize>load<u8>(MACROBLOCK + n, M_SUBBLOCKS)
      const edge = around(samples, v128.load64_zero(target - WORK_STRIDE), load<u8>(target - WORK_STRIDE - 1))
      if (mode >= FIRST_DIRECTED) samples = predictDirected(mode, meansOfTwo(edge), meansOfThree(edge))
      else samples = mode == MODE_TM ? predictTm(edge) : predictDc(edge)
      if (load<u8>(residues + n)) samples = addResidue(samples, coefficients + (n >> 1) * PAIR + ((n & 1) << 3))
      putSubblock(samples, target, WORK_STRIDE)
    }
  }
  for (let pair: usize = 0; pair < 16; pair += 2) if (load<u16>(residues + pair)) clearPair(pair)
}

/** The residue of two neighbouring blocks in place of their coefficients: four rows of both, side by side. */
function transformPair(block: usize): void {
  const both = load<u16>(residues + block)
  if (both == 0) return
  const at = coefficients + block * BLOCK
  if (both & 0x0202) inversePair(at, at + BLOCK, at)
  else {
    const row = halvesLow(dcOf(at), dcOf(at + BLOCK))
    for (let y: usize = 0; y < PAIR; y += 16) v128.store(at + y, row)
  }
}

/** The residue of a block of DC alone, eight times. */
@inline
function dcOf(block: usize): v128 {
  return i16x8.splat(<i16>((<i32>load<i16>(block) + 4) >> 3))
}

@inline
function clearPair(block: usize): void {
  const at = coefficients + block * BLOCK
  const zero = i64x2.splat(0)
  v128.store(at, zero)
  v128.store(at, zero, 16)
  v128.store(at, zero, 32)
  v128.store(at, zero, 48)
}

/** Forgets what a frame left that was not read to its end. */
export function clearCoefficients(): void {
  memory.fill(coefficients, 0, 25 * BLOCK)
}
