import { AppError } from '../../../errors.ts'
import type { Shape } from '../../raster.ts'
import { type Calibration, readCalibration } from './calibration.ts'

export const damagedBmp = (why: string): AppError => new AppError('invalid_image', { reason: `BMP: ${why}.` })
const unknownBmp = (why: string): AppError => new AppError('unsupported_format', { reason: `BMP: ${why}.` })

/** Bits of a pixel that hold red, green, blue and alpha; alpha 0 when there is none. */
export type Masks = readonly [red: number, green: number, blue: number, alpha: number]

/** A device-independent bitmap: what stands behind the file header of a BMP, and in icons. */
export interface Dib extends Shape {
  readonly isTopDown: boolean
  readonly bitsPerPixel: 1 | 2 | 4 | 8 | 16 | 24 | 32
  readonly coding: 'plain' | 'rle4' | 'rle8'
  /** Of up to eight bits a pixel: B, G, R and perhaps a byte more for each colour. */
  readonly palette: { readonly start: number; readonly colours: number; readonly entryBytes: 3 | 4 } | null
  /** Of 16 and 32 bits a pixel. */
  readonly masks: Masks
  /** Of the first stored row. */
  readonly pixelsAt: number
  readonly profile: { readonly start: number; readonly end: number } | null
  /** What the header itself tells of its colours. */
  readonly calibration: Calibration | null
}

/** Bytes of the headers that are known: CORE, INFO, V2 to V5. OS/2's second has any size from 16 to 64. */
const CORE = 12
const INFO = 40
const [V2, V3, V4, V5] = [52, 56, 108, 124]
const WITH_OS2_COMPRESSION = (size: number): boolean => size > CORE && size <= 64 && ![INFO, V2, V3].includes(size)
const [PLAIN, RLE8, RLE4, FIELDS, JPEG, PNG, ALPHA_FIELDS] = [0, 1, 2, 3, 4, 5, 6]
const DEPTHS: readonly number[] = [1, 2, 4, 8, 16, 24, 32]
/** bV5CSType `MBED`: the profile is in the file. */
const EMBEDDED = 0x4d424544
/** Of both: `LCS_CALIBRATED_RGB`. */
const CALIBRATED = 0

/**
 * Reads the header at `at` (Windows GDI, BITMAPCOREHEADER to BITMAPV5HEADER; OS/2 2.x). `pixelsAt`: where the file header says that the pixels are.
 * An icon's picture has twice its height in the header and alpha in 32 bits.
 * @throws AppError `invalid_image`, `unsupported_format`.
 */
export function readDib(file: Uint8Array, at: number, pixelsAt: number | null, isIcon = false): Dib {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const size = at + 4 <= file.length ? view.getUint32(at, true) : 0
  if (size < CORE || at + size > file.length) throw damagedBmp('the header is cut short')
  if (size !== CORE && size !== V4 && size !== V5 && (size < 16 || size > 64)) throw unknownBmp(`a header of ${size} bytes`)
  const field = (offset: number): number => (offset + 4 <= size ? view.getUint32(at + offset, true) : 0)
  const isCore = size === CORE
  const width = isCore ? view.getUint16(at + 4, true) : view.getInt32(at + 4, true)
  const stored = isCore ? view.getUint16(at + 6, true) : view.getInt32(at + 8, true)
  const depth = view.getUint16(at + (isCore ? 10 : 14), true)
  const compression = field(16)
  const height = isIcon ? Math.abs(stored) >> 1 : Math.abs(stored)
  if (width <= 0 || height <= 0) throw damagedBmp(`a size of ${width}×${stored}`)
  if (!DEPTHS.includes(depth)) throw damagedBmp(`${depth} bits a pixel`)
  const bitsPerPixel = depth as Dib['bitsPerPixel']
  const coding = codingOf(compression, depth, WITH_OS2_COMPRESSION(size))
  if (coding !== 'plain' && stored < 0) throw damagedBmp('compressed rows from the top')
  const hasFields = compression === FIELDS || compression === ALPHA_FIELDS
  const outside = size === INFO && hasFields ? (compression === FIELDS ? 12 : 16) : 0
  const start = at + size + outside
  const entryBytes = isCore ? 3 : 4
  const told = field(32)
  const colours = depth > 8 ? 0 : Math.min(told === 0 ? 1 << depth : told, 256)
  const behind = start + (depth > 8 ? Math.min(told, 256) : colours) * entryBytes
  return {
    width,
    height,
    isTopDown: stored < 0,
    bitsPerPixel,
    coding,
    palette: depth > 8 ? null : { start, entryBytes, colours: paletteColours(colours, start, entryBytes, pixelsAt) },
    masks: hasFields ? readMasks(view, at, size, outside) : defaultMasks(depth, isIcon || (size >= V3 && field(52) === 0xff000000)),
    pixelsAt: pixelsAt !== null && pixelsAt > at && pixelsAt < file.length ? pixelsAt : behind,
    calibration: (size === V4 || size === V5) && field(56) === CALIBRATED ? readCalibration(view, at + 60) : null,
    profile: size === V5 && field(56) === EMBEDDED ? profileAt(file, at + field(112), field(116)) : null,
  }
}

function codingOf(compression: number, depth: number, isOs2: boolean): Dib['coding'] {
  if (compression === PLAIN) return 'plain'
  if (compression === RLE8 && depth === 8) return 'rle8'
  if (compression === RLE4 && depth === 4) return 'rle4'
  if (isOs2 && (compression === FIELDS || compression === JPEG)) throw unknownBmp(`OS/2's compression ${compression}`)
  if ((compression === FIELDS || compression === ALPHA_FIELDS) && (depth === 16 || depth === 32)) return 'plain'
  if (compression === JPEG || compression === PNG) throw unknownBmp(`a ${compression === JPEG ? 'JPEG' : 'PNG'} for a printer inside`)
  throw damagedBmp(`compression ${compression} of ${depth} bits a pixel`)
}

/** Some writers tell of more colours than there is room for before the pixels. */
const paletteColours = (colours: number, start: number, entryBytes: number, pixelsAt: number | null): number =>
  pixelsAt !== null && pixelsAt > start ? Math.min(colours, Math.floor((pixelsAt - start) / entryBytes)) : colours

/** Masks in the header from V2 on, behind it otherwise; alpha from V3 on. */
function readMasks(view: DataView, at: number, size: number, outside: number): Masks {
  const mask = (i: number): number => {
    const present = outside > 0 ? 4 * i < outside : INFO + 4 * i + 4 <= size
    const offset = at + INFO + 4 * i
    return present && offset + 4 <= view.byteLength ? view.getUint32(offset, true) : 0
  }
  return [mask(0), mask(1), mask(2), mask(3)]
}

const defaultMasks = (depth: number, hasAlpha: boolean): Masks =>
  depth === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0xff00, 0xff, depth === 32 && hasAlpha ? 0xff000000 : 0]

const profileAt = (file: Uint8Array, start: number, bytes: number): Dib['profile'] =>
  bytes > 0 && start + bytes <= file.length ? { start, end: start + bytes } : null

/** Bits of an index, or of the widest level of a channel. */
export function dibDepth({ bitsPerPixel, masks }: Pick<Dib, 'bitsPerPixel' | 'masks'>): number {
  if (bitsPerPixel <= 8) return bitsPerPixel
  const widths = masks.map((mask) => [...(mask >>> 0).toString(2)].filter((bit) => bit === '1').length)
  return Math.max(...widths)
}

/** Rows begin at multiples of four bytes. */
export const dibRowBytes = ({ width, bitsPerPixel }: Pick<Dib, 'width' | 'bitsPerPixel'>): number =>
  Math.ceil((width * bitsPerPixel) / 32) * 4
