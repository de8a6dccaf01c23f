// Progressive JPEG (ITU-T T.81, annex G): blocks are stored once, then every scan makes tokens of a part of their bits.
import {
  ACROSS,
  COMPONENT_BYTES,
  DOWN,
  PLANE,
  PREDICTION,
  put,
  RECIPROCALS,
  sizeOf,
  STRIDE,
  TABLES,
  valueToken,
} from './encode'
import { coefficients, places, transformBlock } from './forward-dct'

/** The first stored block of the current row of MCUs, and bytes from one row of stored blocks to the next. */
const BLOCKS: usize = 28
const BLOCK_STRIDE: usize = 32

/** A stored block: the u64 mask of its coefficients that are not zero, then 64 i16 in zigzag order. */
const STORED_MASK: usize = 0
const STORED_VALUES: usize = 8
const STORED_BYTES: usize = 136

/** Transforms one row of MCUs and stores its blocks at the components' `BLOCKS`. Progressive scans pass over them several times. */
export function storeRow(components: usize, count: i32, mcus: i32): void {
  for (let c = 0; c < count; c++) {
    const component = components + <usize>c * COMPONENT_BYTES
    const stride = <usize>load<i32>(component, STRIDE)
    const reciprocals = <usize>load<i32>(component, RECIPROCALS)
    for (let v = 0; v < load<i32>(component, DOWN); v++) {
      let plane = <usize>load<i32>(component, PLANE) + <usize>v * stride * 8
      let block = <usize>load<i32>(component, BLOCKS) + <usize>(v * load<i32>(component, BLOCK_STRIDE))
      for (let h = mcus * load<i32>(component, ACROSS); h > 0; h--, plane += 8, block += STORED_BYTES) {
        const nonZero = transformBlock(plane, stride, reciprocals, coefficients)
        memory.fill(block, 0, STORED_BYTES)
        store<u64>(block, nonZero, STORED_MASK)
        for (let rest = nonZero; rest != 0; rest &= rest - 1) {
          const k = <usize>ctz(rest)
          store<i16>(block + (k << 1), load<i16>(coefficients + ((<usize>load<u8>(places + k)) << 1)), STORED_VALUES)
        }
      }
    }
  }
}

/** Bits that belong to no symbol: a token of AC symbol 0xFF, which no picture has, whose code is empty. Not counted. */
function putRaw(tokens: usize, bits: u32, length: u32): usize {
  store<u32>(tokens, 511 | (length << 10) | (bits << 14))
  return tokens + 4
}

/** Progressive DC, interleaved, one row of MCUs: the values without their `low` last bits, or when `refine`, bit `low` alone. T.81 G.1.2.1. */
export function scanDcRow(components: usize, count: i32, mcus: i32, low: i32, refine: i32, tokens: usize, counts: usize): usize {
  for (let mcu = 0; mcu < mcus; mcu++) {
    for (let c = 0; c < count; c++) {
      const component = components + <usize>c * COMPONENT_BYTES
      const across = load<i32>(component, ACROSS)
      for (let v = 0; v < load<i32>(component, DOWN); v++) {
        const row = <usize>load<i32>(component, BLOCKS) + <usize>(v * load<i32>(component, BLOCK_STRIDE))
        for (let h = 0; h < across; h++) {
          const dc = (<i32>load<i16>(row + <usize>(mcu * across + h) * STORED_BYTES, STORED_VALUES)) >> low
          if (refine) tokens = putRaw(tokens, dc & 1, 1)
          else {
            const difference = dc - load<i32>(component, PREDICTION)
            store<i32>(component, dc, PREDICTION)
            tokens = put(tokens, valueToken(load<u32>(component, TABLES), 0, difference, sizeOf(difference)), counts)
          }
        }
      }
    }
  }
  return tokens
}

/** Blocks that ended with the current run of ends, not yet written; T.81 G.1.2.2. */
let endOfBandRun: i32 = 0
/** Correction bits of those blocks, one a byte, that follow the run's symbol. T.81 G.1.2.3. */
const MAX_CORRECTIONS: i32 = 1000
const corrections: usize = memory.data(1064, 16)
let correctionCount: i32 = 0

function putCorrections(tokens: usize, from: i32, to: i32): usize {
  while (from < to) {
    let bits: u32 = 0
    let length: u32 = 0
    for (; from < to && length < 15; from++, length++) bits = (bits << 1) | load<u8>(corrections + from)
    tokens = putRaw(tokens, bits, length)
  }
  return tokens
}

/** Writes the run of ended blocks, if there is one. `ac` is the table's bits of a token. At most 72 tokens. */
export function endBandRun(ac: u32, tokens: usize, counts: usize): usize {
  if (endOfBandRun == 0) return tokens
  const size = 31 - clz(endOfBandRun)
  tokens = put(tokens, ac | (size << 4) | (size << 10) | ((endOfBandRun - (1 << size)) << 14), counts)
  endOfBandRun = 0
  tokens = putCorrections(tokens, 0, correctionCount)
  correctionCount = 0
  return tokens
}

/** The mask's bits `first` to `last`. */
function bandOf(block: usize, first: i32, last: i32): u64 {
  return load<u64>(block, STORED_MASK) & ((<u64>-1) << first) & ((<u64>-1) >> (63 - last))
}

/** Progressive AC of `count` blocks of one component, first visit of a band. `counts` of tokens: at most 72 a block. T.81 G.1.2.2. */
export function scanAcRow(block: usize, count: i32, first: i32, last: i32, low: i32, ac: u32, tokens: usize, counts: usize): usize {
  for (; count > 0; count--, block += STORED_BYTES) {
    let previous = first - 1
    for (let rest = bandOf(block, first, last); rest != 0; rest &= rest - 1) {
      const k = <i32>ctz(rest)
      const value = <i32>load<i16>(block + ((<usize>k) << 1), STORED_VALUES)
      const magnitude = (value < 0 ? -value : value) >> low
      if (magnitude == 0) continue
      tokens = endBandRun(ac, tokens, counts)
      let run = k - previous - 1
      for (; run > 15; run -= 16) tokens = put(tokens, ac | 0xf0, counts)
      tokens = put(tokens, valueToken(ac, run, value < 0 ? -magnitude : magnitude, sizeOf(magnitude)), counts)
      previous = k
    }
    if (previous != last && ++endOfBandRun == 0x7fff) tokens = endBandRun(ac, tokens, counts)
  }
  return tokens
}

/** Progressive AC of `count` blocks of one component, refining visit of a band: adds bit `low`. T.81 G.1.2.3. */
export function refineAcRow(block: usize, count: i32, first: i32, last: i32, low: i32, ac: u32, tokens: usize, counts: usize): usize {
  for (; count > 0; count--, block += STORED_BYTES) {
    const band = bandOf(block, first, last)
    const lastNew = lastOfMagnitudeOne(block, band, low)
    // This block's correction bits stand behind those of the run until a symbol is written.
    let start = correctionCount
    let previous = first - 1
    let run = 0
    for (let rest = band; rest != 0; rest &= rest - 1) {
      const k = <i32>ctz(rest)
      const value = <i32>load<i16>(block + ((<usize>k) << 1), STORED_VALUES)
      const magnitude = (value < 0 ? -value : value) >> low
      if (magnitude == 0) continue
      run += k - previous - 1
      previous = k
      while (run > 15 && k <= lastNew) {
        tokens = putWithCorrections(ac | 0xf0, start, ac, tokens, counts)
        start = 0
        run -= 16
      }
      if (magnitude > 1) {
        store<u8>(corrections + correctionCount++, magnitude & 1)
        continue
      }
      tokens = putWithCorrections(ac | (run << 4) | 1 | (1 << 10) | ((value < 0 ? 0 : 1) << 14), start, ac, tokens, counts)
      start = 0
      run = 0
    }
    if (previous != last || correctionCount > start) {
      endOfBandRun++
      if (endOfBandRun == 0x7fff || correctionCount > MAX_CORRECTIONS - 63) tokens = endBandRun(ac, tokens, counts)
    }
  }
  return tokens
}

/** The last coefficient of a band that becomes non-zero with bit `low`; −1 for none. */
function lastOfMagnitudeOne(block: usize, band: u64, low: i32): i32 {
  for (let rest = band; rest != 0;) {
    const k = 63 - <i32>clz(rest)
    const value = <i32>load<i16>(block + ((<usize>k) << 1), STORED_VALUES)
    if ((value < 0 ? -value : value) >> low == 1) return k
    rest &= ~((<u64>1) << k)
  }
  return -1
}

/** Writes the run before this block, then a symbol, then this block's corrections so far, which stand from `start` on. */
function putWithCorrections(token: u32, start: i32, ac: u32, tokens: usize, counts: usize): usize {
  const own = correctionCount - start
  if (endOfBandRun > 0) {
    correctionCount = start
    tokens = endBandRun(ac, tokens, counts)
  }
  tokens = put(tokens, token, counts)
  tokens = putCorrections(tokens, start, start + own)
  correctionCount = 0
  return tokens
}

/** Forgets what a scan left. */
export function startScan(): void {
  endOfBandRun = 0
  correctionCount = 0
}
