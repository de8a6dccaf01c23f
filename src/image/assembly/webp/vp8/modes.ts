// The modes of a macroblock (RFC 6386 §8, §9.3, §11).
import { SUBBLOCK_MODE_PROBABILITIES } from '../tables'
import { COUNT, POS, RANGE, VALUE, readBool, vp8Reader } from './bits'
import { SEGMENT_PROBABILITIES, skipProbability, updatesMap, usesSkip } from './header'

/** Modes of subblocks, and of macroblocks where they stand for such ones. */
export const MODE_DC: u32 = 0
export const MODE_TM: u32 = 1
export const MODE_VE: u32 = 2
export const MODE_HE: u32 = 3
export const MODE_LD: u32 = 4
export const MODE_RD: u32 = 5
export const MODE_VR: u32 = 6
export const MODE_VL: u32 = 7
export const MODE_HD: u32 = 8

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
/** Valid bits that a mode takes at most, and the eight that are looked at. */
const MODE_BITS: i32 = 56

/** All sixteen. The reader's state lives in locals. */
function readSubblockModes(reader: usize, above: usize): void {
  let value = load<u64>(reader, VALUE)
  let count = load<i32>(reader, COUNT)
  let range = load<u32>(reader, RANGE)
  let pos = load<usize>(reader, POS)
  for (let y: usize = 0; y < 4; y++) {
    let left = <u32>load<u8>(leftModes + y)
    for (let x: usize = 0; x < 4; x++) {
      if (count < MODE_BITS) {
        value |= bswap(load<u64>(pos)) >> count
        pos += <usize>((63 - count) >> 3)
        count |= 56
      }
      const probabilities = SUBBLOCK_MODE_PROBABILITIES + <usize>((<u32>load<u8>(above + x) * 10 + left) * 9)
      let node: u32 = 0
      do {
        const split = 1 + (((range - 1) * <u32>load<u8>(probabilities + <usize>(node >> 1))) >> 8)
        const edge = <u64>split << 56
        const isSet = value >= edge
        value = isSet ? value - edge : value
        range = isSet ? range - split : split
        const shift = clz(range) - 24
        value <<= shift
        range <<= shift
        count -= shift
        node = load<u8>(tree + <usize>(node + <u32>isSet))
      } while (node < LEAF)
      left = node - LEAF
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
