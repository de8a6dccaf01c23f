import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { Band } from '../../plane-stream.ts'
import { damagedWebp, isWhole, type WebpChunk } from '../container.ts'
import { endedPixels } from '../lossless/input.ts'
import type { Vp8DecoderExports } from './exports.ts'
import { createVp8Input, MODES_PADDING, TOKENS_PADDING, type Vp8Input, vp8InputBytes } from './input.ts'

/** RFC 6386 §9.1: a frame tag of three bytes, a start code of three, and the sides. */
const HEADER_BYTES = 10
const PARTITION_SIZE_BYTES = 3
const MAX_PARTITIONS = 8

const MACROBLOCK = 16
/** Rows of luma at the end of a strip that the filter of the next one may change, as a whole number of pairs and rows of chroma. */
const KEPT_ROWS = 8
/** Bytes that may be touched behind the last row of a strip. */
const SLACK = 80

/** Fields of the core's record of a row. */
const ROW = {
  columns: 0,
  row: 4,
  luma: 12,
  cb: 16,
  cr: 20,
  stride: 24,
  chromaStride: 28,
  contexts: 32,
  modes: 36,
  samples: 40,
  filters: 44,
  bits: 52,
  lastWidth: 56,
  height: 60,
}
const DONE = 0
const WANTS_MODES = 1
const WANTS_TOKENS = 2

/** How much smaller planes are than the picture: means of so many samples a side. */
export type Vp8Shrink = 1 | 2 | 4 | 8

/**
 * Rows of luma, of Cb and of Cr, as the file has them (BT.601: luma 16 … 235). Chroma has half the rows of luma, rounded up; where the picture is shrunk, as
 * many.
 */
export type Vp8Bands = readonly [luma: Band, cb: Band, cr: Band]

export interface Vp8Options {
  /** Rows of luma that are wanted, from the first on. */
  readonly rows: number
  /** Whether edges are filtered, as the frame says. VP8 predicts from what is not. */
  readonly isFiltered: boolean
  /** Means of squares, whose edges are repeated where a square is not full. Not of what is filtered. */
  readonly shrink: Vp8Shrink
}

interface Strip extends Band {
  /** Rows of it that a band has in front of the row of macroblocks. */
  readonly kept: number
}

const macroblocks = (side: number): number => Math.ceil(side / MACROBLOCK)

/** Upper bound of the core's memory that `decodeVp8` takes. */
export function vp8Bytes({ width }: Shape, dataBytes: number): number {
  const columns = macroblocks(width) + 1
  const strips = 2 * (columns * MACROBLOCK * (MACROBLOCK + KEPT_ROWS) + SLACK)
  const partitions = Math.min(MAX_PARTITIONS, Math.ceil(dataBytes / PARTITION_SIZE_BYTES))
  const inputs = vp8InputBytes(dataBytes, MODES_PADDING) + partitions * vp8InputBytes(dataBytes, TOKENS_PADDING)
  return strips + columns * 42 + 128 + inputs
}

/**
 * The samples of a chunk VP8 by rows: equal to libwebp's, with or without its filter. Bands lie in the core's memory until the next are asked for; their readers
 * may write to them. Rows add up to `rows` (chroma: half of them, rounded up). Memory is taken at once from the core's arena.
 * Source: RFC 6386. @throws AppError `invalid_image` when the data are damaged or end too early.
 */
export function decodeVp8(
  core: Core<Vp8DecoderExports>,
  file: Uint8Array,
  chunk: WebpChunk,
  { width }: Shape,
  { rows, isFiltered, shrink }: Vp8Options,
): Generator<Vp8Bands, void> {
  if (!isWhole(file, chunk)) throw endedPixels()
  const { exports } = core
  const data = file.subarray(chunk.start, chunk.end)
  const firstEnd = HEADER_BYTES + firstPartitionBytes(data)
  const modes = createVp8Input(core, 0, data.subarray(HEADER_BYTES, firstEnd), MODES_PADDING)
  exports.vp8ReadHeader()
  const tokens = openPartitions(core, data.subarray(firstEnd))
  exports.vp8StartFrame()
  const filters = isFiltered && shrink === 1 && exports.vp8FilterKind() !== 0
  const strips = startRows(core, width, filters, shrink)
  return bands()

  function* bands(): Generator<Vp8Bands, void> {
    const record = exports.vp8Row()
    const needed = Math.min(macroblocks(rows + (filters ? KEPT_ROWS : 0)), macroblocks(heightOf(data)))
    for (let row = 0, emitted = 0; emitted < rows; row++) {
      const view = core.view()
      view.setInt32(record + ROW.row, row, true)
      view.setInt32(record + ROW.height, Math.min(rows - MACROBLOCK * row, MACROBLOCK), true)
      decodeRow(exports, modes, tokens[row % tokens.length])
      if (filters) exports.vp8FilterRow()
      const isLast = row === needed - 1
      const ready = Math.min(rows - emitted, MACROBLOCK * (row + 1) - (filters && !isLast ? KEPT_ROWS : 0) - emitted)
      yield bandsOf(strips, row === 0, ready, shrink)
      emitted += ready
      if (filters) keepRows(core, strips)
    }
  }
}

const heightOf = (data: Uint8Array): number => ((data[8] ?? 0) | ((data[9] ?? 0) << 8)) & 0x3fff

function decodeRow(exports: Vp8DecoderExports, modes: Vp8Input, tokens: Vp8Input | undefined): void {
  for (let status = exports.vp8DecodeRow(); status !== DONE; status = exports.vp8DecodeRow()) {
    if (status === WANTS_MODES) modes.fill()
    else if (status === WANTS_TOKENS) tokens?.fill()
    else throw endedPixels()
  }
}

/** The size of the partition with the header and the modes, by the frame tag. */
function firstPartitionBytes(data: Uint8Array): number {
  const tag = (data[0] ?? 0) | ((data[1] ?? 0) << 8) | ((data[2] ?? 0) << 16)
  if ((tag & 1) !== 0) throw damagedWebp('the VP8 frame is no key frame')
  if (((tag >> 1) & 7) > 3) throw damagedWebp('the VP8 version is not known')
  if (((tag >> 4) & 1) === 0) throw damagedWebp('the VP8 frame is not to be shown')
  const bytes = tag >> 5
  if (bytes > data.length - HEADER_BYTES) throw endedPixels()
  return bytes
}

/** Partitions of tokens: the sizes of all but the last stand in front of them (RFC 6386 §9.5). */
function openPartitions(core: Core<Vp8DecoderExports>, data: Uint8Array): Vp8Input[] {
  const count = core.exports.vp8Partitions()
  let start = PARTITION_SIZE_BYTES * (count - 1)
  if (start >= data.length) throw endedPixels()
  return Array.from({ length: count }, (_, i) => {
    const at = i * PARTITION_SIZE_BYTES
    const size = (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16)
    const end = i === count - 1 ? data.length : Math.min(start + size, data.length)
    const partition = data.subarray(start, end)
    if (i === count - 1 && partition.length === 0) throw endedPixels()
    start = end
    return createVp8Input(core, i + 1, partition, TOKENS_PADDING)
  })
}

type Strips = readonly [luma: Strip, cb: Strip, cr: Strip]

/** Takes what rows need, and writes the core's record of them. */
function startRows(core: Core<Vp8DecoderExports>, width: number, filters: boolean, shrink: Vp8Shrink): Strips {
  const columns = macroblocks(width)
  const strip = (size: number): Strip => {
    const kept = filters ? (KEPT_ROWS * size) / MACROBLOCK : 0
    const stride = (columns * size + 15) & ~15
    return { ptr: core.alloc(stride * (size + kept) + SLACK), stride, rows: size, kept }
  }
  const chroma = MACROBLOCK / Math.max(shrink, 2)
  const strips: Strips = [strip(MACROBLOCK / shrink), strip(chroma), strip(chroma)]
  const [luma, cb, cr] = strips
  const above = { contexts: 2, modes: 4, samples: 32, filters: filters ? 4 : 0 }
  const bytes = Object.values(above).reduce((sum, entry) => sum + entry, 0) * (columns + 1)
  const samples = core.alloc(bytes)
  const modes = samples + above.samples * (columns + 1)
  const contexts = modes + above.modes * (columns + 1)
  const limits = contexts + above.contexts * (columns + 1)
  core.bytes().fill(0, samples, samples + bytes)
  const fields = {
    columns,
    luma: luma.ptr + luma.kept * luma.stride,
    cb: cb.ptr + cb.kept * cb.stride,
    cr: cr.ptr + cr.kept * cr.stride,
    stride: luma.stride,
    chromaStride: cb.stride,
    contexts,
    modes,
    samples,
    filters: filters ? limits : 0,
    bits: Math.log2(shrink),
    lastWidth: width - MACROBLOCK * (columns - 1),
  }
  const [view, record] = [core.view(), core.exports.vp8Row()]
  for (const [name, value] of Object.entries(fields)) view.setUint32(record + ROW[name as keyof typeof fields], value, true)
  return strips
}

/** The strips' rows of the first `ready` rows of luma. The first row of macroblocks has nothing kept in front of it. */
function bandsOf(strips: Strips, isFirst: boolean, ready: number, shrink: Vp8Shrink): Vp8Bands {
  const band = ({ ptr, stride, kept }: Strip, rows: number): Band => ({ ptr: ptr + (isFirst ? kept * stride : 0), stride, rows })
  const chroma = Math.ceil(ready / Math.max(shrink, 2))
  return [band(strips[0], Math.ceil(ready / shrink)), band(strips[1], chroma), band(strips[2], chroma)]
}

/** Moves the last rows, which the next row of macroblocks may change, to the front. */
function keepRows(core: Core, strips: Strips): void {
  const memory = core.bytes()
  for (const { ptr, stride, rows, kept } of strips) memory.copyWithin(ptr, ptr + rows * stride, ptr + (rows + kept) * stride)
}
