import { AppError } from '../../../errors.ts'
import { createRaster, type Raster, type Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { type PixelRows, rowStride } from '../rows/pixel-rows.ts'
import type { Band } from '../plane-stream.ts'
import { damagedPng } from './chunks.ts'
import { createPngData, type CrcExports, requirePlausible } from './data.ts'
import { type PngHeader, readPngHeader } from './header.ts'
import { createInflater, type Inflater, type InflateExports, inflaterBytes } from './inflater.ts'
import { adam7Passes } from './interlace.ts'
import { type ConvertDeepRow, createPngRowReader, pngRowBytes, type PngRowExports, ROW_SLACK } from './rows.ts'

export type PngDecoderExports = InflateExports & CrcExports & PngRowExports

export interface PngDecodeOptions {
  /**
   * Show what can be shown of a damaged file, if it has a first row: wrong checksums are passed over, and from where the data end or break on
   * all samples are zero. Otherwise any damage of what carries pixels is an error, as in libpng.
   */
  readonly isPartial?: boolean
  /** How 16 bits become 8; rounded without it. Files of fewer bits are not converted. */
  readonly convert?: ConvertDeepRow | undefined
}

/** A PNG that arrives as RGBA rows (straight alpha, 8 bits), top to bottom. */
export interface PngRows extends Shape {
  /**
   * The next rows, or `null` after the last. They lie in the core's memory until the next call; 16 bytes behind each may be read.
   * @throws AppError `invalid_image`.
   */
  next(): Band | null
  /** What was wrong although rows came out (`isPartial`); complete once `next` has answered `null`. */
  readonly warnings: readonly string[]
}

/** More pixels than any caller's limit lets through; keeps sizes of buffers inside what JavaScript can make. */
const MAX_PIXELS = 2 ** 28
const STRIP_BYTES = 65536
/** Bytes behind the strip that may be touched. */
const STRIP_SLACK = Math.max(64, ROW_SLACK)

const stripRows = ({ width, height }: Shape): number => Math.min(height, Math.max(1, Math.floor(STRIP_BYTES / rowStride(width))))

/**
 * Decodes a PNG by rows. Memory is bounded by rows, not by the picture (about 250 KiB and a few rows), except that an interlaced file needs
 * its whole picture outside the core. The core's arena is taken from and not given back: the caller marks and releases.
 * @throws AppError `invalid_image`; `too_many_pixels` over 2^28 pixels or when a row does not fit.
 */
export function decodePng(core: Core<PngDecoderExports>, file: Uint8Array, options: PngDecodeOptions = {}): PngRows {
  return decodePixels(core, file, readPngHeader(file), options)
}

/** The pixels of a picture or of a frame, as the header says: where they begin, and how many there are. @throws as `decodePng`. */
export function decodePixels(core: Core<PngDecoderExports>, file: Uint8Array, header: PngHeader, options: PngDecodeOptions): PngRows {
  const warnings: string[] = []
  if (header.width * header.height > MAX_PIXELS) {
    throw new AppError('too_many_pixels', { reason: `Expected at most ${MAX_PIXELS} pixels, received ${header.width}×${header.height}.` })
  }
  const rows = stripRows(header)
  const stride = rowStride(header.width)
  const strip = core.alloc(rows * stride + STRIP_SLACK)
  const source = createRowSource(core, file, header, options, warnings)
  if (!header.interlaced) source.start(header.width)
  const fill = header.interlaced ? fromPicture(core, header, source, strip) : (row: number) => source.read(strip + row * stride)
  let y = 0
  return {
    width: header.width,
    height: header.height,
    warnings,
    next() {
      if (y === header.height) return null
      const count = Math.min(rows, header.height - y)
      for (let row = 0; row < count; row++) fill(row, y + row)
      y += count
      if (y === header.height) source.finish()
      return { ptr: strip, stride, rows: count }
    },
  }
}

/** A PNG by rows, shown as far as it goes, as browsers do; `warnings` takes what was wrong with it. @throws AppError `invalid_image` when not one row comes out. */
export function pngRows(
  core: Core<PngDecoderExports>,
  file: Uint8Array,
  hasAlpha: boolean,
  warnings: Set<string>,
  convert?: ConvertDeepRow,
): PixelRows {
  const rows = decodePng(core, file, { isPartial: true, convert })
  function* bands(): Generator<Band> {
    for (let band = rows.next(); band !== null; band = rows.next()) yield band
    for (const warning of rows.warnings) warnings.add(warning)
  }
  return { width: rows.width, height: rows.height, isOpaque: !hasAlpha, bands: bands() }
}

/** Decodes the whole picture. Gives the core's memory back. @throws as `decodePng`. */
export function decodePngRaster(core: Core<PngDecoderExports>, file: Uint8Array, options: PngDecodeOptions = {}): Raster {
  const mark = core.mark()
  try {
    const stream = decodePng(core, file, options)
    const raster = createRaster(stream)
    const rowBytes = stream.width * 4
    let at = 0
    for (let band = stream.next(); band !== null; band = stream.next()) {
      const memory = core.bytes()
      for (let row = 0; row < band.rows; row++, at += rowBytes) {
        const from = band.ptr + row * band.stride
        raster.data.set(memory.subarray(from, from + rowBytes), at)
      }
    }
    return raster
  } finally {
    core.release(mark)
  }
}

/** Upper bound of the bytes that `decodePng` holds beside the file: core memory and, for an interlaced file, its picture. */
export function pngDecodeBytes(probe: Pick<PngHeader, 'width' | 'height' | 'colourType' | 'bitDepth' | 'interlaced'>): number {
  const rowBytes = pngRowBytes(probe, probe.width) + 1
  const strip = (stripRows(probe) + 1) * rowStride(probe.width)
  const picture = probe.interlaced ? probe.width * probe.height * 4 : 0
  const deep = probe.bitDepth === 16 ? 8 * probe.width : 0
  return inflaterBytes(rowBytes * probe.height, rowBytes) + 4 * rowBytes + strip + deep + picture + 8192
}

interface RowSource {
  start(width: number): void
  read(to: number): void
  finish(): void
}

/** Inflates and unfilters row after row. After damage in a partial decode, every row is one of zeros. */
function createRowSource(
  core: Core<PngDecoderExports>,
  file: Uint8Array,
  header: PngHeader,
  options: PngDecodeOptions,
  warnings: string[],
): RowSource {
  const onDamage = (why: string): void => {
    if (options.isPartial !== true) throw damagedPng(why)
    const warning = damagedPng(why).message
    if (!warnings.includes(warning)) warnings.push(warning)
  }
  const mostTaken = pngRowBytes(header, header.width) + 1
  const total = rawBytes(header)
  requirePlausible(file, total)
  const data = createPngData(core, file, header, onDamage)
  const inflater = createInflater(core, data.read, total, mostTaken)
  const rows = createPngRowReader(core, header, options.convert)
  const zeros = core.alloc(mostTaken + ROW_SLACK)
  core.bytes().fill(0, zeros, zeros + mostTaken + ROW_SLACK)
  let [taken, isBroken, isFirst] = [0, false, true]

  return {
    start(width) {
      taken = pngRowBytes(header, width) + 1
      rows.start(width)
    },
    read(to) {
      if (!isBroken) {
        try {
          return rows.read(nextRow(inflater, taken), to)
        } catch (error) {
          if (isFirst || options.isPartial !== true || !(error instanceof AppError)) throw error
          warnings.push(error.message)
          isBroken = true
        } finally {
          isFirst = false
        }
      }
      rows.start(header.width)
      rows.read(zeros, to)
    },
    finish() {
      if (!isBroken) data.finish()
    },
  }
}

function nextRow(inflater: Inflater, bytes: number): number {
  const from = inflater.take(bytes)
  if (from < 0) throw damagedPng('the pixels end too early')
  return from
}

/** All the rows with their filter bytes, before compression. */
function rawBytes(header: PngHeader): number {
  if (!header.interlaced) return (pngRowBytes(header, header.width) + 1) * header.height
  return adam7Passes(header).reduce((sum, { width, height }) => sum + (pngRowBytes(header, width) + 1) * height, 0)
}

/** Decodes an interlaced file's seven passes into a picture when the first row is asked for, then hands out its rows. */
function fromPicture(core: Core<PngDecoderExports>, header: PngHeader, source: RowSource, strip: number): (row: number, y: number) => void {
  let picture: Uint32Array | null = null
  const stride = rowStride(header.width)
  return (row, y) => {
    picture ??= readPicture(core, header, source, strip)
    const pixels = new Uint32Array(core.exports.memory.buffer, strip + row * stride, header.width)
    pixels.set(picture.subarray(y * header.width, (y + 1) * header.width))
  }
}

function readPicture(core: Core<PngDecoderExports>, header: PngHeader, source: RowSource, scratch: number): Uint32Array {
  const picture = new Uint32Array(header.width * header.height)
  for (const pass of adam7Passes(header)) {
    source.start(pass.width)
    for (let row = 0; row < pass.height; row++) {
      source.read(scratch)
      const pixels = new Uint32Array(core.exports.memory.buffer, scratch, pass.width)
      let at = (pass.y + row * pass.stepY) * header.width + pass.x
      for (let x = 0; x < pass.width; x++, at += pass.stepX) picture[at] = pixels[x] as number // x stays below the pass's width
    }
  }
  return picture
}
