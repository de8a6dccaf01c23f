// Lossless changes of a JPEG: its quantised coefficients are kept block by block, turned while they are read, and coded anew in another order. For
// each block of a component there is the address of its record (u32, 0 for a block without AC coefficients) and its DC coefficient (i16), both in
// rows as the file has them. A record is a u64 with a bit for each AC coefficient that is not zero, in the zigzag order of the result, and then their
// values in this order: an i8, or ESCAPE and an i16. So memory follows the information in a file, not its pixels.
import { BITS, COUNT, EXHAUSTED, POS, WARNING_CODE, noteExhaustion, warn } from './bits'
import { consumed, readPosition } from './coefficients'
import { sizeOf, valueToken } from './encode'
import { BAD_CODE, LOOK_SHIFT, extend, symbolAt } from './huffman'
import { COMPONENTS, C_ACROSS, C_AC_TABLE, C_DC, C_DC_TABLE, C_DOWN, SCAN, S_COLUMN, S_COLUMNS, S_COMPONENTS, readyForUnit, decodeDcOnly } from './scan'

/** What is kept of the components of the scan, 32 bytes each, written by the driver: i32 each. */
const KEPT: usize = memory.data(4 * 32, 16)
/** Where the address of the record of block 0 of the row's first row of blocks is, and its DC coefficient. Blocks that are not kept may lie outside. */
const K_RECORDS: usize = 0
const K_DC: usize = 4
/** Blocks from row to row. */
const K_COLUMNS: usize = 8
/** The columns and, in this row of MCUs, the rows of blocks that are kept: [from, to). */
const K_LEFT: usize = 12
const K_RIGHT: usize = 16
const K_TOP: usize = 20
const K_BOTTOM: usize = 24
/** Address of the counts of the component's AC symbols. */
const K_COUNTS: usize = 28

/** An i8 that says: the value is the i16 behind it. */
const ESCAPE: i32 = -128
/** The longest record. */
const RECORD_BYTES: i32 = 8 + 63 * 3
/** T.81 table F.1 and F.2: bits of an AC coefficient and of a difference of DC, in pictures of 8 bits. */
const MOST_AC_BITS: i32 = 10
const MOST_DC_BITS: i32 = 11

/** The AC coefficients of one block as i16, in the zigzag order of the result; all 0 between two blocks. */
const TURNED: usize = memory.data(128, 16)
/** For each coefficient, in the zigzag order of the file, its byte in TURNED << 16 | its sign: 1 or 0xFFFF. 128 entries, as those past the last mean it. */
const TURN: usize = memory.data(128 * 4, 16)

/** Where the next record goes. */
let next: usize = 0
/** Whether a coefficient was larger than a file of 8 bits may have. */
let isOverflown: i32 = 0

export function jpegKept(): usize {
  return KEPT
}

/** Address of the table that turns coefficients. */
export function jpegTurn(): usize {
  return TURN
}

/** Bytes that `blocks` blocks take at most. */
export function jpegRecordBytes(blocks: i32): i32 {
  return blocks * RECORD_BYTES
}

/** The next record's address: the driver gives more room there. */
export function jpegRecordsAt(): usize {
  return next
}

/** Records go to `at` from now on. */
export function jpegPlaceRecords(at: usize): void {
  next = at
}

/** Starts a picture. */
export function jpegStartTranscoding(): void {
  isOverflown = 0
  memory.fill(TURNED, 0, 128)
}

export function jpegCoefficientsOverflow(): i32 {
  return isOverflown
}

/** Keeps the block of TURNED, which becomes 0 again: its record, and its symbols counted. `counts`: of AC symbols. */
function keepRecord(mask: u64, counts: usize): usize {
  const record = next
  store<u64>(record, mask)
  let to = record + 8
  let last = 0
  for (let rest = mask; rest != 0; rest &= rest - 1) {
    const k = <i32>ctz(rest)
    const at = TURNED + (<usize>k << 1)
    const value = <i32>load<i16>(at)
    store<i16>(at, 0)
    let run = k - last - 1
    last = k
    for (; run > 15; run -= 16) count(counts, 0xf0)
    const size = sizeOf(value)
    if (size > MOST_AC_BITS) isOverflown = 1
    count(counts, (run << 4) | size)
    if (<u32>(value + 127) <= 254) store<i8>(to++, value)
    else {
      store<i8>(to, ESCAPE)
      store<i16>(to, value, 1)
      to += 3
    }
  }
  if (last != 63) count(counts, 0)
  next = to
  return record
}

@inline
function count(counts: usize, symbol: i32): void {
  const at = counts + (<usize>symbol << 2)
  store<u32>(at, load<u32>(at) + 1)
}

/** Keeps the blocks of a row of units of a sequential scan. Returns 1 when done, 0 when it needs raw bytes (supply and call again). */
export function jpegKeepRow(): i32 {
  const columns = load<i32>(SCAN, S_COLUMNS)
  const components = load<i32>(SCAN, S_COMPONENTS)
  for (let column = load<i32>(SCAN, S_COLUMN); column < columns; column++) {
    if (!readyForUnit()) {
      store<i32>(SCAN, column, S_COLUMN)
      return 0
    }
    if (load<i32>(EXHAUSTED)) continue
    for (let i = 0; i < components; i++) keepUnit(COMPONENTS + <usize>(i << 6), KEPT + <usize>(i << 5), column)
    noteExhaustion()
  }
  store<i32>(SCAN, 0, S_COLUMN)
  return 1
}

/** The blocks of one component in an MCU. */
function keepUnit(component: usize, kept: usize, column: i32): void {
  const across = load<i32>(component, C_ACROSS)
  const down = load<i32>(component, C_DOWN)
  const left = load<i32>(kept, K_LEFT)
  const right = load<i32>(kept, K_RIGHT)
  for (let y = 0; y < down; y++) {
    const isRowKept = y >= load<i32>(kept, K_TOP) && y < load<i32>(kept, K_BOTTOM)
    for (let x = column * across; x < (column + 1) * across; x++) {
      if (!isRowKept || x < left || x >= right) {
        decodeDcOnly(component)
        continue
      }
      const block = y * load<i32>(kept, K_COLUMNS) + x
      const mask = readBlock(component)
      store<i16>(load<usize>(kept, K_DC) + <usize>(block << 1), load<i32>(component, C_DC))
      if (mask != 0) {
        store<usize>(load<usize>(kept, K_RECORDS) + <usize>(block << 2), keepRecord(mask, load<usize>(kept, K_COUNTS)))
      }
    }
  }
}

/** Reads one block into TURNED, and its DC coefficient into the component's. Returns the AC coefficients that are not zero. */
function readBlock(component: usize): u64 {
  let bits = load<u64>(BITS)
  let count = load<i32>(COUNT)
  let pos = load<usize>(POS)
  const dcTable = load<usize>(component, C_DC_TABLE)
  const acTable = load<usize>(component, C_AC_TABLE)
  if (count < 32) {
    bits |= <u64>bswap(load<u32>(pos)) << (32 - count)
    pos += 4
    count += 32
  }
  const dcEntry = load<i32>(dcTable + (<usize>(bits >> LOOK_SHIFT) << 2))
  let difference = dcEntry >> 16
  let taken = dcEntry & 255
  if (dcEntry == 0) {
    const symbol = symbolAt(dcTable, bits)
    if (symbol == BAD_CODE) warn(WARNING_CODE)
    taken = symbol >> 8
    const magnitude = symbol & 15
    difference = extend(<i32>((bits << taken) >> 1 >> (63 - magnitude)), magnitude)
    taken += magnitude
  }
  bits <<= taken
  count -= taken
  store<i32>(component, load<i32>(component, C_DC) + difference, C_DC)

  let mask: u64 = 0
  // The index behind the coefficient: end of block is a run of 63, which ends any block.
  let after: usize = 1
  do {
    if (count < 32) {
      bits |= <u64>bswap(load<u32>(pos)) << (32 - count)
      pos += 4
      count += 32
    }
    const entry = load<i32>(acTable + (<usize>(bits >> LOOK_SHIFT) << 2))
    let value = entry >> 16
    if (entry != 0) {
      taken = entry & 255
      after += <usize>(entry >> 8) & 255
    } else {
      const symbol = symbolAt(acTable, bits)
      if (symbol == BAD_CODE) warn(WARNING_CODE)
      taken = symbol >> 8
      const magnitude = symbol & 15
      if (magnitude == 0) after += (symbol & 255) == 0xf0 ? 16 : 64
      else {
        after += <usize>((symbol & 255) >> 4) + 1
        value = extend(<i32>((bits << taken) >> (64 - magnitude)), magnitude)
        taken += magnitude
      }
    }
    bits <<= taken
    count -= taken
    if (value != 0) mask |= turned(after - 1, value)
  } while (after < 64)
  store<u64>(BITS, bits)
  store<i32>(COUNT, count)
  store<usize>(POS, pos)
  return mask
}

/** Puts coefficient `k` of the file where the result has it; answers its bit. */
@inline
function turned(k: usize, value: i32): u64 {
  const target = load<u32>(TURN + (k << 2))
  const place = <usize>(target >> 16)
  store<i16>(TURNED + place, value * <i32>target)
  return <u64>1 << (place >> 1)
}

/** Keeps a row of blocks out of the records of a progressive file (./coefficients.ts). `dc`: its first DC coefficient. */
export function jpegKeepRecords(component: i32, columns: i32, dc: usize): void {
  const left = load<i32>(KEPT, K_LEFT)
  const right = load<i32>(KEPT, K_RIGHT)
  const isRowKept = load<i32>(KEPT, K_TOP) <= 0 && load<i32>(KEPT, K_BOTTOM) > 0
  for (let column = 0; column < columns; column++, dc += 2) {
    const record = readPosition(component)
    let rest: u64 = 0
    if (record != 0) {
      rest = load<u64>(record)
      consumed(component, record + 8 + (<usize>popcnt(rest) << 1))
    }
    if (!isRowKept || column < left || column >= right) continue
    store<i16>(load<usize>(KEPT, K_DC) + <usize>(column << 1), load<i16>(dc))
    let mask: u64 = 0
    for (let value = record + 8; rest != 0; rest &= rest - 1, value += 2) {
      const coefficient = <i32>load<i16>(value)
      if (coefficient != 0) mask |= turned(<usize>ctz(rest), coefficient)
    }
    if (mask != 0) {
      store<usize>(load<usize>(KEPT, K_RECORDS) + <usize>(column << 2), keepRecord(mask, load<usize>(KEPT, K_COUNTS)))
    }
  }
}

// The result's components: structures as in ./encode.ts, with these fields in the place of planes and quantisers.
/** Address of the record's address, and of the DC coefficient, of the first block of the row of MCUs. */
const RECORDS: usize = 0
const DC_VALUES: usize = 4
const ACROSS: usize = 8
const DOWN: usize = 12
/** Blocks of the file from one of the result's to the next, across and down. */
const STEP_ACROSS: usize = 16
const TABLES: usize = 20
const PREDICTION: usize = 24
const BLOCKS: usize = 28
const BLOCK_STRIDE: usize = 32
const STEP_DOWN: usize = 36
/** Columns and, in this row of MCUs, rows of blocks that the picture has; what fills the MCUs beyond has the DC coefficient before it, as libjpeg does. */
const REAL_ACROSS: usize = 40
const REAL_DOWN: usize = 44
const COMPONENT_BYTES: usize = 48

/**
 * Codes one interleaved row of `mcus` MCUs: with `tokens` 0 only counts what `jpegKeepRow` could not know (DC symbols, and the ends of empty blocks),
 * else writes tokens, up to 256 bytes a block, and answers their end.
 */
export function jpegCodeRow(components: usize, componentCount: i32, mcus: i32, tokens: usize, counts: usize): usize {
  for (let mcu = 0; mcu < mcus; mcu++) {
    for (let c = 0; c < componentCount; c++) {
      const component = components + <usize>c * COMPONENT_BYTES
      const across = load<i32>(component, ACROSS)
      const down = load<i32>(component, DOWN)
      const realAcross = load<i32>(component, REAL_ACROSS)
      const realDown = load<i32>(component, REAL_DOWN)
      const stepAcross = load<i32>(component, STEP_ACROSS)
      const stepDown = load<i32>(component, STEP_DOWN)
      const dcs = load<usize>(component, DC_VALUES)
      const records = load<usize>(component, RECORDS)
      const table = load<u32>(component, TABLES)
      let before = load<i32>(component, PREDICTION)
      for (let y = 0; y < down; y++) {
        for (let x = mcu * across; x < (mcu + 1) * across; x++) {
          let dc = before
          let record: usize = 0
          if (x < realAcross && y < realDown) {
            const block = x * stepAcross + y * stepDown
            dc = <i32>load<i16>(dcs + <usize>(block << 1))
            record = load<usize>(records + <usize>(block << 2))
          }
          const difference = dc - before
          before = dc
          const size = sizeOf(difference)
          const token = valueToken(table, 0, difference, size)
          if (tokens != 0) tokens = recordTokens(record, table | 256, putToken(tokens, token))
          else {
            if (size > MOST_DC_BITS) isOverflown = 1
            else count(counts, token & 1023)
            if (record == 0) count(counts, table | 256)
          }
        }
      }
      store<i32>(component, before, PREDICTION)
    }
  }
  return tokens
}

@inline
function putToken(tokens: usize, token: u32): usize {
  store<u32>(tokens, token)
  return tokens + 4
}

/** The tokens of a block's AC coefficients. At most 63. */
function recordTokens(record: usize, ac: u32, tokens: usize): usize {
  if (record == 0) return putToken(tokens, ac)
  let from = record + 8
  let last = 0
  for (let rest = load<u64>(record); rest != 0; rest &= rest - 1) {
    const k = <i32>ctz(rest)
    let value = <i32>load<i8>(from++)
    if (value == ESCAPE) {
      value = <i32>load<i16>(from)
      from += 2
    }
    let run = k - last - 1
    last = k
    for (; run > 15; run -= 16) tokens = putToken(tokens, ac | 0xf0)
    tokens = putToken(tokens, valueToken(ac, run, value, sizeOf(value)))
  }
  return last == 63 ? tokens : putToken(tokens, ac)
}

/** A block as the scans of a progressive file want it: see ./encode-progressive.ts. */
const STORED_BYTES: usize = 136
const STORED_VALUES: usize = 8

/**
 * Writes a row of `blocks` blocks of a component as progressive scans read them: row `y` of its row of MCUs. `above`: the row above it, already written;
 * of no meaning for the first.
 */
export function jpegExpandRow(component: usize, y: i32, blocks: i32, target: usize, above: usize): void {
  const across = load<i32>(component, ACROSS)
  const realAcross = load<i32>(component, REAL_ACROSS)
  const isRowReal = y < load<i32>(component, REAL_DOWN)
  memory.fill(target, 0, <usize>blocks * STORED_BYTES)
  let before = 0
  for (let x = 0; x < blocks; x++, target += STORED_BYTES) {
    let mask: u64 = 0
    if (!isRowReal) before = <i32>load<i16>(above + <usize>(x - (x % across) + across - 1) * STORED_BYTES, STORED_VALUES)
    else if (x < realAcross) {
      const block = x * load<i32>(component, STEP_ACROSS) + y * load<i32>(component, STEP_DOWN)
      before = <i32>load<i16>(load<usize>(component, DC_VALUES) + <usize>(block << 1))
      const record = load<usize>(load<usize>(component, RECORDS) + <usize>(block << 2))
      if (record != 0) {
        mask = load<u64>(record)
        expandValues(record + 8, mask, target + STORED_VALUES)
      }
    }
    store<i16>(target, before, STORED_VALUES)
    store<u64>(target, before == 0 ? mask : mask | 1)
  }
}

function expandValues(from: usize, mask: u64, values: usize): void {
  for (let rest = mask; rest != 0; rest &= rest - 1) {
    let value = <i32>load<i8>(from++)
    if (value == ESCAPE) {
      value = <i32>load<i16>(from)
      from += 2
    }
    store<i16>(values + (<usize>ctz(rest) << 1), value)
  }
}
