// The modes of a macroblock (RFC 6386 §8, §9.3, §11).
import { SUBBLOCK_MODE_PROBABILITIES } from '../tables'
import { COUNT, POS, RANGE, RANGES, SHIFTS, VALUE, readBool, vp8Reader } from './bits'
import { SEGMENT_PROBABILITIES, skipProbability, updatesMap, usesSkip } from './header'

/** Modes of subblocks, and of macroblocks where they stand for such ones. */
export const MODE_DC: u32 = 0
export const MODE_TM: u32 = 1
export const MODE_VE: u32 = 2
export const MODE_HE: u32 = 3

/** What has been read: u32 each. */
export const MACROBLOCK: usize = memory.data(48, 16)
export const M_SEGMENT: usize = 0
/** 1: it has no coefficients. */
export const M_SKIPS: usize = 4
/** 1: luma is predicted by subblocks. */
export const M_HAS_SUBBLOCKS: usize = 8
/** The mode of luma as a whole. */
export const M_LUMA: usize = 12
export const M_CHROMA: usize = 16
/** 16 u8: modes of the subblocks. */
export const M_SUBBLOCKS: usize = 32

/** Modes of the four subblocks to the left, u8. */
const leftModes: usize = memory.data(4, 4)

/** Before the first macroblock of a row: outside is DC. */
export function startModes(): void {
  store<u32>(leftModes, 0)
}

/** Reads the modes of a macroblock. `above`: the four modes of its upper neighbour's lowest subblocks, u8, which become its own. */
export function readModes(above: usize): void {
  const reader = vp8Reader(0)
  let segment: u32 = 0
  if (updatesMap()) {
    segment = readBool(reader, load<u8>(SEGMENT_PROBABILITIES))
      ? 2 + readBool(reader, load<u8>(SEGMENT_PROBABILITIES, 2))
      : readBool(reader, load<u8>(SEGMENT_PROBABILITIES, 1))
  }
  store<u32>(MACROBLOCK, segment, M_SEGMENT)
  store<u32>(MACROBLOCK, usesSkip() ? readBool(reader, skipProbability()) : 0, M_SKIPS)
  const isWhole = readBool(reader, 145)
  store<u32>(MACROBLOCK, isWhole ^ 1, M_HAS_SUBBLOCKS)
  if (isWhole) {
    const mode = readBool(reader, 156) ? (readBool(reader, 128) ? MODE_TM : MODE_HE) : readBool(reader, 163) ? MODE_VE : MODE_DC
    store<u32>(MACROBLOCK, mode, M_LUMA)
    const fourTimes = mode * 0x01010101
    store<u32>(above, fourTimes)
    store<u32>(leftModes, fourTimes)
  } else {
    readSubblockModes(reader, above)
  }
  const chroma = !readBool(reader, 142) ? MODE_DC : !readBool(reader, 114) ? MODE_VE : readBool(reader, 183) ? MODE_TM : MODE_HE
  store<u32>(MACROBLOCK, chroma, M_CHROMA)
}

/** §11.2: the tree of subblock modes. Two entries a node: the next node, or behind the last one (20) a mode. */
const tree: usize = memory.data<u8>([20, 2, 21, 4, 22, 6, 8, 12, 23, 10, 25, 26, 24, 14, 27, 16, 28, 29])
const LEAF: u32 = 20
/** Behind DC and TM, which most subblocks have. */
const FIRST_NODE: u32 = 4
/** Valid bits that are wanted for these, and for all others behind them: seven for each boolean, and eight for the last. */
const FIRST_BITS: i32 = 15
const OTHER_BITS: i32 = 43

/** All sixteen. The reader's state lives in locals. */
function readSubblockModes(reader: usize, above: usize): void {
  let value = load<u64>(reader, VALUE)
  let count = load<i32>(reader, COUNT)
  let range = load<u32>(reader, RANGE)
  let pos = load<usize>(reader, POS)
  for (let y: usize = 0; y < 4; y++) {
    let left = <u32>load<u8>(leftModes + y)
    for (let x: usize = 0; x < 4; x++) {
      if (count < FIRST_BITS) {
        value |= bswap(load<u64>(pos)) >> count
        pos += <usize>((63 - count) >> 3)
        count |= 56
      }
      const probabilities = SUBBLOCK_MODE_PROBABILITIES + <usize>((<u32>load<u8>(above + x) * 10 + left) * 9)
      let mode: u32 = 0
      let split = (range * <u32>load<u8>(probabilities)) >> 8
      if (<u32>(value >> 56) <= split) range = split
      else {
        value -= <u64>(split + 1) << 56
        range -= split + 1
        value <<= <u64>load<u8>(range, SHIFTS)
        count -= <i32>load<u8>(range, SHIFTS)
        range = load<u8>(range, RANGES)
        split = (range * <u32>load<u8>(probabilities, 1)) >> 8
        if (<u32>(value >> 56) <= split) {
          mode = MODE_TM
          range = split
        } else {
          value -= <u64>(split + 1) << 56
          range -= split + 1
          mode = FIRST_NODE
          if (count < OTHER_BITS) {
            value |= bswap(load<u64>(pos)) >> count
            pos += <usize>((63 - count) >> 3)
            count |= 56
          }
          do {
            value <<= <u64>load<u8>(range, SHIFTS)
            count -= <i32>load<u8>(range, SHIFTS)
            range = load<u8>(range, RANGES)
            split = (range * <u32>load<u8>(probabilities + <usize>(mode >> 1))) >> 8
            const isSet = <u32>(value >> 56) > split
            value = isSet ? value - (<u64>(split + 1) << 56) : value
            range = isSet ? range - split - 1 : split
            mode = load<u8>(tree + <usize>(mode + <u32>isSet))
          } while (mode < LEAF)
          mode -= LEAF
        }
      }
      value <<= <u64>load<u8>(range, SHIFTS)
      count -= <i32>load<u8>(range, SHIFTS)
      range = load<u8>(range, RANGES)
      left = mode
      store<u8>(above + x, left)
      store<u8>(MACROBLOCK + (y << 2) + x, left, M_SUBBLOCKS)
    }
    store<u8>(leftModes + y, left)
  }
  store<u64>(reader, value, VALUE)
  store<i32>(reader, count, COUNT)
  store<u32>(reader, range, RANGE)
  store<usize>(reader, pos, POS)
}
