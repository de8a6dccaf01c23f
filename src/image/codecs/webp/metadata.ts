import { ascii, startsWith, viewOf } from '../../engine/bytes.ts'
import type { Carried } from '../../metadata/carried.ts'
import type { Animation } from '../define.ts'
import { bytes24, chunkBytes, uint24, type WebpChunk, webpChunks } from '../../engine/webp/container.ts'
import { probeWebp } from './header.ts'

const [ICC_FLAG, ALPHA_FLAG, EXIF_FLAG, XMP_FLAG] = [0x20, 0x10, 0x08, 0x04]
/** Some writers keep JPEG's name in front. */
const JPEGS_NAME = ascii('Exif\0\0')

/** The chunk EXIF (RFC 9649 §2.7.1.5). */
export function exifOfWebp(file: Uint8Array): Uint8Array | null {
  const exif = dataOf(file, 'EXIF')
  return exif && startsWith(exif, JPEGS_NAME) ? exif.subarray(JPEGS_NAME.length) : exif
}

export const xmpOfWebp = (file: Uint8Array): Uint8Array | null => dataOf(file, 'XMP ')

/** A chunk of this name (C2PA 2.1 §A.3.6). */
export const webpHasC2pa = (file: Uint8Array): boolean => dataOf(file, 'C2PA') !== null

/** How often an animation plays, and how long each time (RFC 9649 §2.7.1.1). */
export function webpAnimation(file: Uint8Array, frames: readonly WebpChunk[]): Animation | null {
  if (frames.length === 0) return null
  const anim = dataOf(file, 'ANIM')
  const durationMs = frames.reduce((sum, { start }) => sum + uint24(file, start + 12), 0)
  return { frames: frames.length, durationMs, plays: anim && anim.length >= 6 ? viewOf(anim).getUint16(4, true) : 0 }
}

function dataOf(file: Uint8Array, kind: string): Uint8Array | null {
  for (const chunk of webpChunks(file, 12, file.length)) if (chunk.kind === kind) return file.subarray(chunk.start, chunk.end)
  return null
}

/** Puts metadata into a file, which takes the extended form. */
export function embedInWebp(file: Uint8Array, { icc, exif, xmp }: Carried): Uint8Array {
  const { width, height, hasAlpha } = probeWebp(file)
  const chunks = [...webpChunks(file, 12, file.length)]
  const pixels = chunks.filter(({ kind }) => kind !== 'VP8X')
  const extended = chunks.find(({ kind }) => kind === 'VP8X')
  const kept = extended ? (file[extended.start] ?? 0) : hasAlpha ? ALPHA_FLAG : 0
  const flags = kept | (icc ? ICC_FLAG : 0) | (exif ? EXIF_FLAG : 0) | (xmp ? XMP_FLAG : 0)
  return chunkBytes(
    'RIFF',
    ascii('WEBP'),
    chunkBytes('VP8X', Uint8Array.of(flags, 0, 0, 0), bytes24(width - 1), bytes24(height - 1)),
    ...(icc ? [chunkBytes('ICCP', icc)] : []),
    ...pixels.map(({ kind, start, end }) => chunkBytes(kind, file.subarray(start, end))),
    ...(exif ? [chunkBytes('EXIF', exif)] : []),
    ...(xmp ? [chunkBytes('XMP ', xmp)] : []),
  )
}
