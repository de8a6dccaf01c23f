import { AppError } from '../../../errors.ts'
import type { Core } from '../core.ts'
import type { InflateExports } from '../png/inflater.ts'
import { decodeBlock, type JpegBlockCore } from './jpeg-block.ts'
import { damagedTiff } from './directory.ts'
import type { TiffPicture } from './picture.ts'
import type { BlockStream } from './block-stream.ts'
import { createOpener, openerBytes } from './streams.ts'

export type TiffCore = Core<InflateExports> & JpegBlockCore

/** Samples of a row, pixel by pixel, as large as they are in the file. */
export type SampleRow = Uint16Array

const planesOf = ({ isPlanar, samples }: TiffPicture): number => (isPlanar ? samples : 1)
const samplesOf = ({ isPlanar, samples }: TiffPicture): number => (isPlanar ? 1 : samples)
const blockRowBytes = (picture: TiffPicture): number => Math.ceil((picture.block.width * samplesOf(picture) * picture.bits) / 8)

const isStrips = ({ block, width, coding }: TiffPicture): boolean => block.width === width && coding !== 'jpeg'

/** Upper bound of what `openSamples` holds. */
export function samplesBytes(picture: TiffPicture): number {
  const { width, samples, block, coding, isReversed, fileBytes } = picture
  // A block that is turned bit by bit, or gets its tables, is copied.
  const copy = isReversed || coding === 'jpeg' ? fileBytes : 0
  const rowBytes = blockRowBytes(picture)
  const rows = isStrips(picture) ? 1 : Math.min(block.height, picture.height)
  const jpeg = coding === 'jpeg' ? 24 * (block.width + 16) * (block.height + 16) + 1_000_000 : 0
  return 2 * width * samples * rows + rowBytes + planesOf(picture) * openerBytes(picture, rowBytes) + jpeg + copy + 1024
}

/**
 * Gives the samples of row after row. Strips are read as they come, of tiles one row of them is held. What the file lacks is 0; `warnings` takes that.
 * @throws AppError `invalid_image` when not one row comes out.
 */
export function openSamples(core: TiffCore, file: Uint8Array, picture: TiffPicture, warnings: Set<string>): (y: number) => SampleRow {
  const { width, height, samples, block } = picture
  const planes = planesOf(picture)
  const [across, down] = [Math.ceil(width / block.width), Math.ceil(height / block.height)]
  const rowBytes = blockRowBytes(picture)
  const raw = new Uint8Array(rowBytes)
  const unpack = unpacker(picture)
  const openers = Array.from({ length: planes }, () => createOpener(core, picture, rowBytes))
  const pixels = new Uint8Array(picture.coding === 'jpeg' ? rowBytes * block.height : 0)
  let hasRows = false

  const damage = (why: string): void => void warnings.add(damagedTiff(why).message)
  const open = (plane: number, row: number, column: number): BlockStream => {
    const data = blockData(file, picture, (plane * down + row) * across + column)
    if (picture.coding === 'jpeg') return decodeBlock(core, data, picture, pixels)
    return openers[plane]?.(data, rowBytes * block.height) ?? { read: () => 0 }
  }
  /** Reads a row of a block; false when the stream gives no more. */
  const readRow = (stream: BlockStream, to: SampleRow, plane: number, column: number): boolean => {
    let count = 0
    try {
      count = stream.read(raw)
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'invalid_image') throw thrown
    }
    if (count > 0) hasRows = true
    if (count < rowBytes) {
      if (!hasRows) throw damagedTiff('the pixels are damaged')
      damage('pixels are missing')
      raw.fill(0, count)
    }
    unpredict(raw, picture)
    unpack(raw, to, plane, column * block.width)
    return count === rowBytes
  }
  const readBlock = (stream: BlockStream, rows: readonly SampleRow[], plane: number, column: number): void => {
    for (const row of rows) if (!readRow(stream, row, plane, column)) return
  }
  const safely = (work: () => BlockStream): BlockStream => {
    try {
      return work()
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'invalid_image') throw thrown
      return { read: () => 0 }
    }
  }

  if (isStrips(picture)) {
    const row = new Uint16Array(width * samples)
    let streams: readonly BlockStream[] = []
    return (y) => {
      if (y % block.height === 0) streams = openers.map((_, plane) => safely(() => open(plane, y / block.height, 0)))
      streams.forEach((stream, plane) => readRow(stream, row, plane, 0))
      return row
    }
  }
  const rows = Array.from({ length: Math.min(block.height, height) }, () => new Uint16Array(width * samples))
  return (y) => {
    const inBlock = y % block.height
    if (inBlock === 0) {
      for (const row of rows) row.fill(0)
      const shown = rows.slice(0, height - y)
      for (let plane = 0; plane < planes; plane++)
        for (let column = 0; column < across; column++)
          readBlock(
            safely(() => open(plane, y / block.height, column)),
            shown,
            plane,
            column,
          )
    }
    return rows[inBlock] as SampleRow // as many as a block has
  }
}

/** The bytes of a block as they lie in the file; none where they lie elsewhere. */
function blockData(file: Uint8Array, { offsets, byteCounts, isReversed, coding }: TiffPicture, i: number): Uint8Array {
  const start = offsets.at(i)
  if (i >= offsets.count || start === 0 || start >= file.length) return new Uint8Array(0)
  const told = byteCounts?.at(i) ?? 0
  const data = file.subarray(start, told > 0 ? Math.min(file.length, start + told) : file.length)
  return isReversed && coding !== 'jpeg' && coding !== 'lzw' && coding !== 'deflate' ? data.map(reversed) : data
}

const reversed = (byte: number): number => {
  let result = 0
  for (let bit = 0; bit < 8; bit++) result |= ((byte >> bit) & 1) << (7 - bit)
  return result
}

/** Undoes horizontal differencing (TIFF 6.0 §14). */
function unpredict(raw: Uint8Array, picture: TiffPicture): void {
  if (!picture.hasPredictor) return
  const step = samplesOf(picture)
  if (picture.bits === 8) {
    for (let i = step; i < raw.length; i++) raw[i] = (raw[i] as number) + (raw[i - step] as number) // wraps; inside
    return
  }
  const view = new DataView(raw.buffer)
  const little = picture.isLittleEndian
  for (let i = 2 * step; i + 1 < raw.length; i += 2)
    view.setUint16(i, view.getUint16(i, little) + view.getUint16(i - 2 * step, little), little)
}

/** Puts samples of a block's row where they belong in the page's row. */
function unpacker(picture: TiffPicture): (raw: Uint8Array, to: SampleRow, plane: number, x: number) => void {
  const { bits, samples, width, block, isLittleEndian } = picture
  const own = samplesOf(picture)
  const step = samples - own + 1 // from sample to sample: all of a pixel, or those of one plane
  return (raw, to, plane, x) => {
    const count = Math.min(block.width, width - x) * own
    let at = x * samples + plane
    if (bits === 8) {
      for (let i = 0; i < count; i++, at += step) to[at] = raw[i] as number // inside
    } else if (bits === 16) {
      const [high, low] = isLittleEndian ? [1, 0] : [0, 1]
      for (let i = 0; i < count; i++, at += step) to[at] = ((raw[2 * i + high] as number) << 8) | (raw[2 * i + low] as number) // inside
    } else {
      for (let i = 0, bit = 0; i < count; i++, bit += bits, at += step) {
        const byte = bit >> 3
        const word = ((raw[byte] ?? 0) << 16) | ((raw[byte + 1] ?? 0) << 8) | (raw[byte + 2] ?? 0)
        to[at] = (word >> (24 - bits - (bit & 7))) & ((1 << bits) - 1)
      }
    }
  }
}
