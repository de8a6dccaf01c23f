import { AppError } from '../../errors.ts'
import type { Raster } from '../raster.ts'
import type { Core } from './core.ts'
import { crc32, PNG_SIGNATURE } from './png-chunks.ts'
import { createDeflater, DEFLATER_BYTES, type DeflatedStream, type DeflateEffort, type DeflateExports } from './png-deflater.ts'
import { PNG_CHANNELS, type PngColourType } from './png-header.ts'

export interface PngEncoderExports extends DeflateExports {
  pngPack(from: number, to: number, pixels: number, colourType: number): void
  pngFilter(row: number, above: number, to: number, bytes: number, bytesPerPixel: number, candidates: number, scratch: number): void
}

export interface PngEncodeOptions {
  /** 1 (fastest) to 10 (smallest). */
  readonly effort?: number
  /** An ICC profile to embed. */
  readonly icc?: Uint8Array | undefined
}

const DEFAULT_EFFORT = 5
/** Zero bytes in front of a row, and bytes behind it that may be touched. */
const MARGIN = 32

/** Sets of filter types, bit n for type n: none, sub and up; or all five. */
const FAST_FILTERS = 0b00111
const ALL_FILTERS = 0b11111

interface Level extends DeflateEffort {
  readonly filters: number
}

const EFFORTS: readonly Level[] = [
  { chain: 1, nice: 16, filters: FAST_FILTERS },
  { chain: 2, nice: 24, filters: FAST_FILTERS },
  { chain: 4, nice: 32, filters: FAST_FILTERS },
  { chain: 6, nice: 48, filters: ALL_FILTERS },
  { chain: 12, nice: 64, filters: ALL_FILTERS },
  { chain: 24, nice: 96, filters: ALL_FILTERS },
  { chain: 48, nice: 128, filters: ALL_FILTERS },
  { chain: 128, nice: 258, filters: ALL_FILTERS },
  { chain: 512, nice: 258, filters: ALL_FILTERS },
  { chain: 4096, nice: 258, filters: ALL_FILTERS },
]

/**
 * Encodes a PNG of 8 bits a channel: gray when every pixel is gray, without alpha when every pixel is opaque; the pixels that come back are
 * exactly the raster's. Core memory is bounded by rows (about 0.7 MB and six rows) and given back.
 */
export function encodePng(
  core: Core<PngEncoderExports>,
  raster: Raster,
  { effort = DEFAULT_EFFORT, icc }: PngEncodeOptions = {},
): Uint8Array {
  const level = levelOf(effort)
  const colourType = colourTypeOf(raster)
  const mark = core.mark()
  try {
    const profile = icc === undefined ? [] : [profileChunk(core, icc, level)]
    const pixels = compress(core, raster, colourType, level)
    return concatenate([
      PNG_SIGNATURE,
      ...chunk('IHDR', [imageHeader(raster, colourType)]),
      ...profile.flat(),
      ...chunk('IDAT', pixels.parts),
      ...chunk('IEND', []),
    ])
  } finally {
    core.release(mark)
  }
}

function levelOf(effort: number): Level {
  const level = EFFORTS[Math.round(effort) - 1]
  if (level === undefined)
    throw new AppError('invalid_parameter', { field: 'effort', reason: `Expected 1 to ${EFFORTS.length}, received ${effort}.` })
  return level
}

/** Upper bound of the bytes that `encodePng` holds beside the raster: core memory, and the compressed data twice. */
export const pngEncodeBytes = ({ width, height }: { width: number; height: number }): number =>
  DEFLATER_BYTES + 7 * (width * 4 + 2 * MARGIN) + 2 * ((width * 4 + 1) * height + 65536)

/** The leanest colour type that holds every pixel exactly. */
function colourTypeOf(raster: Raster): PngColourType {
  const isOpaque = holds(raster, (data, at) => data[at + 3] === 255)
  const isGray = holds(raster, (data, at) => data[at] === data[at + 1] && data[at] === data[at + 2])
  return isGray ? (isOpaque ? 0 : 4) : isOpaque ? 2 : 6
}

function holds({ data, width, height }: Raster, isSo: (data: Uint8ClampedArray, at: number) => boolean): boolean {
  for (let at = 0, end = width * height * 4; at < end; at += 4) if (!isSo(data, at)) return false
  return true
}

function compress(core: Core<PngEncoderExports>, { data, width, height }: Raster, colourType: PngColourType, level: Level): DeflatedStream {
  const bytesPerPixel = PNG_CHANNELS[colourType]
  const rowBytes = width * bytesPerPixel
  const source = core.alloc(width * 4 + MARGIN)
  const filtered = core.alloc(rowBytes + MARGIN)
  const scratch = core.alloc(2 * (rowBytes + MARGIN))
  const rows = core.alloc(2 * (rowBytes + 2 * MARGIN))
  let [row, above] = [rows + MARGIN, rows + rowBytes + 3 * MARGIN]
  core.bytes().fill(0, rows, rows + 2 * (rowBytes + 2 * MARGIN))
  const deflater = createDeflater(core, level)
  for (let y = 0; y < height; y++) {
    core.bytes().set(data.subarray(y * width * 4, (y + 1) * width * 4), source)
    core.exports.pngPack(source, row, width, colourType)
    core.exports.pngFilter(row, above, filtered, rowBytes, bytesPerPixel, level.filters, scratch)
    deflater.write(filtered, rowBytes + 1)
    ;[row, above] = [above, row]
  }
  return deflater.end()
}

/** PNG §11.2.2. */
function imageHeader({ width, height }: Raster, colourType: PngColourType): Uint8Array {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, colourType], 8)
  return header
}

/** PNG §11.3.2.3: a name, a zero byte, compression method 0, the compressed profile. */
function profileChunk(core: Core<PngEncoderExports>, icc: Uint8Array, level: DeflateEffort): Uint8Array[] {
  const mark = core.mark()
  const at = core.alloc(icc.length + MARGIN)
  core.bytes().set(icc, at)
  const deflater = createDeflater(core, level)
  deflater.write(at, icc.length)
  const { parts } = deflater.end()
  core.release(mark)
  return chunk('iCCP', [new TextEncoder().encode('ICC profile\0\0'), ...parts])
}

/** Length, type, data, checksum (PNG §5.3). */
function chunk(type: string, parts: readonly Uint8Array[]): Uint8Array[] {
  const head = new Uint8Array(8)
  new DataView(head.buffer).setUint32(
    0,
    parts.reduce((sum, part) => sum + part.length, 0),
  )
  head.set(new TextEncoder().encode(type), 4)
  const tail = new Uint8Array(4)
  new DataView(tail.buffer).setUint32(
    0,
    parts.reduce((crc, part) => crc32(part, 0, part.length, crc), crc32(head, 4)),
  )
  return [head, ...parts, tail]
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    file.set(part, at)
    at += part.length
  }
  return file
}
