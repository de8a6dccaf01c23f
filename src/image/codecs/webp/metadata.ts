import { ascii, concat, littleEndian, startsWith } from '../../metadata/bytes.ts'
import type { Carried, Metadata } from '../../metadata/carried.ts'
import { type WebpChunk, webpChunks } from './container.ts'
import { probeWebp } from './header.ts'

const [ICC_FLAG, ALPHA_FLAG, EXIF_FLAG, XMP_FLAG] = [0x20, 0x10, 0x08, 0x04]
/** Some writers keep JPEG's name in front. */
const JPEGS_NAME = ascii('Exif\0\0')

/** The chunks EXIF and XMP (RFC 9649 §2.7.1.5). */
export function metadataOfWebp(file: Uint8Array): Metadata {
  const chunks = [...webpChunks(file, 12, file.length)]
  const dataOf = (kind: string): Uint8Array | null => {
    const found = chunks.find((chunk) => chunk.kind === kind)
    return found ? file.subarray(found.start, found.end) : null
  }
  const exif = dataOf('EXIF')
  return { exif: exif && startsWith(exif, JPEGS_NAME) ? exif.subarray(JPEGS_NAME.length) : exif, xmp: dataOf('XMP ') }
}

/** Puts metadata into a still picture, which becomes one of the extended form. */
export function embedInWebp(file: Uint8Array, { icc, exif, xmp }: Carried): Uint8Array {
  const { width, height, hasAlpha } = probeWebp(file)
  const pixels = [...webpChunks(file, 12, file.length)].filter(({ kind }) => kind !== 'VP8X')
  const flags = (icc ? ICC_FLAG : 0) | (hasAlpha ? ALPHA_FLAG : 0) | (exif ? EXIF_FLAG : 0) | (xmp ? XMP_FLAG : 0)
  const side = (value: number): Uint8Array => littleEndian(value - 1).subarray(0, 3)
  const dataOf = ({ start, end }: WebpChunk): Uint8Array => file.subarray(start, end)
  const chunks = [
    ...chunk('VP8X', concat([Uint8Array.of(flags, 0, 0, 0), side(width), side(height)])),
    ...(icc ? chunk('ICCP', icc) : []),
    ...pixels.flatMap((one) => chunk(one.kind, dataOf(one))),
    ...(exif ? chunk('EXIF', exif) : []),
    ...(xmp ? chunk('XMP ', xmp) : []),
  ]
  const size = chunks.reduce((sum, { length }) => sum + length, 4)
  return concat([ascii('RIFF'), littleEndian(size), ascii('WEBP'), ...chunks])
}

const chunk = (kind: string, data: Uint8Array): readonly Uint8Array[] => [
  ascii(kind),
  littleEndian(data.length),
  data,
  new Uint8Array(data.length & 1),
]
