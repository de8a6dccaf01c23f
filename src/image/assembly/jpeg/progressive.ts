// Progressive scans (annex G of the standard): DC coefficients into plain arrays, AC coefficients into the store of ./coefficients.ts.
import { BITS, COUNT, EXHAUSTED, POS, WARNING_CODE, WARNING_OVERRUN, noteExhaustion, warn } from './bits'
import { consumed, readPosition, writePosition, written } from './coefficients'
import { BAD_CODE, LOOK_SHIFT, extend, symbolAt } from './huffman'
import { fillBlock, flatSample, idct2, idct4, idct8 } from './idct'
import {
  BLOCK,
  COMPONENTS,
  C_AC_TABLE,
  C_ACROSS,
  C_DC,
  C_DC_TABLE,
  C_DOWN,
  C_OUT,
  C_STRIDE,
  SCAN,
  S_COLUMN,
  S_COLUMNS,
  S_COMPONENTS,
  S_EOB_RUN,
  clearBlock,
  readyForUnit,
} from './scan'

/** More of the scan record, written by the driver: i32 each. */
/** First and last coefficient of the band. */
const S_START: usize = 32
const S_END: usize = 36
/** Bit position of the scan. */
const S_BIT: usize = 40
/** Whether it refines what earlier scans have begun. */
const S_REFINES: usize = 44
/** u64: the coefficients whose values are stored. */
const S_KEEP: usize = 48
/** Number of the component in the store. */
const S_STORE: usize = 56

/** DC coefficients of a row of MCUs: C_OUT is the i16 of its first block, C_STRIDE the bytes from row to row. 1 when done, 0 for more input. */
export function jpegDcRow(): i32 {
  const columns = load<i32>(SCAN, S_COLUMNS)
  const refines = load<i32>(SCAN, S_REFINES) != 0
  for (let column = load<i32>(SCAN, S_COLUMN); column < columns; column++) {
    if (!readyForUnit()) {
      store<i32>(SCAN, column, S_COLUMN)
      return 0
    }
    if (load<i32>(EXHAUSTED)) continue
    dcMcu(column, refines)
    noteExhaustion()
  }
  store<i32>(SCAN, 0, S_COLUMN)
  return 1
}

function dcMcu(column: i32, refines: bool): void {
  const count = load<i32>(SCAN, S_COMPONENTS)
  const bit = load<i32>(SCAN, S_BIT)
  for (let i = 0; i < count; i++) {
    const component = COMPONENTS + <usize>(i << 6)
    const across = load<i32>(component, C_ACROSS)
    const down = load<i32>(component, C_DOWN)
    let row = load<usize>(component, C_OUT) + <usize>(column * across * 2)
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) {
        const at = row + <usize>(x << 1)
        if (refines) store<i16>(at, load<i16>(at) | <i16>(readBit() << bit))
        else store<i16>(at, readDc(component) << bit)
      }
      row += <usize>load<i32>(component, C_STRIDE)
    }
  }
}

function readBit(): i32 {
  let bits = load<u64>(BITS)
  let count = load<i32>(COUNT)
  if (count == 0) {
    const pos = load<usize>(POS)
    bits = <u64>bswap(load<u32>(pos)) << 32
    count = 32
    store<usize>(POS, pos + 4)
  }
  store<u64>(BITS, bits << 1)
  store<i32>(COUNT, count - 1)
  return <i32>(bits >> 63)
}

function readDc(component: usize): i32 {
  let bits = load<u64>(BITS)
  let count = load<i32>(COUNT)
  if (count < 32) {
    const pos = load<usize>(POS)
    bits |= <u64>bswap(load<u32>(pos)) << (32 - count)
    count += 32
    store<usize>(POS, pos + 4)
  }
  const symbol = symbolAt(load<usize>(component, C_DC_TABLE), bits)
  if (symbol == BAD_CODE) warn(WARNING_CODE)
  const magnitude = symbol & 15
  let taken = symbol >> 8
  const dc = load<i32>(component, C_DC) + extend(<i32>((bits << taken) >> 1 >> (63 - magnitude)), magnitude)
  taken += magnitude
  store<i32>(component, dc, C_DC)
  store<u64>(BITS, bits << taken)
  store<i32>(COUNT, count - taken)
  return dc
}

/** One row of blocks of the scan's component. 1 when done, 0 for more input. */
export function jpegAcRow(): i32 {
  const columns = load<i32>(SCAN, S_COLUMNS)
  const refines = load<i32>(SCAN, S_REFINES) != 0
  for (let column = load<i32>(SCAN, S_COLUMN); column < columns; column++) {
    if (!readyForUnit()) {
      store<i32>(SCAN, column, S_COLUMN)
      return 0
    }
    if (load<i32>(EXHAUSTED)) {
      copyRecord()
      continue
    }
    if (refines) refineBlock()
    else firstBlock()
    noteExhaustion()
  }
  store<i32>(SCAN, 0, S_COLUMN)
  return 1
}

/** Coefficients below `k`. */
@inline
function below(k: u64): u64 {
  return (<u64>1 << k) - 1
}

/** Copies values, up to 7 more than asked for. */
@inline
function copyValues(from: usize, to: usize, count: usize): void {
  for (let i: usize = 0; i < count << 1; i += 16) v128.store(to + i, v128.load(from + i))
}

/** A block that the scan leaves as it is. */
function copyRecord(): void {
  const component = load<i32>(SCAN, S_STORE)
  const from = readPosition(component)
  const to = writePosition()
  if (from == 0) {
    store<u64>(to, 0)
    written(to + 8)
    return
  }
  const mask = load<u64>(from)
  const values = <usize>popcnt(mask & load<u64>(SCAN, S_KEEP))
  store<u64>(to, mask)
  copyValues(from + 8, to + 8, values)
  consumed(component, from + 8 + (values << 1))
  written(to + 8 + (values << 1))
}

/** The band's first scan of a block (G.1.2.2): its coefficients go between those of lower and of higher bands. */
function firstBlock(): void {
  const run = load<i32>(SCAN, S_EOB_RUN)
  if (run > 0) {
    store<i32>(SCAN, run - 1, S_EOB_RUN)
    copyRecord()
    return
  }
  const component = load<i32>(SCAN, S_STORE)
  const keep = load<u64>(SCAN, S_KEEP)
  const start = load<i32>(SCAN, S_START)
  const end = load<i32>(SCAN, S_END)
  const bit = load<i32>(SCAN, S_BIT)
  const table = load<usize>(COMPONENTS, C_AC_TABLE)
  let from = readPosition(component)
  const record = writePosition()
  let to = record + 8
  let mask: u64 = 0
  let higher: usize = 0
  if (from != 0) {
    mask = load<u64>(from)
    from += 8
    const lower = <usize>popcnt(mask & keep & below(start))
    const band = <usize>popcnt(mask & keep) - lower
    higher = end == 63 ? 0 : <usize>popcnt((mask & keep) >> (end + 1))
    copyValues(from, to, lower)
    to += lower << 1
    from += (lower + band - higher) << 1
    // A band that has been begun before is begun anew.
    mask = (mask & below(start)) | (end == 63 ? 0 : (mask >> (end + 1)) << (end + 1))
  }

  let bits = load<u64>(BITS)
  let count = load<i32>(COUNT)
  let pos = load<usize>(POS)
  let k = start
  while (k <= end) {
    if (count < 32) {
      bits |= <u64>bswap(load<u32>(pos)) << (32 - count)
      pos += 4
      count += 32
    }
    const entry = load<i32>(table + (<usize>(bits >> LOOK_SHIFT) << 2))
    let value = entry >> 16
    let taken = entry & 255
    if (value != 0) {
      k += ((entry >> 8) & 255) - 1
    } else {
      const symbol = symbolAt(table, bits)
      if (symbol == BAD_CODE) warn(WARNING_CODE)
      taken = symbol >> 8
      const zeros = (symbol & 255) >> 4
      const magnitude = symbol & 15
      if (magnitude == 0) {
        bits <<= taken
        count -= taken
        if (zeros == 15) {
          k += 16
          continue
        }
        // This block and 2^zeros - 1 + the next `zeros` bits more end here.
        store<i32>(SCAN, (1 << zeros) - 1 + <i32>(bits >> 1 >> (63 - zeros)), S_EOB_RUN)
        bits <<= zeros
        count -= zeros
        break
      }
      k += zeros
      value = extend(<i32>((bits << taken) >> (64 - magnitude)), magnitude)
      taken += magnitude
    }
    bits <<= taken
    count -= taken
    if (k > end) {
      warn(WARNING_OVERRUN)
      break
    }
    mask |= <u64>1 << k
    store<i16>(to, value << bit)
    to += <usize>((keep >> k) & 1) << 1
    k++
  }
  store<u64>(BITS, bits)
  store<i32>(COUNT, count)
  store<usize>(POS, pos)
  copyValues(from, to, higher)
  to += higher << 1
  store<u64>(record, mask)
  written(to)
  if (from != 0) consumed(component, from + (higher << 1))
}

/**
 * A refining scan of a block (G.1.2.3). Each symbol passes over a run of zero coefficients; every coefficient that is passed and not zero has
 * one correction bit, whether its value is stored or not. The zero coefficients are the bits of `zeros`, so `zeros &= zeros - 1` passes over
 * the lowest and `zeros & -zeros` picks it. Long, because of the bit reader's locals.
 */
function refineBlock(): void {
  const component = load<i32>(SCAN, S_STORE)
  const keep = load<u64>(SCAN, S_KEEP)
  const start = load<i32>(SCAN, S_START)
  const end = load<i32>(SCAN, S_END)
  let run = load<i32>(SCAN, S_EOB_RUN)
  let from = readPosition(component)
  const hasRecord = from != 0
  const mask = hasRecord ? load<u64>(from) : 0
  const inBand = (<u64>-1 << start) & (<u64>-1 >> (63 - end))
  if (run > 0 && (mask & inBand) == 0) {
    store<i32>(SCAN, run - 1, S_EOB_RUN)
    copyRecord()
    return
  }
  const table = load<usize>(COMPONENTS, C_AC_TABLE)
  const bit = load<i32>(SCAN, S_BIT)
  const one = 1 << bit
  const record = writePosition()
  let to = record + 8
  if (hasRecord) {
    from += 8
    const lower = <usize>popcnt(mask & keep & below(start))
    copyValues(from, to, lower)
    from += lower << 1
    to += lower << 1
  }

  let bits = load<u64>(BITS)
  let count = load<i32>(COUNT)
  let pos = load<usize>(POS)
  let added: u64 = 0
  let ahead = inBand
  do {
    let fresh = 0
    let zeros = ~mask & ahead
    if (run > 0) {
      zeros = 0
    } else {
      if (count < 32) {
        bits |= <u64>bswap(load<u32>(pos)) << (32 - count)
        pos += 4
        count += 32
      }
      const entry = load<i32>(table + (<usize>(bits >> LOOK_SHIFT) << 2))
      let skip = ((entry >> 8) & 255) - 1
      // A new coefficient is 1 or -1, told with its code where that is short.
      if ((((entry >> 16) + 1) & ~2) == 0) {
        fresh = (entry >> 16) << bit
        bits <<= entry & 255
        count -= entry & 255
      } else {
        const symbol = symbolAt(table, bits)
        if (symbol == BAD_CODE) warn(WARNING_CODE)
        bits <<= symbol >> 8
        count -= symbol >> 8
        skip = (symbol & 255) >> 4
        if ((symbol & 15) != 0) {
          fresh = bits >> 63 ? one : -one
          bits <<= 1
          count--
        } else if (skip < 15) {
          run = (1 << skip) + <i32>(bits >> 1 >> (63 - skip))
          bits <<= skip
          count -= skip
          zeros = 0
          skip = 0
        }
      }
      for (; skip > 0; skip--) zeros &= zeros - 1
    }
    // The zero coefficient where the run stops, or none: then the rest of the band is passed.
    const target = zeros & -zeros
    const passed = mask & ahead & (target - 1)
    for (let left = passed; left != 0; left &= left - 1) {
      if (count == 0) {
        bits = <u64>bswap(load<u32>(pos)) << 32
        pos += 4
        count = 32
      }
      const value = <i32>load<i16>(from)
      const sign = value >> 31
      // A bit that is set already, which only damage brings about, stays.
      const step = <i32>(bits >> 63) & ~(value >> bit) & 1
      bits <<= 1
      count--
      store<i16>(to, value + (((step << bit) ^ sign) - sign))
      const stored = <usize>((keep >> ctz(left)) & 1) << 1
      from += stored
      to += stored
    }
    if (target != 0) {
      ahead &= ~(target | (target - 1))
      if (fresh != 0) {
        added |= target
        store<i16>(to, fresh)
        to += (keep & target) != 0 ? 2 : 0
      }
    } else {
      ahead = 0
    }
  } while (ahead != 0)
  store<i32>(SCAN, run > 0 ? run - 1 : 0, S_EOB_RUN)
  store<u64>(BITS, bits)
  store<i32>(COUNT, count)
  store<usize>(POS, pos)
  if (hasRecord) {
    const higher = end == 63 ? 0 : <usize>popcnt((mask & keep) >> (end + 1))
    copyValues(from, to, higher)
    from += higher << 1
    to += higher << 1
    consumed(component, from)
  }
  store<u64>(record, mask | added)
  written(to)
}

/**
 * Samples of a row of blocks. `dc`: its first DC coefficient. `map`: see C_MAP. `out`: the sample of block column `first`; the columns
 * [first, end) of `columns` are made, of the others the records are passed over.
 */
export function jpegCoefficientRow(
  component: i32,
  columns: i32,
  first: i32,
  end: i32,
  dc: usize,
  map: usize,
  size: i32,
  out: usize,
  stride: usize,
): void {
  const keep = load<u64>(SCAN, S_KEEP)
  const dcQuantiser = <i32>load<u16>(map)
  for (let column = 0; column < columns; column++, dc += 2) {
    const record = readPosition(component)
    let mask: u64 = 0
    if (record != 0) {
      mask = load<u64>(record) & keep
      consumed(component, record + 8 + (<usize>popcnt(mask) << 1))
    }
    if (column < first || column >= end) continue
    const dequantisedDc = <i32>load<i16>(dc) * dcQuantiser
    if (mask == 0 || size == 1) {
      fillBlock(out, stride, size, flatSample(size == 1 ? dequantisedDc : <i32>(<i16>dequantisedDc)))
    } else {
      clearBlock()
      store<i16>(BLOCK, dequantisedDc)
      let value = record + 8
      for (; mask != 0; mask &= mask - 1, value += 2) {
        const target = load<u32>(map + (<usize>ctz(mask) << 2))
        store<i16>(BLOCK + <usize>(target >> 16), <i32>load<i16>(value) * <i32>target)
      }
      if (size == 8) idct8(BLOCK, out, stride)
      else if (size == 4) idct4(BLOCK, out, stride)
      else idct2(BLOCK, out, stride)
    }
    out += size
  }
}
