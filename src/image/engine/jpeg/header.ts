import { AppError } from '../../../errors.ts'
import { exifOrientation } from '../../exif.ts'
import type { Orientation } from '../../orientation.ts'
import { EOI, SOS, type Segment, invalidJpeg, isStartOfFrame, nextSegment, uint16 } from './markers.ts'
import type { PlaneColour } from '../plane-stream.ts'

export interface JpegComponent {
  readonly id: number
  /** Sampling factors, 1..4. */
  readonly h: number
  readonly v: number
  /** Number of the quantisation table, 0..3. */
  readonly table: number
}

export interface JpegHeader {
  /** Stored pixels, before the orientation is applied. */
  readonly width: number
  readonly height: number
  /** Bits a sample. */
  readonly precision: number
  /** The frame's coding process. `hierarchical` is any differential frame. */
  readonly process: 'baseline' | 'extended' | 'progressive' | 'lossless' | 'hierarchical'
  readonly arithmetic: boolean
  readonly components: readonly JpegComponent[]
  readonly colour: PlaneColour
  /** EXIF orientation 1..8; 1 when absent or senseless. */
  readonly orientation: Orientation
  /** Where the ICC profile's parts are, in order; empty without a (complete) profile. */
  readonly icc: readonly { readonly start: number; readonly end: number }[]
}

const PROCESSES: Readonly<Record<number, JpegHeader['process']>> = {
  0: 'baseline',
  1: 'extended',
  2: 'progressive',
  3: 'lossless',
  5: 'hierarchical',
  6: 'hierarchical',
  7: 'hierarchical',
}

/**
 * Reads the markers up to the first scan, without decoding anything. Sizes are not limited here.
 * @throws AppError `unsupported_format` for another format or a number of components other than 1, 3 and 4; `invalid_image` for a header that
 * cannot be decoded.
 */
export function probeJpeg(file: Uint8Array): JpegHeader {
  if (file[0] !== 0xff || file[1] !== 0xd8)
    throw new AppError('unsupported_format', { reason: 'expected a JPEG file, received another format' })
  const found = scanHeader(file)
  const frame = found.frame
  if (!frame) throw invalidJpeg('expected a frame header, received none')
  const components = frameComponents(file, frame)
  const width = uint16(file, frame.start + 3)
  const height = uint16(file, frame.start + 1)
  if (width === 0 || height === 0) throw invalidJpeg(`expected a size of at least 1x1, received ${width}x${height}`)
  const kind = frame.code - 0xc0
  const colour = colourOf(components, found.hasJfif, found.adobe)
  return {
    width,
    height,
    precision: file[frame.start] ?? 0,
    process: PROCESSES[kind & 7] ?? 'hierarchical',
    arithmetic: kind > 8,
    components,
    colour,
    orientation: found.exif ? exifOrientation(file.subarray(found.exif.start + 6, found.exif.end)) : 1,
    icc: iccParts(file, found.icc),
  }
}

interface HeaderSegments {
  readonly frame: Segment | undefined
  readonly hasJfif: boolean
  /** Adobe's transform: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobe: number | undefined
  readonly exif: Segment | undefined
  readonly icc: readonly Segment[]
}

function scanHeader(file: Uint8Array): HeaderSegments {
  let frame: Segment | undefined
  let hasJfif = false
  let adobe: number | undefined
  let exif: Segment | undefined
  const icc: Segment[] = []
  for (let offset = 2; ;) {
    const segment = nextSegment(file, offset)
    if (!segment || segment.code === EOI) throw invalidJpeg('expected a scan, received the end of the image')
    const { code, start, end } = segment
    if (code === SOS) return { frame, hasJfif, adobe, exif, icc }
    if (isStartOfFrame(code)) {
      if (frame) throw invalidJpeg('expected one frame, received two')
      frame = segment
    } else if (code === 0xe0 && end - start >= 14 && startsWith(file, start, 'JFIF\0')) hasJfif = true
    else if (code === 0xe1 && startsWith(file, start, 'Exif\0')) exif ??= segment
    else if (code === 0xe2 && end - start > 14 && startsWith(file, start, 'ICC_PROFILE\0')) icc.push(segment)
    else if (code === 0xee && end - start >= 12 && startsWith(file, start, 'Adobe')) adobe = file[start + 11] ?? 0
    offset = end
  }
}

function startsWith(file: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (file[at + i] !== text.charCodeAt(i)) return false
  return true
}

function frameComponents(file: Uint8Array, frame: Segment): JpegComponent[] {
  const count = file[frame.start + 5] ?? 0
  if (frame.end - frame.start !== 6 + 3 * count)
    throw invalidJpeg(`expected a frame header of ${6 + 3 * count} bytes, received ${frame.end - frame.start}`)
  if (count !== 1 && count !== 3 && count !== 4) {
    throw new AppError('unsupported_format', {
      reason: `expected a JPEG of 1, 3 or 4 components, received ${count}`,
      detail: 'jpeg components',
    })
  }
  const components: JpegComponent[] = []
  for (let i = 0; i < count; i++) {
    const at = frame.start + 6 + 3 * i
    const sampling = file[at + 1] ?? 0
    const component = { id: file[at] ?? 0, h: sampling >> 4, v: sampling & 15, table: file[at + 2] ?? 0 }
    if (component.h < 1 || component.h > 4 || component.v < 1 || component.v > 4) {
      throw invalidJpeg(`expected sampling factors of 1 to 4, received ${component.h}x${component.v}`)
    }
    components.push(component)
  }
  return components
}

/** The colour of the components, by the rules of libjpeg. */
function colourOf(components: readonly JpegComponent[], hasJfif: boolean, adobe: number | undefined): PlaneColour {
  if (components.length === 1) return 'gray'
  if (components.length === 4) return adobe === undefined || adobe === 0 ? 'cmyk' : 'ycck'
  if (hasJfif) return 'ycbcr'
  if (adobe !== undefined) return adobe === 0 ? 'rgb' : 'ycbcr'
  return components.map((component) => String.fromCharCode(component.id)).join('') === 'RGB' ? 'rgb' : 'ycbcr'
}

/** "ICC_PROFILE" NUL, number of the part (from 1), number of parts. Answers nothing unless every part is there once. */
function iccParts(file: Uint8Array, segments: readonly Segment[]): { start: number; end: number }[] {
  const parts: { start: number; end: number }[] = []
  for (const { start, end } of segments) {
    const number = file[start + 12] ?? 0
    if (number < 1 || (file[start + 13] ?? 0) !== segments.length || number > segments.length || parts[number - 1]) return []
    parts[number - 1] = { start: start + 14, end }
  }
  return parts
}
