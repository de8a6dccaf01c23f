import { AppError } from '../../errors.ts'
import { exifOrientation } from '../exif.ts'
import type { Probe } from './define.ts'

const ALPHA_FLAG = 0x10
const ANIMATION_FLAG = 0x02
/** Chunks that a header may hold before we give up counting: a bound on work, far above any real file. */
const MAX_CHUNKS = 10_000

const ascii = (file: Uint8Array, at: number): string => String.fromCharCode(...file.subarray(at, at + 4))

export const isWebp = (head: Uint8Array): boolean => ascii(head, 0) === 'RIFF' && ascii(head, 8) === 'WEBP'

/**
 * Reads a WebP container: RIFF, then VP8 (lossy), VP8L (lossless) or VP8X (extended).
 * Source: RFC 9649 §2. @throws AppError `invalid_image`.
 */
export function probeWebp(file: Uint8Array): Probe {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const kind = ascii(file, 12)
  if (file.length < 30) throw damaged('the header is cut short')
  if (kind === 'VP8 ') return { ...lossySize(view), hasAlpha: false, frames: 1, orientation: 1 }
  if (kind === 'VP8L') return { ...losslessSize(view), frames: 1, orientation: 1 }
  if (kind !== 'VP8X') throw damaged(`the first chunk is ${JSON.stringify(kind)}`)
  const flags = file[20] ?? 0
  const size = { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) }
  return { ...size, hasAlpha: (flags & ALPHA_FLAG) !== 0, ...walkChunks(file, view, (flags & ANIMATION_FLAG) !== 0) }
}

/** RFC 6386 §9.1: three bytes frame tag, start code 9d 01 2a, then 14 bits width and height. */
function lossySize(view: DataView) {
  if (view.getUint8(23) !== 0x9d || view.getUint8(24) !== 0x01 || view.getUint8(25) !== 0x2a) throw damaged('the VP8 start code is missing')
  return notEmpty({ width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff })
}

/** RFC 9649 §3.4: signature 2f, then 14 bits width − 1, 14 bits height − 1, 1 bit alpha. */
function losslessSize(view: DataView) {
  if (view.getUint8(20) !== 0x2f) throw damaged('the VP8L signature is missing')
  const bits = view.getUint32(21, true)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff), hasAlpha: ((bits >> 28) & 1) === 1 }
}

function walkChunks(file: Uint8Array, view: DataView, animated: boolean): Pick<Probe, 'frames' | 'orientation'> {
  let frames = 0
  let orientation: Probe['orientation'] = 1
  for (let at = 12, count = 0; at + 8 <= file.length && count < MAX_CHUNKS; count++) {
    const size = view.getUint32(at + 4, true)
    const kind = ascii(file, at)
    if (kind === 'ANMF') frames++
    if (kind === 'EXIF') orientation = exifOrientation(tiffOf(file.subarray(at + 8, at + 8 + size)))
    at += 8 + size + (size & 1)
  }
  return { frames: animated ? Math.max(1, frames) : 1, orientation }
}

/** Some writers keep JPEG's `Exif\0\0` in front. */
const tiffOf = (exif: Uint8Array): Uint8Array => (ascii(exif, 0) === 'Exif' ? exif.subarray(6) : exif)

const uint24 = (view: DataView, at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16)

function notEmpty<S extends { width: number; height: number }>(size: S): S & { hasAlpha: boolean } {
  if (size.width === 0 || size.height === 0) throw damaged('a side is zero')
  return { ...size, hasAlpha: false }
}

const damaged = (why: string): AppError => new AppError('invalid_image', { reason: `WebP: ${why}.` })
