// The header of a key frame behind its frame tag (RFC 6386 §9, §19.2), read from the first partition.
import { AC_QUANTISERS, COEFFICIENT_PROBABILITIES, DC_QUANTISERS, UPDATE_PROBABILITIES } from '../tables'
import { fillNextRanges, readBool, readFlag, readNumber, readOptionalSigned, vp8Reader } from './bits'

/** The frame: i32 each. */
const FRAME: usize = memory.data(64, 16)
/** Whether each macroblock tells its segment. */
const F_UPDATE_MAP: usize = 0
/** Whether each macroblock tells that it has no coefficients, and how likely it does not. */
const F_USE_SKIP: usize = 4
const F_SKIP_PROBABILITY: usize = 8
/** 0: none, 1: simple, 2: normal. */
const F_FILTER: usize = 12
/** log2 of the number of partitions with tokens. */
const F_PARTITION_BITS: usize = 16

const SEGMENTS: usize = 4
/** For each segment six steps, i32: DC and AC of Y1, Y2 and chroma. */
export const STEPS: usize = memory.data(4 * 24, 16)
/** Three probabilities of the tree of segments. */
export const SEGMENT_PROBABILITIES: usize = memory.data(4, 4)
/**
 * Probabilities of tokens: for each of four kinds of block those of its 16 coefficients and of what lies behind the last, in the zigzag's order: three
 * contexts of eleven, and where the coefficient belongs in a block.
 */
export const TOKEN_PROBABILITIES: usize = memory.data(4 * 17 * 48, 16)
/** Bytes of a context, of a coefficient and of a kind. */
export const CONTEXT: usize = 16
export const POSITION: usize = 48
export const KIND: usize = 17 * 48
/** u8: byte offset of the coefficient in a block that is stored transposed: horizontal frequency × 4 + vertical. */
export const P_PLACE: usize = 11
/**
 * For each segment, and there without and with subblock modes, four bytes: the limits of inner edges and within them, the threshold of high variance,
 * whether inner edges are filtered. A limit of 0: no filter.
 */
export const FILTERS: usize = memory.data(4 * 2 * 4, 16)

const segmentSteps: usize = memory.data(16, 16)
const segmentLevels: usize = memory.data(16, 16)
const deltas: usize = memory.data(32, 16)

export function updatesMap(): bool {
  return load<i32>(FRAME, F_UPDATE_MAP) != 0
}

export function usesSkip(): bool {
  return load<i32>(FRAME, F_USE_SKIP) != 0
}

export function skipProbability(): u32 {
  return load<u32>(FRAME, F_SKIP_PROBABILITY)
}

/** The loop filter: 0: none, 1: simple, 2: normal. */
export function vp8FilterKind(): i32 {
  return load<i32>(FRAME, F_FILTER)
}

/** How many partitions with tokens there are. */
export function vp8Partitions(): i32 {
  return 1 << load<i32>(FRAME, F_PARTITION_BITS)
}

/** Reads the header from reader 0. */
export function vp8ReadHeader(): void {
  fillNextRanges()
  const reader = vp8Reader(0)
  // Colour space and whether samples need no clamping: the decoders of pictures clamp always.
  readNumber(reader, 2)
  const usesSegments = readFlag(reader)
  const isAbsolute = readSegments(reader, usesSegments)
  readFilters(reader, usesSegments, isAbsolute)
  store<i32>(FRAME, readNumber(reader, 2), F_PARTITION_BITS)
  readSteps(reader, usesSegments, isAbsolute)
  // Whether the probabilities outlive the frame: there is no other.
  readFlag(reader)
  readProbabilities(reader)
  const usesSkips = readFlag(reader)
  store<i32>(FRAME, <i32>usesSkips, F_USE_SKIP)
  store<i32>(FRAME, usesSkips ? readNumber(reader, 8) : 0, F_SKIP_PROBABILITY)
}

/** The band of each coefficient and of what lies behind the last (§13.3), and `P_PLACE` of each. */
const bands: usize = memory.data<u8>([0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0])
const places: usize = memory.data<u8>([0, 8, 2, 4, 10, 16, 24, 18, 12, 6, 14, 20, 26, 28, 22, 30, 0])
/** Probabilities of a context, a band and a kind, as they are written. */
const WRITTEN_CONTEXT: usize = 11
const WRITTEN_BAND: usize = 33
const WRITTEN_KIND: usize = 264
const written: usize = memory.data(1056, 16)

/** §13.4. */
function readProbabilities(reader: usize): void {
  for (let i: usize = 0; i < 1056; i++) {
    const isNew = readBool(reader, load<u8>(UPDATE_PROBABILITIES + i))
    store<u8>(written + i, isNew ? readNumber(reader, 8) : load<u8>(COEFFICIENT_PROBABILITIES + i))
  }
  for (let kind: usize = 0; kind < 4; kind++) {
    for (let n: usize = 0; n < 17; n++) {
      const from = written + kind * WRITTEN_KIND + <usize>load<u8>(bands + n) * WRITTEN_BAND
      const to = TOKEN_PROBABILITIES + kind * KIND + n * POSITION
      for (let context: usize = 0; context < 3; context++) memory.copy(to + context * CONTEXT, from + context * WRITTEN_CONTEXT, WRITTEN_CONTEXT)
      store<u8>(to, load<u8>(places + n), P_PLACE)
    }
  }
}

/** §9.3. Answers whether the segments' values are absolute. */
function readSegments(reader: usize, usesSegments: bool): bool {
  memory.fill(segmentSteps, 0, 16)
  memory.fill(segmentLevels, 0, 16)
  let isAbsolute = true
  let updatesSegmentMap = false
  if (usesSegments) {
    updatesSegmentMap = readFlag(reader)
    if (readFlag(reader)) {
      isAbsolute = readFlag(reader)
      for (let i: usize = 0; i < SEGMENTS; i++) store<i32>(segmentSteps + (i << 2), readOptionalSigned(reader, 7))
      for (let i: usize = 0; i < SEGMENTS; i++) store<i32>(segmentLevels + (i << 2), readOptionalSigned(reader, 6))
    }
    if (updatesSegmentMap) {
      for (let i: usize = 0; i < 3; i++) store<u8>(SEGMENT_PROBABILITIES + i, readFlag(reader) ? readNumber(reader, 8) : 255)
    }
  }
  store<i32>(FRAME, <i32>updatesSegmentMap, F_UPDATE_MAP)
  return isAbsolute
}

@inline
function clamped(value: i32, most: i32): i32 {
  return min(max(value, 0), most)
}

/** §9.6, §15.2: the limits of the loop filter for each kind of macroblock. */
function readFilters(reader: usize, usesSegments: bool, isAbsolute: bool): void {
  const isSimple = readFlag(reader)
  const frameLevel = readNumber(reader, 6)
  const sharpness = readNumber(reader, 3)
  memory.fill(deltas, 0, 32)
  const usesDeltas = readFlag(reader)
  if (usesDeltas && readFlag(reader)) {
    for (let i: usize = 0; i < 8; i++) if (readFlag(reader)) store<i32>(deltas + (i << 2), readSigned(reader))
  }
  store<i32>(FRAME, frameLevel == 0 ? 0 : isSimple ? 1 : 2, F_FILTER)
  for (let segment: usize = 0; segment < SEGMENTS; segment++) {
    const own = load<i32>(segmentLevels + (segment << 2))
    const base = usesSegments ? (isAbsolute ? own : own + frameLevel) : frameLevel
    for (let hasSubblocks: usize = 0; hasSubblocks < 2; hasSubblocks++) {
      // The deltas of intra frames and of subblock modes are the first of their kinds.
      const delta = load<i32>(deltas) + (hasSubblocks ? load<i32>(deltas, 16) : 0)
      const level = clamped(base + delta, 63)
      let inner = sharpness == 0 ? level : min(level >> (sharpness > 4 ? 2 : 1), 9 - sharpness)
      inner = max(inner, 1)
      const entry = FILTERS + (((segment << 1) | hasSubblocks) << 2)
      store<u8>(entry, level == 0 ? 0 : 2 * level + inner)
      store<u8>(entry, inner, 1)
      store<u8>(entry, level >= 40 ? 2 : level >= 15 ? 1 : 0, 2)
      store<u8>(entry, <u8>hasSubblocks, 3)
    }
  }
}

function readSigned(reader: usize): i32 {
  const magnitude = readNumber(reader, 6)
  return readFlag(reader) ? -magnitude : magnitude
}

@inline
function dcStep(index: i32, most: i32): i32 {
  return <i32>load<u8>(DC_QUANTISERS + <usize>clamped(index, most))
}

@inline
function acStep(index: i32): i32 {
  return <i32>load<u16>(AC_QUANTISERS + (<usize>clamped(index, 127) << 1))
}

/** §9.6, §14.1: the steps of each segment. */
function readSteps(reader: usize, usesSegments: bool, isAbsolute: bool): void {
  const frameIndex = readNumber(reader, 7)
  const y1Dc = readOptionalSigned(reader, 4)
  const y2Dc = readOptionalSigned(reader, 4)
  const y2Ac = readOptionalSigned(reader, 4)
  const chromaDc = readOptionalSigned(reader, 4)
  const chromaAc = readOptionalSigned(reader, 4)
  for (let segment: usize = 0; segment < SEGMENTS; segment++) {
    const own = load<i32>(segmentSteps + (segment << 2))
    const index = usesSegments ? (isAbsolute ? own : own + frameIndex) : frameIndex
    const steps = STEPS + segment * 24
    store<i32>(steps, dcStep(index + y1Dc, 127))
    store<i32>(steps, acStep(index), 4)
    store<i32>(steps, dcStep(index + y2Dc, 127) * 2, 8)
    store<i32>(steps, max((acStep(index + y2Ac) * 155) / 100, 8), 12)
    store<i32>(steps, dcStep(index + chromaDc, 117), 16)
    store<i32>(steps, acStep(index + chromaAc), 20)
  }
}
