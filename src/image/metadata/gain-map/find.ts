// Gain maps of JPEG files: Ultra HDR v1.1 by XMP, and ISO 21496-1 by its APP2 segments.
import { ascii, concat, startsWith } from '../../engine/bytes.ts'
import { EOI, endOfScan, nextSegment, SOS, type Segment } from '../../engine/jpeg/markers.ts'
import { readJpegSource, type JpegSource } from '../../engine/jpeg/scaled/estimate.ts'
import { placeInDirectory, versionOf } from './directory.ts'
import { type Place, readMpf } from './mpf.ts'

const [APP1, APP2] = [0xe1, 0xe2]
const XMP = ascii('http://ns.adobe.com/xap/1.0/\0')
const ISO = ascii('urn:iso:std:iso:ts:21496:-1\0')
const ICC = ascii('ICC_PROFILE\0')
const MPF = ascii('MPF\0')
/** Of the versions, which are all that the primary picture's segment has (ISO 21496-1 annex C). */
const VERSIONS_BYTES = 4
/** Bounds of what is looked at: segments in front of a picture, XMP packets among them, and bytes that say what a map's pixels mean. */
const [MOST_SEGMENTS, MOST_PACKETS, MOST_MEANING_BYTES] = [2000, 4, 300_000]

/** A gain map beside a JPEG's picture. */
export interface GainMap {
  /** A part of the source: the map as a JPEG of its own, perhaps with bytes behind it. */
  readonly file: Uint8Array
  /** Its header. Its pixels are no colours: nothing converts them. */
  readonly source: JpegSource
  /** Its segments that say what its pixels mean, with their markers: XMP, ISO 21496-1 and ICC. A copy. */
  readonly segments: Uint8Array
  /** The segment of ISO 21496-1 in front of the primary picture, with its marker; empty without one. A copy. */
  readonly iso: Uint8Array
  /** What the primary picture's XMP tells as `hdrgm:Version`; `null` without one. */
  readonly version: string | null
}

/**
 * The gain map of a JPEG; `null` when the file speaks of none, `damaged` when it does and has none that can be read. Looks at a bounded number of places, each
 * of which is read up to its first scan.
 */
export function findGainMap(file: Uint8Array): GainMap | 'damaged' | null {
  const header = segmentsOf(file)
  if (!header) return null
  const iso = header.filter((segment) => isNamed(file, segment, APP2, ISO))
  const packet = packetsOf(file, header).find((text) => versionOf(text) !== null)
  if (packet === undefined && iso.length === 0) return null
  for (const { start, end } of placesOf(file, header, packet)) {
    const map = mapAt(file.subarray(start, end))
    if (map) return { ...map, iso: copyOf(file, iso.slice(0, 1)), version: packet === undefined ? null : versionOf(packet) }
  }
  return 'damaged'
}

/** Where a map may lie: by the index of pictures, by the directory from the file's end, and behind the primary picture. */
function* placesOf(file: Uint8Array, header: readonly Segment[], packet: string | undefined): Generator<Place> {
  const index = header.find((segment) => isNamed(file, segment, APP2, MPF))
  if (index) yield* readMpf(file, index)
  const place = packet === undefined ? null : placeInDirectory(packet)
  const headerEnd = header.at(-1)?.end ?? 0
  if (place && file.length - place.beforeEnd >= headerEnd) yield { start: file.length - place.beforeEnd, end: file.length }
  const primaryEnd = endOfPicture(file, headerEnd)
  if (primaryEnd !== null) yield { start: primaryEnd + (place?.behind ?? 0), end: file.length }
}

/** The map that begins there, if one does. */
function mapAt(file: Uint8Array): Pick<GainMap, 'file' | 'source' | 'segments'> | null {
  if (file[0] !== 0xff || file[1] !== 0xd8 || file[2] !== 0xff) return null
  const header = segmentsOf(file) ?? []
  const isMeant = packetsOf(file, header).some((text) => versionOf(text) !== null)
  const meanings = header.filter((segment) => (isMeant && isNamed(file, segment, APP1, XMP)) || isIsoMeaning(file, segment))
  if (meanings.length === 0) return null
  const kept = [...meanings, ...header.filter((segment) => isNamed(file, segment, APP2, ICC))]
  if (kept.reduce((bytes, { start, end }) => bytes + 4 + end - start, 0) > MOST_MEANING_BYTES) return null
  try {
    const source = { ...readJpegSource(file), conversion: null }
    const { colour, arithmetic } = source.header
    if (arithmetic || (colour !== 'gray' && colour !== 'ycbcr')) return null
    return { file, source, segments: copyOf(file, kept) }
  } catch {
    return null // of a kind that nobody decodes
  }
}

/** Whether a segment tells by ISO 21496-1 how a map's pixels become gains. */
const isIsoMeaning = (file: Uint8Array, segment: Segment): boolean =>
  isNamed(file, segment, APP2, ISO) && segment.end - segment.start > ISO.length + VERSIONS_BYTES

/** The XMP packets of a header, as texts. */
const packetsOf = (file: Uint8Array, header: readonly Segment[]): readonly string[] =>
  header
    .filter((segment) => isNamed(file, segment, APP1, XMP))
    .slice(0, MOST_PACKETS)
    .map(({ start, end }) => new TextDecoder().decode(file.subarray(start + XMP.length, end)))

const isNamed = (file: Uint8Array, { code, start, end, isCut }: Segment, marker: number, name: Uint8Array): boolean =>
  code === marker && !isCut && startsWith(file.subarray(start, end), name)

/** With their markers and lengths. */
const copyOf = (file: Uint8Array, segments: readonly Segment[]): Uint8Array =>
  concat(segments.map(({ start, end }) => file.subarray(start - 4, end)))

/** The segments up to the first scan and its header; `null` for a file that is damaged before, or has too many. */
function segmentsOf(file: Uint8Array): readonly Segment[] | null {
  try {
    const segments: Segment[] = []
    for (let segment = nextSegment(file, 2); segment && segment.code !== EOI; segment = nextSegment(file, segment.end)) {
      segments.push(segment)
      if (segment.code === SOS) return segments
      if (segments.length === MOST_SEGMENTS) return null
    }
    return null
  } catch {
    return null // a marker that means nothing
  }
}

/** Where the picture ends whose first scan's data begins at `scan`; `null` when it does not. */
function endOfPicture(file: Uint8Array, scan: number): number | null {
  try {
    let segment = nextSegment(file, endOfScan(file, scan))
    while (segment && segment.code !== EOI) segment = nextSegment(file, segment.code === SOS ? endOfScan(file, segment.end) : segment.end)
    return segment?.end ?? null
  } catch {
    return null // a marker that means nothing
  }
}
