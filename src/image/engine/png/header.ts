import { AppError } from '../../../errors.ts'
import { exifOrientation } from '../../exif.ts'
import type { Orientation } from '../../orientation.ts'
import type { Shape } from '../../raster.ts'
import { frameCount } from './apng/frames.ts'
import { pageOfPng, type PngPage } from './apng/page.ts'
import {
  behindData,
  chunkAt,
  chunkEnd,
  damagedPng,
  isCritical,
  isIntact,
  isPng,
  requireIntact,
  uint16,
  uint32,
  type PngChunk,
} from './chunks.ts'

/** PNG §11.2.2, colour type: what a pixel is made of. */
export type PngColourType = 0 | 2 | 3 | 4 | 6

/** Samples a pixel. */
export const PNG_CHANNELS: Record<PngColourType, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** PNG §11.2.2, table 11.1. */
const DEPTHS: Record<PngColourType, readonly number[]> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] }

const MAX_SIDE = 0x7fffffff

export interface PngProbe {
  readonly width: number
  readonly height: number
  readonly bitDepth: number
  readonly colourType: PngColourType
  readonly interlaced: boolean
  /** An alpha channel or a tRNS chunk; of a page of an animation, that some of it may be transparent. */
  readonly hasAlpha: boolean
  readonly hasIcc: boolean
  /** A chunk caBX: a C2PA manifest (C2PA 2.1 §A.3.4). */
  readonly hasC2pa: boolean
  /** Offset of the first IDAT chunk's length field. */
  readonly dataAt: number
  /** As many as an animation promises, 1 for a still picture. */
  readonly frames: number
  /** How to come to the page that was asked for; `null`: its picture is that of the IDAT chunks. */
  readonly page: PngPage | null
  readonly orientation: Orientation
}

/** A file's header with what the decoder needs. All ranges lie inside the file. */
export interface PngHeader extends Omit<PngProbe, 'frames' | 'page'> {
  /** What the chunks of its pixels are called. */
  readonly dataType: 'IDAT' | 'fdAT'
  /** RGB triples, empty unless the colour type is 3. */
  readonly palette: Uint8Array
  /** The data of tRNS, empty without one or with an unusable one. */
  readonly transparency: Uint8Array
  /** The data of iCCP, cICP, gAMA and cHRM, empty without one. */
  readonly icc: Uint8Array
  readonly cicp: Uint8Array
  readonly gamma: Uint8Array
  readonly chromaticities: Uint8Array
  /** It has a chunk sRGB. */
  readonly isSrgb: boolean
}

type HeaderPart = Pick<PngProbe, 'width' | 'height' | 'bitDepth' | 'colourType' | 'interlaced'>

/**
 * What the chunks around the pixels tell. Inflates nothing and checks the checksums of what comes before the pixels; work is linear in the
 * number of chunks. Source: PNG, third edition. @param number the page, from 1. @throws AppError `invalid_image`; `too_many_pixels` as `pageOfPng`.
 */
export function probePng(file: Uint8Array, number = 1): PngProbe {
  const { width, height, bitDepth, colourType, interlaced, hasAlpha, hasIcc, hasC2pa, orientation, dataAt } = readPngHeader(file)
  const count = frameCount(file)
  const page = number <= count ? findPage(file, { width, height }, hasAlpha, number) : null
  const common = { width, height, bitDepth, colourType, interlaced, hasIcc, hasC2pa, orientation, dataAt }
  return { ...common, frames: Math.max(1, count), page, hasAlpha: page ? !page.isOpaque : hasAlpha }
}

/** `null` as well for the first page of a broken animation: then the picture counts that others see. */
function findPage(file: Uint8Array, canvas: Shape, hasAlpha: boolean, number: number): PngPage | null {
  try {
    const page = pageOfPng(file, canvas, hasAlpha, number)
    return page.steps.length === 1 && page.steps[0]?.frame.dataType === 'IDAT' ? null : page
  } catch (thrown) {
    if (number === 1 && thrown instanceof AppError) return null
    throw thrown
  }
}

/** @throws AppError `invalid_image`. */
export function readPngHeader(file: Uint8Array): PngHeader {
  if (!isPng(file)) throw damagedPng('the signature is missing')
  const first = chunkAt(file, 8)
  if (first === null || first.type !== 'IHDR') throw damagedPng('the file does not begin with IHDR')
  requireIntact(file, first)
  const header = readImageHeader(file, first)
  const found = readAncillary(file, header, chunkEnd(first))
  const hasAlpha = header.colourType >= 4 || found.transparency.length > 0
  return { ...header, ...found, hasAlpha, hasIcc: found.icc.length > 0, dataType: 'IDAT' }
}

function readImageHeader(file: Uint8Array, { start, length }: PngChunk): HeaderPart {
  if (length !== 13) throw damagedPng(`IHDR has ${length} bytes`)
  const [width, height] = [uint32(file, start), uint32(file, start + 4)]
  const [bitDepth, colourType, compression, filter, interlace] = file.subarray(start + 8, start + 13) as unknown as number[] // 13 bytes, checked above
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) throw damagedPng(`a picture of ${width}×${height}`)
  if (!isColourType(colourType)) throw damagedPng(`colour type ${colourType}`)
  if (bitDepth === undefined || !DEPTHS[colourType].includes(bitDepth)) throw damagedPng(`colour type ${colourType} with ${bitDepth} bits`)
  if (compression !== 0 || filter !== 0) throw damagedPng('an unknown compression or filter method')
  if (interlace !== 0 && interlace !== 1) throw damagedPng(`interlace method ${interlace}`)
  return { width, height, bitDepth, colourType, interlaced: interlace === 1 }
}

const isColourType = (value: number | undefined): value is PngColourType => value !== undefined && Object.hasOwn(DEPTHS, value)

interface Ancillary {
  palette: Uint8Array
  transparency: Uint8Array
  icc: Uint8Array
  cicp: Uint8Array
  gamma: Uint8Array
  chromaticities: Uint8Array
  isSrgb: boolean
  hasC2pa: boolean
  orientation: Orientation
  dataAt: number
}

/** The chunks behind IHDR. Ancillary ones that are damaged count as absent, as in libpng; eXIf and caBX may also stand behind the pixels. */
function readAncillary(file: Uint8Array, header: HeaderPart, from: number): Ancillary {
  const none = file.subarray(0, 0)
  const found: Ancillary = {
    palette: none,
    transparency: none,
    icc: none,
    cicp: none,
    gamma: none,
    chromaticities: none,
    isSrgb: false,
    hasC2pa: false,
    orientation: 1,
    dataAt: 0,
  }
  for (let at = from, chunk = chunkAt(file, at); chunk !== null && chunk.type !== 'IEND'; chunk = chunkAt(file, at)) {
    if (chunk.type === 'IDAT') {
      found.dataAt ||= at
      at = behindData(file, at)
      continue
    }
    if (chunk.type === 'eXIf') found.orientation = isIntact(file, chunk) ? exifOrientation(dataOf(file, chunk)) : 1
    else if (chunk.type === 'caBX') found.hasC2pa = true
    else if (found.dataAt === 0) readChunk(file, chunk, header, found)
    at = chunkEnd(chunk)
  }
  if (found.dataAt === 0) throw damagedPng('there are no pixels')
  if (header.colourType === 3 && found.palette.length === 0) throw damagedPng('the palette is missing')
  return found
}

/** One chunk before the pixels. */
function readChunk(file: Uint8Array, chunk: PngChunk, header: HeaderPart, found: Ancillary): void {
  if (isCritical(chunk.type)) {
    requireIntact(file, chunk)
    if (chunk.type !== 'PLTE') throw damagedPng(`an unknown critical chunk ${chunk.type}`)
    if (header.colourType === 3) found.palette = readPalette(dataOf(file, chunk), found.palette)
  } else if (chunk.type === 'tRNS' && isIntact(file, chunk)) found.transparency = readTransparency(dataOf(file, chunk), header, found)
  else if (COLOUR_CHUNKS.includes(chunk.type) && isIntact(file, chunk)) readColourChunk(chunk.type, dataOf(file, chunk), found)
}

const COLOUR_CHUNKS: readonly string[] = ['iCCP', 'cICP', 'gAMA', 'cHRM', 'sRGB']

/** What says how colours are meant (PNG §11.3.2). */
function readColourChunk(type: string, data: Uint8Array, found: Ancillary): void {
  if (type === 'iCCP') found.icc = data
  else if (type === 'cICP') found.cicp = data
  else if (type === 'gAMA') found.gamma = data
  else if (type === 'cHRM') found.chromaticities = data
  else found.isSrgb = true
}

const dataOf = (file: Uint8Array, { start, length }: PngChunk): Uint8Array => file.subarray(start, start + length)

/** PNG §11.2.3: 1 to 256 triples, once. */
function readPalette(data: Uint8Array, earlier: Uint8Array): Uint8Array {
  if (earlier.length > 0) throw damagedPng('two palettes')
  if (data.length === 0 || data.length > 768 || data.length % 3 !== 0) throw damagedPng(`a palette of ${data.length} bytes`)
  return data
}

/** PNG §11.3.2.1: alphas of palette entries behind the palette, or one colour. Of the wrong length or place it counts as absent. */
function readTransparency(data: Uint8Array, { colourType }: HeaderPart, { palette }: Ancillary): Uint8Array {
  const isUsable = colourType === 3 ? data.length <= palette.length / 3 : data.length === { 0: 2, 2: 6, 4: -1, 6: -1 }[colourType]
  return isUsable ? data : data.subarray(0, 0)
}

/** The transparent colour of tRNS, masked to the bit depth: gray uses `red` alone. `null` without one or with a palette. */
export function transparentColour({
  colourType,
  bitDepth,
  transparency,
}: PngHeader): readonly [red: number, green: number, blue: number] | null {
  if (transparency.length === 0 || colourType === 3) return null
  const mask = 2 ** bitDepth - 1
  return [uint16(transparency, 0) & mask, uint16(transparency, 2) & mask, uint16(transparency, 4) & mask]
}
