// Sequential scans (baseline and extended, interleaved or not): entropy decoding straight into sample rows.
import { BITS, COUNT, EXHAUSTED, LOW, POS, WARNING_CODE, fill, noteExhaustion, restart, warn } from './bits'
import { BAD_CODE, LOOK_SHIFT, PAIR_SHIFT, SKIP_END, SKIP_SHIFT, extend, symbolAt } from './huffman'
import { fillBlock, flatSample, idct2, idct4, idct8 } from './idct'

/** The scan, written by the driver: i32 each. */
export const SCAN: usize = memory.data(64, 16)
/** Number of components, 1..4. */
export const S_COMPONENTS: usize = 0
/** MCUs in a row. */
export const S_COLUMNS: usize = 4
/** Next MCU of the row: where to go on after raw bytes were wanted. */
export const S_COLUMN: usize = 8
/** MCUs between restart markers, 0 for none. */
export const S_INTERVAL: usize = 12
/** MCUs to the next restart marker. */
export const S_TO_GO: usize = 16
/** The MCU columns [from, to) whose samples are wanted; none when equal. */
const S_FROM: usize = 20
const S_TO: usize = 24
/** Progressive: blocks to come that the band leaves as they are. */
export const S_EOB_RUN: usize = 28

/** The components of the scan, 64 bytes each, written by the driver: i32 each. */
export const COMPONENTS: usize = memory.data(4 * 64, 16)
/** Blocks of an MCU across and down. */
export const C_ACROSS: usize = 0
export const C_DOWN: usize = 4
/** Addresses of the Huffman tables. */
export const C_DC_TABLE: usize = 8
export const C_AC_TABLE: usize = 12
/** Samples of a block's side: 1, 2, 4, 8. */
const C_SIZE: usize = 16
/** Address of the sample of MCU column S_FROM in the first row, and bytes from row to row. */
export const C_OUT: usize = 20
export const C_STRIDE: usize = 24
/** Address of the map: for each coefficient in zigzag order its byte offset in a block << 16 | quantiser. 128 entries of u32. */
const C_MAP: usize = 28
/** DC predictor. */
export const C_DC: usize = 32
/** Address of the AC table's skip table, where blocks are skipped or shown by their DC coefficient. */
const C_SKIP: usize = 36
/** Address of the AC table's pair table, where blocks are shown whole. */
const C_PAIRS: usize = 40

/** 64 coefficients and a place (at 128) for those that the size cannot show. */
export const BLOCK: usize = memory.data(144, 16)

export function jpegScan(): usize {
  return SCAN
}

export function jpegComponents(): usize {
  return COMPONENTS
}

/** Decodes to the row's end. Returns 1 then, 0 when it needs raw bytes (supply and call again). */
export function jpegDecodeRow(): i32 {
  const columns = load<i32>(SCAN, S_COLUMNS)
  const from = load<i32>(SCAN, S_FROM)
  const to = load<i32>(SCAN, S_TO)
  let column = load<i32>(SCAN, S_COLUMN)
  for (; column < columns; column++) {
    if (!readyForUnit()) {
      store<i32>(SCAN, column, S_COLUMN)
      return 0
    }
    const visible = column >= from && column < to
    if (load<i32>(EXHAUSTED)) {
      if (visible) grayMcu(column - from)
    } else {
      if (visible) decodeMcu(column - from)
      else skipMcu()
      noteExhaustion()
    }
  }
  store<i32>(SCAN, 0, S_COLUMN)
  return 1
}

/** Restart marker and input before an MCU. False: raw bytes are needed. */
@inline
export function readyForUnit(): bool {
  if (load<i32>(SCAN, S_INTERVAL)) {
    if (load<i32>(SCAN, S_TO_GO) == 0) {
      if (!restart()) return false
      store<i32>(SCAN, load<i32>(SCAN, S_INTERVAL), S_TO_GO)
      resetPredictors()
    }
  }
  if (load<usize>(POS) > load<usize>(LOW) && !fill()) return false
  if (load<i32>(SCAN, S_INTERVAL)) store<i32>(SCAN, load<i32>(SCAN, S_TO_GO) - 1, S_TO_GO)
  return true
}

function resetPredictors(): void {
  store<i32>(SCAN, 0, S_EOB_RUN)
  for (let i: usize = 0; i < 4; i++) store<i32>(COMPONENTS + i * 64, 0, C_DC)
}

function decodeMcu(column: i32): void {
  const count = load<i32>(SCAN, S_COMPONENTS)
  for (let i = 0; i < count; i++) {
    const component = COMPONENTS + <usize>(i << 6)
    const across = load<i32>(component, C_ACROSS)
    const down = load<i32>(component, C_DOWN)
    const size = load<i32>(component, C_SIZE)
    const stride = <usize>load<i32>(component, C_STRIDE)
    let row = load<usize>(component, C_OUT) + <usize>(column * across * size)
    for (let y = 0; y < down; y++) {
      let out = row
      for (let x = 0; x < across; x++) {
        if (size == 1) store<u8>(out, flatSample(decodeDcOnly(component) * <i32>load<u16>(load<usize>(component, C_MAP))))
        else decodeBlock(component, out, stride, size)
        out += size
      }
      row += <usize>size * stride
    }
  }
}

function skipMcu(): void {
  const count = load<i32>(SCAN, S_COMPONENTS)
  for (let i = 0; i < count; i++) {
    const component = COMPONENTS + <usize>(i << 6)
    const blocks = load<i32>(component, C_ACROSS) * load<i32>(component, C_DOWN)
    for (let n = 0; n < blocks; n++) decodeDcOnly(component)
  }
}

/** Where the data have run out libjpeg shows zero coefficients: middle gray. */
function grayMcu(column: i32): void {
  const count = load<i32>(SCAN, S_COMPONENTS)
  for (let i = 0; i < count; i++) {
    const component = COMPONENTS + <usize>(i << 6)
    const across = load<i32>(component, C_ACROSS)
    const down = load<i32>(component, C_DOWN)
    const size = load<i32>(component, C_SIZE)
    const stride = <usize>load<i32>(component, C_STRIDE)
    const first = load<usize>(component, C_OUT) + <usize>(column * across * size)
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) fillBlock(first + <usize>(y * size) * stride + <usize>(x * size), stride, size, 128)
    }
  }
}

@inline
export function clearBlock(): void {
  const zero = i64x2.splat(0)
  v128.store(BLOCK, zero)
  v128.store(BLOCK, zero, 16)
  v128.store(BLOCK, zero, 32)
  v128.store(BLOCK, zero, 48)
  v128.store(BLOCK, zero, 64)
  v128.store(BLOCK, zero, 80)
  v128.store(BLOCK, zero, 96)
  v128.store(BLOCK, zero, 112)
}

/** One block to samples. Long, because the bit reader's state lives in locals from its first bit to its last. */
function decodeBlock(component: usize, out: usize, stride: usize, size: i32): void {
  let bits = load<u64>(BITS)
  let count = load<i32>(COUNT)
  let pos = load<usize>(POS)
  const dcTable = load<usize>(component, C_DC_TABLE)
  const acTable = load<usize>(component, C_AC_TABLE)
  const map = load<usize>(component, C_MAP)
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
  const dc = load<i32>(component, C_DC) + difference
  store<i32>(component, dc, C_DC)
  const dequantisedDc = dc * <i32>load<u16>(map)

  // Most blocks of a smooth picture end here.
  if (count < 32) {
    bits |= <u64>bswap(load<u32>(pos)) << (32 - count)
    pos += 4
    count += 32
  }
  const pairs = load<usize>(component, C_PAIRS)
  let entry = load<u64>(pairs + (<usize>(bits >> PAIR_SHIFT) << 3))
  if ((<u32>entry & 0xff00) == 0x4000) {
    store<u64>(BITS, bits << (entry & 255))
    store<i32>(COUNT, count - <i32>(entry & 255))
    store<usize>(POS, pos)
    fillBlock(out, stride, size, flatSample(<i32>(<i16>dequantisedDc)))
    return
  }

  clearBlock()
  store<i16>(BLOCK, dequantisedDc)
  // The index behind the coefficient: end of block is a run of 63, which ends any block.
  let next: usize = 1
  for (;;) {
    if (entry != 0) {
      next += <usize>(<u32>entry >> 8) & 255
      const target = load<u32>(map + (next << 2) - 4)
      store<i16>(BLOCK + <usize>(target >> 16), (<i32>entry >> 16) * <i32>target)
      if (next >= 64) {
        // What is behind the last coefficient belongs to the next block.
        taken = <i32>(entry >> 32) & 255
        bits <<= taken
        count -= taken
        break
      }
      taken = <i32>entry & 255
      bits <<= taken
      count -= taken
      const second = <i32>(entry >> 32)
      next += <usize>(second >> 8) & 255
      const place = load<u32>(map + (next << 2) - 4)
      store<i16>(BLOCK + <usize>(place >> 16), (second >> 16) * <i32>place)
    } else {
      const symbol = symbolAt(acTable, bits)
      if (symbol == BAD_CODE) warn(WARNING_CODE)
      taken = symbol >> 8
      const magnitude = symbol & 15
      let value = 0
      if (magnitude == 0) next += (symbol & 255) == 0xf0 ? 16 : 64
      else {
        next += <usize>((symbol & 255) >> 4) + 1
        value = extend(<i32>((bits << taken) >> (64 - magnitude)), magnitude)
        taken += magnitude
      }
      bits <<= taken
      count -= taken
      const target = load<u32>(map + (next << 2) - 4)
      store<i16>(BLOCK + <usize>(target >> 16), value * <i32>target)
    }
    if (next >= 64) break
    if (count < 32) {
      bits |= <u64>bswap(load<u32>(pos)) << (32 - count)
      pos += 4
      count += 32
    }
    entry = load<u64>(pairs + (<usize>(bits >> PAIR_SHIFT) << 3))
  }
  store<u64>(BITS, bits)
  store<i32>(COUNT, count)
  store<usize>(POS, pos)
  if (size == 8) idct8(BLOCK, out, stride)
  else if (size == 4) idct4(BLOCK, out, stride)
  else idct2(BLOCK, out, stride)
}

/** Reads one block, keeps its DC coefficient only and returns it, not dequantised. */
export function decodeDcOnly(component: usize): i32 {
  let bits = load<u64>(BITS)
  let count = load<i32>(COUNT)
  let pos = load<usize>(POS)
  const dcTable = load<usize>(component, C_DC_TABLE)
  const acTable = load<usize>(component, C_AC_TABLE)
  const skips = load<usize>(component, C_SKIP)
  if (count < 32) {
    bits |= <u64>bswap(load<u32>(pos)) << (32 - count)
    pos += 4
    count += 32
  }
  let symbol = symbolAt(dcTable, bits)
  if (symbol == BAD_CODE) warn(WARNING_CODE)
  let taken = symbol >> 8
  const magnitude = symbol & 15
  const dc = load<i32>(component, C_DC) + extend(<i32>((bits << taken) >> 1 >> (63 - magnitude)), magnitude)
  store<i32>(component, dc, C_DC)
  taken += magnitude
  bits <<= taken
  count -= taken
  let next = 1
  do {
    if (count < 32) {
      bits |= <u64>bswap(load<u32>(pos)) << (32 - count)
      pos += 4
      count += 32
    }
    const skip = <i32>load<u16>(skips + (<usize>(bits >> SKIP_SHIFT) << 1))
    const after = next + (skip >> 5)
    taken = skip & 31
    // Symbols behind the last coefficient belong to the next block, so an entry that passes it does not count.
    if (skip != 0 && (after <= 64 || (after >= SKIP_END && after < SKIP_END + 64))) {
      next = after
    } else {
      symbol = symbolAt(acTable, bits)
      if (symbol == BAD_CODE) warn(WARNING_CODE)
      taken = (symbol >> 8) + (symbol & 15)
      next += (symbol & 15) == 0 ? ((symbol & 255) == 0xf0 ? 16 : 64) : ((symbol & 255) >> 4) + 1
    }
    bits <<= taken
    count -= taken
  } while (next < 64)
  store<u64>(BITS, bits)
  store<i32>(COUNT, count)
  store<usize>(POS, pos)
  return dc
}
