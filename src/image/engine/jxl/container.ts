import { boxes } from '../bmff/boxes.ts'
import { ascii, bigEndian, concat, startsWith, viewOf } from '../bytes.ts'
import { damagedJxl } from './bits.ts'

/** How a codestream begins (ISO/IEC 18181-1 §A.1). */
const CODESTREAM = Uint8Array.of(0xff, 0x0a)
/** The first box of a container (ISO/IEC 18181-2 §9.1). */
const CONTAINER = Uint8Array.of(0, 0, 0, 12, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a)

export const isJxl = (head: Uint8Array): boolean => startsWith(head, CODESTREAM) || startsWith(head, CONTAINER)

/**
 * The codestream of a file, bare or in the boxes of a container: `jxlc`, or `jxlp` in parts. Of the beginning of a file, its beginning. Parts must be in
 * order (18181-2 §9.9). A codestream in one piece is a view of the file. @throws AppError `invalid_image`.
 */
export function codestreamOf(file: Uint8Array): Uint8Array {
  if (startsWith(file, CODESTREAM)) return file
  const parts: Uint8Array[] = []
  for (const { type, start, end } of boxes(file, 0, file.length)) {
    if (type === 'jxlc' && parts.length === 0) return checked(file.subarray(start, end))
    if (type !== 'jxlp') continue
    if (end - start < 4) throw damagedJxl('a part is cut short')
    const counter = viewOf(file).getUint32(start)
    if ((counter & 0x7fffffff) !== parts.length) throw damagedJxl('its parts are not in order')
    parts.push(file.subarray(start + 4, end))
    if (counter >>> 31 === 1) break
  }
  return checked(parts.length === 1 ? (parts[0] as Uint8Array) : concat(parts))
}

function checked(codestream: Uint8Array): Uint8Array {
  if (!startsWith(codestream, CODESTREAM)) throw damagedJxl('there is no picture in it')
  return codestream
}

/** Whether the codestream is copied out of several boxes. */
export const isInParts = (file: Uint8Array, codestream: Uint8Array): boolean => codestream.buffer !== file.buffer

/** The payload of the first box of a type; `null` for a bare codestream, and where there is none. What Brotli has packed (`brob`) is not looked into. */
function payloadOf(file: Uint8Array, type: string): Uint8Array | null {
  if (!startsWith(file, CONTAINER)) return null
  for (const box of boxes(file, 0, file.length)) if (box.type === type) return file.subarray(box.start, box.end)
  return null
}

/** The box `Exif`, behind the offset of its TIFF header (18181-2 §9.5). */
export function exifOfJxl(file: Uint8Array): Uint8Array | null {
  const data = payloadOf(file, 'Exif')
  if (!data || data.length < 4) return null
  const start = 4 + viewOf(data).getUint32(0)
  return start < data.length ? data.subarray(start) : null
}

/** The box `xml ` of a packet of XMP (18181-2 §9.6). */
export function xmpOfJxl(file: Uint8Array): Uint8Array | null {
  const data = payloadOf(file, 'xml ')
  return data && PACKETS.some((start) => startsWith(data, start)) ? data : null
}

/** A codestream in a container with EXIF, from its `II*` or `MM*` on, and XMP; bare without both (18181-2 §9). */
export function embedInJxl(codestream: Uint8Array, { exif, xmp }: JxlMetadata): Uint8Array {
  if (!exif && !xmp) return codestream
  const box = (type: string, ...parts: readonly Uint8Array[]): readonly Uint8Array[] => [
    bigEndian(8 + parts.reduce((sum, { length }) => sum + length, 0)),
    ascii(type),
    ...parts,
  ]
  return concat([
    CONTAINER,
    ...box('ftyp', ascii('jxl '), bigEndian(0), ascii('jxl ')),
    ...(exif ? box('Exif', bigEndian(0), exif) : []),
    ...(xmp ? box('xml ', xmp) : []),
    ...box('jxlc', codestream),
  ])
}

interface JxlMetadata {
  readonly exif: Uint8Array | null
  readonly xmp: Uint8Array | null
}

const PACKETS = [ascii('<?xpacket'), ascii('<x:xmpmeta')]

/** Whether it has boxes of JUMBF, of which the first is of C2PA (C2PA 2.1 §A.4.5). */
export function jxlHasC2pa(file: Uint8Array): boolean {
  const data = payloadOf(file, 'jumb')
  return (
    data !== null && [...boxes(data, 0, data.length)].some(({ type, start }) => type === 'jumd' && startsWith(data.subarray(start), C2PA))
  )
}

/** The type of a C2PA store, as a UUID. */
const C2PA = Uint8Array.of(0x63, 0x32, 0x70, 0x61, 0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71)
