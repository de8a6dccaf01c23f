// The modes of a macroblock (RFC 6386 §8, §9.3, §11).
import { SUBBLOCK_MODE_PROBABILITIES } from '../tables'
import { readBool, vp8Reader } from './bits'
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
    for (let y: usize = 0; y < 4; y++) {
      let left = <u32>load<u8>(leftModes + y)
      for (let x: usize = 0; x < 4; x++) {
        left = readSubblockMode(reader, load<u8>(above + x), left)
        store<u8>(above + x, left)
        store<u8>(MACROBLOCK + (y << 2) + x, left, M_SUBBLOCKS)
      }
      store<u8>(leftModes + y, left)
    }
  }
  const chroma = !readBool(reader, 142) ? MODE_DC : !readBool(reader, 114) ? MODE_VE : readBool(reader, 183) ? MODE_TM : MODE_HE
  store<u32>(MACROBLOCK, chroma, M_CHROMA)
}

/** §11.2: the tree of subblock modes. */
function readSubblockMode(reader: usize, above: u32, left: u32): u32 {
  const p = SUBBLOCK_MODE_PROBABILITIES + <usize>((above * 10 + left) * 9)
  if (!readBool(reader, load<u8>(p))) return MODE_DC
  if (!readBool(reader, load<u8>(p, 1))) return MODE_TM
  if (!readBool(reader, load<u8>(p, 2))) return MODE_VE
  if (!readBool(reader, load<u8>(p, 3))) {
    if (!readBool(reader, load<u8>(p, 4))) return MODE_HE
    return MODE_RD + readBool(reader, load<u8>(p, 5))
  }
  if (!readBool(reader, load<u8>(p, 6))) return MODE_LD
  if (!readBool(reader, load<u8>(p, 7))) return MODE_VL
  return MODE_HD + readBool(reader, load<u8>(p, 8))
}
