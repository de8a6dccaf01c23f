import { nextSegment, SOS } from '../engine/jpeg/markers.ts'
import { ascii, concat, startsWith } from '../engine/bytes.ts'
import type { Carried } from './carried.ts'
import type { GainMap } from './gain-map/find.ts'
import { versionOf, withDirectory } from './gain-map/directory.ts'
import { MPF_BYTES, mpfPayload } from './gain-map/mpf.ts'

const APP0 = 0xe0
const APP1 = 0xe1
const APP2 = 0xe2
const APP11 = 0xeb
const EXIF = ascii('Exif\0\0')
const XMP = ascii('http://ns.adobe.com/xap/1.0/\0')
const ICC = ascii('ICC_PROFILE\0')
/** ISO 21496-1 annex C: in a segment APP2 of the picture that has a gain map. */
const ISO_GAIN_MAP = ascii('urn:iso:std:iso:ts:21496:-1\0')
/** The type of a JUMBF box that holds a manifest (C2PA 2.1 §11.1.4.2); in APP11 behind 24 bytes of headers (ISO 19566-5 annex D). */
const [MANIFEST, MANIFEST_AT] = [ascii('c2pa'), 24]
/** A segment's length has 16 bits and counts itself. */
const MOST_BYTES = 65_533
/** ICC.1:2022 annex B.4: behind the name a part's number and how many there are. */
const MOST_ICC_BYTES = MOST_BYTES - 14

/** The EXIF and XMP of a JPEG: its first APP1 segments of each kind. A file that is damaged before its scan has none. */
export const exifOfJpeg = (file: Uint8Array): Uint8Array | null => find(file, EXIF)
export const xmpOfJpeg = (file: Uint8Array): Uint8Array | null => find(file, XMP)

/** How a JPEG says that it has a gain map; of both ways the standard's. */
export function gainMapOfJpeg(file: Uint8Array): 'ultra-hdr' | 'iso-21496-1' | null {
  for (const data of dataOf(file, APP2)) if (startsWith(data, ISO_GAIN_MAP)) return 'iso-21496-1'
  const xmp = xmpOfJpeg(file)
  return xmp && versionOf(new TextDecoder().decode(xmp)) !== null ? 'ultra-hdr' : null
}

export const jpegHasC2pa = (file: Uint8Array): boolean =>
  [...dataOf(file, APP11)].some((data) => startsWith(data.subarray(MANIFEST_AT), MANIFEST))

function find(file: Uint8Array, name: Uint8Array): Uint8Array | null {
  for (const data of dataOf(file, APP1)) if (startsWith(data, name)) return data.subarray(name.length)
  return null
}

/** The data of the segments of a kind before the first scan. */
function* dataOf(file: Uint8Array, code: number): Generator<Uint8Array> {
  for (let segment = nextSegment(file, 2); segment && segment.code !== SOS; segment = nextSegment(file, segment.end))
    if (segment.code === code) yield file.subarray(segment.start, segment.end)
}

/** Puts metadata in front of a JPEG's other segments, behind JFIF's, and a gain map behind all. What is too long for its segment is left out. */
export function embedInJpeg(file: Uint8Array, { icc, exif, xmp, gainMap = null }: Carried): Uint8Array {
  const at = behindJfif(file)
  const map = gainMap ? withMeaning(gainMap) : []
  const mapBytes = bytesOf(map)
  const packet = gainMap?.version ? withDirectory(xmp, gainMap.version, mapBytes) : xmp
  const front = [
    file.subarray(0, at),
    ...segmentOf(EXIF, exif),
    ...segmentOf(XMP, packet),
    ...(gainMap ? [gainMap.iso] : []),
    ...iccSegments(icc),
  ]
  const index = gainMap ? mpfSegment(bytesOf(front), bytesOf(front) + file.length - at, mapBytes) : []
  return concat([...front, ...index, file.subarray(at), ...map])
}

function behindJfif(file: Uint8Array): number {
  const first = nextSegment(file, 2)
  return first?.code === APP0 ? first.end : 2
}

const bytesOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0)

/** A gain map's own JPEG with the segments that tell what its pixels mean. */
function withMeaning({ file, segments }: Pick<GainMap, 'file' | 'segments'>): readonly Uint8Array[] {
  const at = behindJfif(file)
  return [file.subarray(0, at), segments, file.subarray(at)]
}

/** The index of both pictures, at a place of the file. `withoutIndex`: bytes of the primary picture but for this segment. */
function mpfSegment(at: number, withoutIndex: number, mapBytes: number): readonly Uint8Array[] {
  const marker = header(APP2, MPF_BYTES)
  return [marker, mpfPayload(at + marker.length, withoutIndex + marker.length + MPF_BYTES, mapBytes)]
}

const header = (code: number, bytes: number): Uint8Array => Uint8Array.of(0xff, code, (bytes + 2) >> 8, (bytes + 2) & 255)

function segmentOf(name: Uint8Array, data: Uint8Array | null): readonly Uint8Array[] {
  if (!data || name.length + data.length > MOST_BYTES) return []
  return [header(APP1, name.length + data.length), name, data]
}

function iccSegments(icc: Uint8Array | null): readonly Uint8Array[] {
  const count = Math.ceil((icc?.length ?? 0) / MOST_ICC_BYTES)
  if (!icc || count > 255) return []
  return Array.from({ length: count }, (_, i) => {
    const data = icc.subarray(i * MOST_ICC_BYTES, (i + 1) * MOST_ICC_BYTES)
    return [header(APP2, ICC.length + 2 + data.length), ICC, Uint8Array.of(i + 1, count), data]
  }).flat()
}
