import { fourCC } from '../../engine/bytes.ts'
import { exifOrientation } from '../../exif.ts'
import type { Shape } from '../../raster.ts'
import type { Probe } from '../define.ts'
import {
  bitstreamShape,
  damagedWebp,
  isBitstream,
  uint24,
  type WebpChunk,
  webpChunks,
  type WebpPixels,
} from '../../engine/webp/container.ts'

const FIRST_CHUNK_AT = 12
const ALPHA_FLAG = 0x10
const ANIMATION_FLAG = 0x02

export interface WebpProbe extends Probe {
  /** The ANMF chunks of an animation; empty for a still picture. */
  readonly animation: readonly WebpChunk[]
  /** The pixels of a still picture; `null` for an animation. */
  readonly pixels: WebpPixels | null
  /** Its ICC profile. */
  readonly icc: WebpChunk | null
}

export const isWebp = (head: Uint8Array): boolean => fourCC(head, 0) === 'RIFF' && fourCC(head, 8) === 'WEBP'

/**
 * Reads a WebP container: RIFF, then VP8 (lossy), VP8L (lossless) or VP8X (extended).
 * Source: RFC 9649 §2. @throws AppError `invalid_image`.
 */
export function probeWebp(file: Uint8Array): WebpProbe {
  const [first] = webpChunks(file, FIRST_CHUNK_AT, file.length)
  if (first === undefined) throw damagedWebp('the header is cut short')
  if (isBitstream(first)) {
    const pixels = { bitstream: first, alpha: undefined }
    const isLossless = first.kind === 'VP8L'
    return { ...bitstreamShape(file, first), frames: 1, orientation: 1, isLossless, animation: [], pixels, icc: null }
  }
  if (first.kind !== 'VP8X') throw damagedWebp(`the first chunk is ${JSON.stringify(first.kind)}`)
  if (first.end - first.start < 10) throw damagedWebp('the extended header is cut short')
  const flags = file[first.start] ?? 0
  const canvas = { width: 1 + uint24(file, first.start + 4), height: 1 + uint24(file, first.start + 7) }
  const chunks = [...webpChunks(file, first.end, file.length)]
  const orientation = orientationOf(file, chunks)
  const hasAlpha = (flags & ALPHA_FLAG) !== 0
  const icc = chunks.find(({ kind }) => kind === 'ICCP') ?? null
  if ((flags & ANIMATION_FLAG) === 0) {
    const bitstream = stillPixels(file, chunks, canvas)
    const isLossy = bitstream.kind === 'VP8 '
    const alpha = hasAlpha && isLossy ? chunks.find(({ kind }) => kind === 'ALPH') : undefined
    const isTransparent = hasAlpha || bitstreamShape(file, bitstream).hasAlpha
    const pixels = { bitstream, alpha }
    return { ...canvas, hasAlpha: isTransparent, frames: 1, orientation, isLossless: !isLossy, animation: [], pixels, icc }
  }
  const animation = chunks.filter(({ kind }) => kind === 'ANMF')
  if (animation.length === 0) throw damagedWebp('the animation has no frame')
  // A frame may leave parts of the canvas bare.
  return { ...canvas, hasAlpha: true, frames: animation.length, orientation, animation, pixels: null, icc }
}

/** A bitstream that is larger than the canvas would pass our limits unseen. */
function stillPixels(file: Uint8Array, chunks: readonly WebpChunk[], canvas: Shape): WebpChunk {
  const pixels = chunks.find(isBitstream)
  if (pixels === undefined) throw damagedWebp('there is no picture in it')
  const { width, height } = bitstreamShape(file, pixels)
  if (width !== canvas.width || height !== canvas.height) {
    throw damagedWebp(`the canvas is ${canvas.width}×${canvas.height}, the picture in it ${width}×${height}`)
  }
  return pixels
}

function orientationOf(file: Uint8Array, chunks: readonly WebpChunk[]): Probe['orientation'] {
  const exif = chunks.find(({ kind }) => kind === 'EXIF')
  return exif ? exifOrientation(tiffOf(file.subarray(exif.start, exif.end))) : 1
}

/** Some writers keep JPEG's `Exif\0\0` in front. */
const tiffOf = (exif: Uint8Array): Uint8Array => (fourCC(exif, 0) === 'Exif' ? exif.subarray(6) : exif)
