import { ascii, startsWith } from '../../engine/bytes.ts'
import type { Carried } from '../../metadata/carried.ts'
import { bytes24, chunkBytes, webpChunks } from './container.ts'
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

function dataOf(file: Uint8Array, kind: string): Uint8Array | null {
  for (const chunk of webpChunks(file, 12, file.length)) if (chunk.kind === kind) return file.subarray(chunk.start, chunk.end)
  return null
}

/** Puts metadata into a still picture, which becomes one of the extended form. */
export function embedInWebp(file: Uint8Array, { icc, exif, xmp }: Carried): Uint8Array {
  const { width, height, hasAlpha } = probeWebp(file)
  const pixels = [...webpChunks(file, 12, file.length)].filter(({ kind }) => kind !== 'VP8X')
  const flags = (icc ? ICC_FLAG : 0) | (hasAlpha ? ALPHA_FLAG : 0) | (exif ? EXIF_FLAG : 0) | (xmp ? XMP_FLAG : 0)
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
