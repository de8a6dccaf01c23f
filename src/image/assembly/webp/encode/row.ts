// A row of macroblocks, from samples to kept tokens and modes.
import { activity } from './activity'
import { chooseChroma } from './choose-chroma'
import { chooseLuma, takeLuma } from './choose-luma'
import { chooseSubblocks, subblocksCost, takeSubblocks } from './choose-subblocks'
import { chromaModeCost, lumaModeCost, updateCosts } from './costs'
import { predictChroma, predictLuma } from './predict'
import { estimateProbabilities, resetProbabilities } from './probabilities'
import { segmentQuantisers } from './quantise'
import {
  above, ABOVE_CHROMA, ABOVE_FILLED, ABOVE_LUMA, ABOVE_MODES, ACROSS, CB, CHROMA_MODE, CHROMA_STRIDE, corner, CR, decision, encoder, lasts, left, leftFilled, leftModes,
  LUMA, LUMA_MODE, LUMA_STRIDE, MODE_COST, MODE_COST_LIMIT, MODES_END, RESTORED, RESTORED_STRIDE, restoredChroma, restoredWithMargin, SEGMENT, SEGMENT_COUNTS, SEGMENT_LIMITS, SKIPPED, source, SOURCE_CHROMA, SUBBLOCK_MODES, TOKENS_END,
} from './state'
import { keepMacroblock, keepSkipped } from './tokens'
import { sameEverywhere } from './write'

/** What stands above the picture, and to its left (RFC 6386 §12.2). */
const ABOVE: u8 = 127
const LEFT: u8 = 129

/** Must be called once before a picture's first row, when `vp8PrepareCosts` has been. */
export function vp8StartPicture(): void {
  resetProbabilities()
  store<i32>(encoder, 0, SKIPPED)
  store<i32>(encoder, 0, MODE_COST)
  memory.fill(encoder + SEGMENT_COUNTS, 0, 16)
}

function loadMacroblock(luma: usize, cb: usize, cr: usize): void {
  const stride = <usize>load<i32>(encoder, LUMA_STRIDE)
  const chromaStride = <usize>load<i32>(encoder, CHROMA_STRIDE)
  for (let y: usize = 0; y < 16; y++) v128.store(source + (y << 4), v128.load(luma + y * stride))
  for (let y: usize = 0; y < 8; y++) {
    store<u64>(source + SOURCE_CHROMA + (y << 4), load<u64>(cb + y * chromaStride))
    store<u64>(source + SOURCE_CHROMA + (y << 4), load<u64>(cr + y * chromaStride), 8)
  }
}

/** The samples around the macroblock. `x`: 0 for the first of a row. */
function loadSurroundings(x: usize, isFirstRow: bool): void {
  const aboveLuma = <usize>load<i32>(encoder, ABOVE_LUMA) + (x << 4)
  const top = v128.load(aboveLuma)
  const restored = restoredWithMargin + RESTORED
  v128.store(above, top)
  v128.store(above, v128.load(<usize>load<i32>(encoder, ABOVE_CHROMA) + (x << 4)), 16)
  if (x == 0) {
    memory.fill(left, LEFT, 32)
    memory.fill(corner, isFirstRow ? ABOVE : LEFT, 3)
  } else {
    // The macroblock before is still there.
    store<u8>(corner, load<u8>(restored - RESTORED_STRIDE + 15))
    for (let y: usize = 0; y < 16; y++) store<u8>(left + y, load<u8>(restored + y * RESTORED_STRIDE + 15))
    for (let y: usize = 0; y < 8; y++) {
      store<u8>(left + y, load<u8>(restoredChroma + (y << 4) + 7), 16)
      store<u8>(left + y, load<u8>(restoredChroma + (y << 4) + 15), 24)
    }
  }
  v128.store(restored - RESTORED_STRIDE, top)
  store<u32>(restored - RESTORED_STRIDE, load<u32>(aboveLuma, 16), 16)
  store<u8>(restored - RESTORED_STRIDE - 1, load<u8>(corner))
  for (let y: usize = 0; y < 16; y++) store<u8>(restored + y * RESTORED_STRIDE - 1, load<u8>(left + y))
}

function storeMacroblock(x: usize, luma: usize, cb: usize, cr: usize): void {
  const stride = <usize>load<i32>(encoder, LUMA_STRIDE)
  const chromaStride = <usize>load<i32>(encoder, CHROMA_STRIDE)
  const restored = restoredWithMargin + RESTORED
  // The corner of the next one.
  const aboveChroma = <usize>load<i32>(encoder, ABOVE_CHROMA) + (x << 4)
  store<u8>(corner, load<u8>(aboveChroma, 7), 1)
  store<u8>(corner, load<u8>(aboveChroma, 15), 2)
  for (let y: usize = 0; y < 16; y++) v128.store(luma + y * stride, v128.load(restored + y * RESTORED_STRIDE))
  for (let y: usize = 0; y < 8; y++) {
    store<u64>(cb + y * chromaStride, load<u64>(restoredChroma + (y << 4)))
    store<u64>(cr + y * chromaStride, load<u64>(restoredChroma + (y << 4), 8))
  }
  v128.store(<usize>load<i32>(encoder, ABOVE_LUMA) + (x << 4), v128.load(restored + 15 * RESTORED_STRIDE))
  v128.store(aboveChroma, v128.load(restoredChroma + 7 * 16))
}

function isEmpty(hasDcs: bool): bool {
  for (let block: usize = 0; block < 25; block++) {
    const from = hasDcs && block > 0 && block <= 16 ? 1 : 0
    if (<i32>load<i8>(lasts + block) >= from) return false
  }
  return true
}

/** The segment of a macroblock, counted. */
function segmentOf(liveliness: i32): usize {
  let segment: usize = 0
  while (segment < 3 && liveliness >= load<i32>(encoder + (segment << 2), SEGMENT_LIMITS)) segment++
  const count = encoder + SEGMENT_COUNTS + (segment << 2)
  store<i32>(count, load<i32>(count) + 1)
  return segment
}

/** What a macroblock's flag of being skipped costs at most. */
const SKIP_COST: i32 = 256
/** What modes may cost in advance. */
const ADVANCE: i64 = 4096 * 8 * 256

/** Whether the modes of subblocks have room in the file's first partition, whose size is bounded. */
function mayDivide(y: i32, x: usize): bool {
  const place = (<i64>y) * (<i64>load<i32>(encoder, ACROSS)) + (<i64>x)
  return <i64>load<i32>(encoder, MODE_COST) < place * <i64>load<i32>(encoder, MODE_COST_LIMIT) + ADVANCE
}

/** Encodes row `y` of macroblocks of the record: tokens (at most 829 bytes a macroblock) and modes (at most 9) go where they are told to. */
export function vp8EncodeRow(y: i32, tokens: usize, modes: usize): void {
  const across = <usize>load<i32>(encoder, ACROSS)
  const aboveLuma = <usize>load<i32>(encoder, ABOVE_LUMA)
  let luma = <usize>load<i32>(encoder, LUMA)
  let cb = <usize>load<i32>(encoder, CB)
  let cr = <usize>load<i32>(encoder, CR)
  let aboveFilled = <usize>load<i32>(encoder, ABOVE_FILLED)
  let aboveModes = <usize>load<i32>(encoder, ABOVE_MODES)
  const isFirstRow = y == 0
  if (!isFirstRow) estimateProbabilities()
  updateCosts()
  if (isFirstRow) {
    memory.fill(aboveLuma, ABOVE, (across << 4) + 16)
    memory.fill(<usize>load<i32>(encoder, ABOVE_CHROMA), ABOVE, across << 4)
  } else {
    // To the right of the picture, its last sample above goes on.
    memory.fill(aboveLuma + (across << 4), load<u8>(aboveLuma + (across << 4) - 1), 4)
  }
  memory.fill(leftFilled, 0, 16)
  store<u32>(leftModes, 0)
  for (let x: usize = 0; x < across; x++, luma += 16, cb += 8, cr += 8, aboveFilled += 16, aboveModes += 4) {
    loadMacroblock(luma, cb, cr)
    loadSurroundings(x, isFirstRow)
    predictLuma(!isFirstRow, x > 0)
    predictChroma(!isFirstRow, x > 0)
    const segment = segmentOf(activity())
    store<u8>(decision, <u8>segment, SEGMENT)
    const quantisers = segmentQuantisers(segment)
    const whole = chooseLuma(quantisers, aboveFilled)
    if (mayDivide(y, x) && chooseSubblocks(quantisers, aboveFilled, aboveModes, whole) < whole) takeSubblocks()
    else takeLuma()
    chooseChroma(quantisers, aboveFilled)
    const mode = <i32>load<u8>(decision, LUMA_MODE)
    const hasDcs = mode != 4
    const modeCost = (hasDcs ? lumaModeCost(mode) : subblocksCost) + chromaModeCost(load<u8>(decision, CHROMA_MODE)) + SKIP_COST
    store<i32>(encoder, load<i32>(encoder, MODE_COST) + modeCost, MODE_COST)
    const isSkipped = isEmpty(hasDcs)
    if (isSkipped) {
      tokens = keepSkipped(hasDcs, aboveFilled, leftFilled, tokens)
      store<i32>(encoder, load<i32>(encoder, SKIPPED) + 1, SKIPPED)
    } else {
      tokens = keepMacroblock(hasDcs, aboveFilled, leftFilled, tokens)
    }
    modes = keepModes(mode, segment, isSkipped, aboveModes, modes)
    storeMacroblock(x, luma, cb, cr)
  }
  store<i32>(encoder, <i32>tokens, TOKENS_END)
  store<i32>(encoder, <i32>modes, MODES_END)
}

/** As `vp8WriteModes` reads them. */
function keepModes(mode: i32, segment: usize, isSkipped: bool, aboveModes: usize, to: usize): usize {
  store<u8>(to, mode | (load<u8>(decision, CHROMA_MODE) << 3) | (<u8>segment << 5) | (isSkipped ? 128 : 0))
  if (mode != 4) {
    const same = sameEverywhere(mode)
    store<u32>(aboveModes, same)
    store<u32>(leftModes, same)
    return to + 1
  }
  const own = decision + SUBBLOCK_MODES
  for (let i: usize = 0; i < 8; i++) store<u8>(to + 1 + i, load<u8>(own + (i << 1)) | (load<u8>(own + (i << 1), 1) << 4))
  store<u32>(aboveModes, load<u32>(own, 12))
  for (let i: usize = 0; i < 4; i++) store<u8>(leftModes + i, load<u8>(own + (i << 2), 3))
  return to + 9
}
