// What was kept becomes the partitions of the file: tokens (RFC 6386 §13), modes (§11).
import { putBool, putLiteral, outputEnd, setOutput, finishBits } from './boolean-coder'
import { bands, categoryBase, categoryBits, categoryLength, categoryOf, categoryPlace, CHROMA, LUMA_DCS, LUMA_WITH_DC, LUMA_WITHOUT_DC, modeBits, modeLengths, modeNodes } from './costs'
import { probabilities } from './probabilities'
import { ACROSS, encoder, WRITTEN_FILLED, WRITTEN_MODES } from './state'
import { clearFilled, ESCAPE, HAS_DCS, IS_SKIPPED } from './tokens'
import { COEFFICIENT_PROBABILITIES, SUBBLOCK_MODE_PROBABILITIES, UPDATE_PROBABILITIES } from '../tables'

const leftFilled: usize = memory.data(16, 16)
const leftModes: usize = memory.data(16, 16)

/** Numbers of four bits. */
let input: usize = 0
let isHigh: bool = false

@inline
function nibble(): u32 {
  const byte = <u32>load<u8>(input)
  if (isHigh) {
    input++
    isHigh = false
    return byte >> 4
  }
  isHigh = true
  return byte & 15
}

@inline
function probabilitiesOf(kind: usize, place: usize, context: usize): usize {
  return probabilities + ((kind * 8 + <usize>load<u8>(bands + place)) * 3 + context) * 11
}

/** A level from 2 on. */
function putLarge(p: usize, level: i32): void {
  if (level <= 4) {
    putBool(false, load<u8>(p, 3))
    putBool(level > 2, load<u8>(p, 4))
    if (level > 2) putBool(level == 4, load<u8>(p, 5))
    return
  }
  putBool(true, load<u8>(p, 3))
  const category = categoryOf(level)
  putBool(category > 1, load<u8>(p, 6))
  if (category < 2) {
    putBool(category == 1, load<u8>(p, 7))
  } else {
    putBool(category > 3, load<u8>(p, 8))
    putBool((category & 1) != 0, load<u8>(p + (category > 3 ? 10 : 9)))
  }
  const extra = level - categoryBase(category)
  const place = categoryBits + categoryPlace(category)
  for (let i = categoryLength(category) - 1, k: usize = 0; i >= 0; i--, k++) putBool(((extra >> i) & 1) != 0, load<u8>(place + k))
}

function writeBlock(has: bool, first: usize, kind: usize, context: usize): void {
  let p = probabilitiesOf(kind, first, context)
  putBool(has, load<u8>(p))
  if (!has) return
  const last = <usize>nibble()
  for (let n = first; n <= last; n++) {
    let number = nibble()
    if (number == 0) {
      putBool(false, load<u8>(p, 1))
      p = probabilitiesOf(kind, n + 1, 0)
      continue
    }
    let level = <i32>((number + 1) >> 1)
    let isNegative = (number & 1) == 0
    if (number == ESCAPE) {
      number = nibble()
      isNegative = (number & 1) != 0
      level = <i32>((number >> 1) | (nibble() << 3) | (nibble() << 7)) + 8
    }
    putBool(true, load<u8>(p, 1))
    putBool(level > 1, load<u8>(p, 2))
    if (level > 1) putLarge(p, level)
    putBool(isNegative, 128)
    if (n == 15) return
    p = probabilitiesOf(kind, n + 1, level > 1 ? 2 : 1)
    putBool(n < last, load<u8>(p))
  }
}

/** Writes the tokens of a row of macroblocks to `target`; answers their end. At most 4 bytes for each byte of the tokens, and 64. */
export function vp8WriteTokens(tokens: usize, target: usize): usize {
  setOutput(target)
  memory.fill(leftFilled, 0, 16)
  let aboveFilled = <usize>load<i32>(encoder, WRITTEN_FILLED)
  for (let x = load<i32>(encoder, ACROSS); x > 0; x--, aboveFilled += 16) {
    const mask = load<u32>(tokens)
    const hasDcs = (mask & HAS_DCS) != 0
    tokens += 4
    if (mask & IS_SKIPPED) {
      clearFilled(hasDcs, aboveFilled, leftFilled)
      continue
    }
    input = tokens
    isHigh = false
    if (hasDcs) {
      const has = mask & 1
      writeBlock(has != 0, 0, LUMA_DCS, <usize>load<u8>(aboveFilled, 8) + <usize>load<u8>(leftFilled, 8))
      store<u8>(aboveFilled, has, 8)
      store<u8>(leftFilled, has, 8)
    }
    const first: usize = hasDcs ? 1 : 0
    const kind = hasDcs ? LUMA_WITHOUT_DC : LUMA_WITH_DC
    for (let block: usize = 1; block <= 24; block++) {
      const isLuma = block <= 16
      const i = isLuma ? block - 1 : block - 17
      const column = aboveFilled + (isLuma ? i & 3 : 4 + ((i >> 2) << 1) + (i & 1))
      const row = leftFilled + (isLuma ? i >> 2 : 4 + ((i >> 2) << 1) + ((i >> 1) & 1))
      const has = (mask >> (<u32>block)) & 1
      writeBlock(has != 0, isLuma ? first : 0, isLuma ? kind : CHROMA, <usize>load<u8>(column) + <usize>load<u8>(row))
      store<u8>(column, has)
      store<u8>(row, has)
    }
    tokens = input + (isHigh ? 1 : 0)
  }
  return outputEnd()
}

/** Ends a partition. At most 16 bytes. */
export function vp8FinishBits(target: usize): usize {
  setOutput(target)
  finishBits()
  return outputEnd()
}

/** The first `bits` bits of a header's field. */
export function vp8PutLiteral(value: u32, bits: i32, target: usize): usize {
  setOutput(target)
  putLiteral(value, bits)
  return outputEnd()
}

/** §13.4: which probabilities differ from the default. At most 2,200 bytes. */
export function vp8WriteProbabilities(target: usize): usize {
  setOutput(target)
  for (let i: usize = 0; i < 1056; i++) {
    const probability = load<u8>(probabilities + i)
    const isNew = probability != load<u8>(COEFFICIENT_PROBABILITIES + i)
    putBool(isNew, load<u8>(UPDATE_PROBABILITIES + i))
    if (isNew) putLiteral(probability, 8)
  }
  return outputEnd()
}

function writeSubblockMode(mode: usize, above: usize, before: usize): void {
  const p = SUBBLOCK_MODE_PROBABILITIES + (above * 10 + before) * 9
  const length = <i32>load<u8>(modeLengths + mode)
  const bits = <i32>load<u8>(modeBits + mode)
  let nodes = load<u32>(modeNodes + (mode << 2))
  for (let i = length - 1; i >= 0; i--, nodes >>= 4) putBool(((bits >> i) & 1) != 0, load<u8>(p + (nodes & 15)))
}

/**
 * Writes the modes of a row of macroblocks. A macroblock is a byte (luma's mode, chroma's << 3, segment << 5, skipped << 7); behind mode 4 come
 * 8 bytes, the modes of two subblocks each. `segments`: three probabilities of a byte each, or 0 when there is one segment. Answers the end.
 */
export function vp8WriteModes(modes: usize, skip: i32, segments: u32, target: usize): usize {
  setOutput(target)
  store<u32>(leftModes, 0)
  let aboveModes = <usize>load<i32>(encoder, WRITTEN_MODES)
  for (let x = load<i32>(encoder, ACROSS); x > 0; x--, aboveModes += 4) {
    const byte = <i32>load<u8>(modes++)
    if (segments != 0) {
      const segment = (byte >> 5) & 3
      putBool(segment > 1, segments & 255)
      putBool((segment & 1) != 0, segment > 1 ? segments >> 16 : (segments >> 8) & 255)
    }
    putBool(byte >> 7 != 0, skip)
    const luma = byte & 7
    putBool(luma != 4, 145)
    if (luma == 4) {
      for (let block: usize = 0; block < 16; block++) {
        const pair = <usize>load<u8>(modes + (block >> 1))
        const mode = block & 1 ? pair >> 4 : pair & 15
        const column = aboveModes + (block & 3)
        const row = leftModes + (block >> 2)
        writeSubblockMode(mode, load<u8>(column), load<u8>(row))
        store<u8>(column, mode)
        store<u8>(row, mode)
      }
      modes += 8
    } else {
      putBool(luma > 1, 156)
      putBool((luma & 1) != 0, luma > 1 ? 128 : 163)
      const same = sameEverywhere(luma)
      store<u32>(aboveModes, same)
      store<u32>(leftModes, same)
    }
    const chroma = (byte >> 3) & 3
    putBool(chroma > 0, 142)
    if (chroma > 0) putBool(chroma > 1, 114)
    if (chroma > 1) putBool(chroma > 2, 183)
  }
  return outputEnd()
}

/** §11.3: what a whole macroblock's mode (DC, V, H, TM) counts as beside subblocks: DC, VE, HE, TM; four times. */
export function sameEverywhere(mode: i32): u32 {
  return (mode == 0 ? 0 : mode == 1 ? 2 : mode == 2 ? 3 : 1) * 0x01010101
}
