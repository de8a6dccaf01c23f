// A row of macroblocks: read, made, and written into strips of samples.
import { vp8Reader, wantsInput } from './bits'
import { filterMacroblock } from './filter'
import { FILTERS, vp8FilterKind, vp8Partitions } from './header'
import { MACROBLOCK, M_HAS_SUBBLOCKS, M_SEGMENT, M_SKIPS, readModes, startModes } from './modes'
import { CB, CR, LUMA, WORK_STRIDE } from './predict'
import { DC_CONTEXT, clearCoefficients, clearResidues, hasResidue, isOverrun, isUsedUp, readResidue, reconstruct } from './reconstruct'
import { shrinkMacroblock } from './shrink'

/** The row, written by the driver: i32 or an address each. */
const ROW: usize = memory.data(64, 16)
/** Macroblocks in a row, and the number of this row. */
const R_COLUMNS: usize = 0
const R_ROW: usize = 4
/** Next macroblock: where to go on after input was wanted. */
const R_COLUMN: usize = 8
/** The first samples of the row in the strips, and bytes from row to row of luma and of chroma. */
const R_LUMA: usize = 12
const R_CB: usize = 16
const R_CR: usize = 20
const R_STRIDE: usize = 24
const R_CHROMA_STRIDE: usize = 28
/** What the row above left, an entry a macroblock and one more: contexts (u16), modes (4 u8), samples (16 u8 luma, 8 Cb, 8 Cr). */
const R_CONTEXTS: usize = 32
const R_MODES: usize = 36
const R_SAMPLES: usize = 40
/** The filter of each macroblock of the row: 4 u8, as in `FILTERS`; 0: no filter is wanted. */
const R_FILTERS: usize = 44
/** Context of the macroblock to the left. */
const R_LEFT: usize = 48
/** Strips that are `1 << bits` times smaller, or 0; then luma of the last macroblock and of this row that is of the picture: 1 to 16 samples. */
const R_BITS: usize = 52
const R_LAST_WIDTH: usize = 56
const R_HEIGHT: usize = 60

const ABOVE_BYTES: usize = 32

/** Address of the row's record, of 64 bytes. */
export function vp8Row(): usize {
  return ROW
}

/** Before a frame's first row. */
export function vp8StartFrame(): void {
  clearCoefficients()
  store<i32>(ROW, 0, R_COLUMN)
}

const DONE: i32 = 0
const WANTS_MODES: i32 = 1
const WANTS_TOKENS: i32 = 2
const ENDED: i32 = 3

/** Decodes the row from R_COLUMN on. Answers 0: done; 1, 2: the reader of modes or of tokens wants input; 3: the data end too early. */
export function vp8DecodeRow(): i32 {
  const columns = load<i32>(ROW, R_COLUMNS)
  const row = load<i32>(ROW, R_ROW)
  const partition = 1 + (row & (vp8Partitions() - 1))
  const contexts = load<usize>(ROW, R_CONTEXTS)
  const modes = load<usize>(ROW, R_MODES)
  const filters = load<usize>(ROW, R_FILTERS)
  let column = load<i32>(ROW, R_COLUMN)
  if (column == 0) startRow(row)
  for (; column < columns; column++) {
    store<i32>(ROW, column, R_COLUMN)
    if (wantsInput(vp8Reader(0))) return WANTS_MODES
    if (wantsInput(vp8Reader(partition))) return WANTS_TOKENS
    if (isUsedUp(0)) return ENDED
    readModes(modes + (<usize>column << 2))
    const context = contexts + (<usize>column << 1)
    const hasSubblocks = load<u32>(MACROBLOCK, M_HAS_SUBBLOCKS) != 0
    if (load<u32>(MACROBLOCK, M_SKIPS)) {
      clearResidues()
      const kept = hasSubblocks ? DC_CONTEXT : 0
      store<u16>(context, load<u16>(context) & kept)
      store<u32>(ROW, load<u32>(ROW, R_LEFT) & kept, R_LEFT)
    } else {
      if (isUsedUp(partition)) return ENDED
      const now = readResidue(partition, load<u16>(context), load<u32>(ROW, R_LEFT))
      store<u16>(context, now >> 16)
      store<u32>(ROW, now & 0xffff, R_LEFT)
    }
    if (filters) {
      const kind = (<usize>load<u32>(MACROBLOCK, M_SEGMENT) << 1) | <usize>hasSubblocks
      const entry = filters + (<usize>column << 2)
      store<u32>(entry, load<u32>(FILTERS + (kind << 2)))
      if (hasResidue()) store<u8>(entry, 1, 3)
    }
    surround(column, columns, row)
    reconstruct(row > 0, column > 0)
    keepAbove(column)
    put(column, columns)
  }
  store<i32>(ROW, 0, R_COLUMN)
  return isOverrun(0) || isOverrun(partition) ? ENDED : DONE
}

function startRow(row: i32): void {
  startModes()
  store<u32>(ROW, 0, R_LEFT)
  for (let y: usize = 0; y < 16; y++) store<u8>(LUMA + y * WORK_STRIDE - 1, 129)
  for (let y: usize = 0; y < 8; y++) {
    store<u8>(CB + y * WORK_STRIDE - 1, 129)
    store<u8>(CR + y * WORK_STRIDE - 1, 129)
  }
  // The corner counts to the row above.
  const corner: u8 = row > 0 ? 129 : 127
  store<u8>(LUMA - WORK_STRIDE - 1, corner)
  store<u8>(CB - WORK_STRIDE - 1, corner)
  store<u8>(CR - WORK_STRIDE - 1, corner)
}

/** Puts the samples of the neighbours around the place of the macroblock. */
function surround(column: i32, columns: i32, row: i32): void {
  if (column > 0) {
    for (let at = LUMA - WORK_STRIDE; at < LUMA + 16 * WORK_STRIDE; at += WORK_STRIDE) store<u8>(at - 1, load<u8>(at, 15))
    for (let at = CB - WORK_STRIDE; at < CB + 8 * WORK_STRIDE; at += WORK_STRIDE) {
      store<u8>(at - 1, load<u8>(at, 7))
      store<u8>(at + 23, load<u8>(at, 31))
    }
  }
  if (row == 0) {
    const outside = i8x16.splat(127)
    v128.store(LUMA - WORK_STRIDE, outside)
    v128.store32_lane(LUMA - WORK_STRIDE + 16, outside, 0)
    v128.store64_lane(CB - WORK_STRIDE, outside, 0)
    v128.store64_lane(CR - WORK_STRIDE, outside, 0)
    return
  }
  const above = load<usize>(ROW, R_SAMPLES) + <usize>column * ABOVE_BYTES
  v128.store(LUMA - WORK_STRIDE, v128.load(above))
  store<u64>(CB - WORK_STRIDE, load<u64>(above, 16))
  store<u64>(CR - WORK_STRIDE, load<u64>(above, 24))
  const isLast = column == columns - 1
  store<u32>(LUMA - WORK_STRIDE + 16, isLast ? <u32>load<u8>(above, 15) * 0x01010101 : load<u32>(above, 32))
}

/** Keeps the macroblock's last row for the one below. */
function keepAbove(column: i32): void {
  const above = load<usize>(ROW, R_SAMPLES) + <usize>column * ABOVE_BYTES
  v128.store(above, v128.load(LUMA + 15 * WORK_STRIDE))
  store<u64>(above, load<u64>(CB + 7 * WORK_STRIDE), 16)
  store<u64>(above, load<u64>(CR + 7 * WORK_STRIDE), 24)
}

/** The macroblock into the strips. */
function put(column: i32, columns: i32): void {
  const stride = <usize>load<i32>(ROW, R_STRIDE)
  const bits = load<i32>(ROW, R_BITS)
  if (bits) {
    const at = <usize>column << (4 - bits)
    const width = column == columns - 1 ? load<i32>(ROW, R_LAST_WIDTH) : 16
    const height = load<i32>(ROW, R_HEIGHT)
    shrinkMacroblock(bits, width, height, load<usize>(ROW, R_LUMA) + at, load<usize>(ROW, R_CB) + at, load<usize>(ROW, R_CR) + at, stride)
    return
  }
  const chromaStride = <usize>load<i32>(ROW, R_CHROMA_STRIDE)
  const luma = load<usize>(ROW, R_LUMA) + (<usize>column << 4)
  const cb = load<usize>(ROW, R_CB) + (<usize>column << 3)
  const cr = load<usize>(ROW, R_CR) + (<usize>column << 3)
  for (let y: usize = 0; y < 16; y++) v128.store(luma + y * stride, v128.load(LUMA + y * WORK_STRIDE))
  for (let y: usize = 0; y < 8; y++) {
    store<u64>(cb + y * chromaStride, load<u64>(CB + y * WORK_STRIDE))
    store<u64>(cr + y * chromaStride, load<u64>(CR + y * WORK_STRIDE))
  }
}

/** Filters the row, which has been decoded, in its strips: it changes up to three rows of luma and of chroma above it. */
export function vp8FilterRow(): void {
  const columns = load<i32>(ROW, R_COLUMNS)
  const stride = <usize>load<i32>(ROW, R_STRIDE)
  const chromaStride = <usize>load<i32>(ROW, R_CHROMA_STRIDE)
  const kind = vp8FilterKind()
  const hasAbove = load<i32>(ROW, R_ROW) > 0
  for (let column = 0; column < columns; column++) {
    const x = <usize>column
    filterMacroblock(
      load<usize>(ROW, R_LUMA) + (x << 4),
      stride,
      load<usize>(ROW, R_CB) + (x << 3),
      load<usize>(ROW, R_CR) + (x << 3),
      chromaStride,
      kind,
      load<usize>(ROW, R_FILTERS) + (x << 2),
      column > 0,
      hasAbove,
    )
  }
}
