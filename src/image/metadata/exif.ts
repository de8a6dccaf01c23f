// EXIF 2.32 on TIFF 6.0: read into entries, and written anew without what is not true of a result.
import { concat, viewOf } from '../engine/bytes.ts'

/** A value of a directory, as it is stored. */
export interface Entry {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly value: Uint8Array
}

interface Exif {
  readonly little: boolean
  /** The first image directory, EXIF's own and GPS's. */
  readonly image: readonly Entry[]
  readonly exif: readonly Entry[]
  readonly gps: readonly Entry[]
}

const [EXIF_POINTER, GPS_POINTER] = [0x8769, 0x8825]
const LONG = 4
/** Bytes of a value of each type (TIFF 6.0 §2). */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
/** Bounds of work and of what is written. */
const [MOST_ENTRIES, MOST_VALUE_BYTES, MOST_BYTES] = [500, 16_384, 60_000]

const [ARTIST, COPYRIGHT] = [0x013b, 0x8298]

/** What describes the stored pixels, points elsewhere in the file, or shows the picture as it was: size, form, orientation, thumbnails, makers' notes. */
const OF_THE_SOURCE = new Set([
  0x0100,
  0x0101,
  0x0102,
  0x0103,
  0x0106,
  0x0111,
  0x0112,
  0x0115,
  0x0116,
  0x0117,
  0x011c,
  0x0142,
  0x0143,
  0x0144,
  0x0145,
  0x014a,
  0x015b,
  0x0201,
  0x0202,
  0x02bc,
  0x83bb,
  0x8649,
  EXIF_POINTER,
  0x8773,
  GPS_POINTER,
  0x927c,
  0xa001,
  0xa002,
  0xa003,
  0xa005,
  0xc4a5,
  0xc634,
])

/**
 * The EXIF of a result, from that of its source: author and licence alone, or all that is still true. `null` when nothing is left, or the source's is
 * damaged. Orientation is gone, since results are upright.
 */
export function exifOfResult(tiff: Uint8Array, wish: 'copyright' | 'keep'): Uint8Array | null {
  const read = readExif(tiff)
  if (!read) return null
  const stays = ({ tag }: Entry): boolean => (wish === 'keep' ? !OF_THE_SOURCE.has(tag) : tag === ARTIST || tag === COPYRIGHT)
  const kept = { little: read.little, image: read.image.filter(stays), exif: read.exif.filter(stays), gps: wish === 'keep' ? read.gps : [] }
  if (kept.image.length + kept.exif.length + kept.gps.length === 0) return null
  const written = writeExif(kept)
  return written.length <= MOST_BYTES ? written : null
}

export function readExif(tiff: Uint8Array): Exif | null {
  if (tiff.length < 8) return null
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  const little = view.getUint16(0) === 0x4949
  if ((!little && view.getUint16(0) !== 0x4d4d) || view.getUint16(2, little) !== 42) return null
  const image = readDirectory(view, view.getUint32(4, little), little)
  const below = (pointer: number): readonly Entry[] => {
    const entry = image.find(({ tag, type, count }) => tag === pointer && type === LONG && count === 1)
    return entry ? readDirectory(view, viewOf(entry.value).getUint32(0, little), little) : []
  }
  return { little, image, exif: below(EXIF_POINTER), gps: below(GPS_POINTER) }
}

/** The entries that are whole; none where there is no directory. */
function readDirectory(view: DataView, at: number, little: boolean): readonly Entry[] {
  if (at < 8 || at + 2 > view.byteLength) return []
  const entries: Entry[] = []
  const count = Math.min(view.getUint16(at, little), MOST_ENTRIES)
  for (let i = 0, entry = at + 2; i < count && entry + 12 <= view.byteLength; i++, entry += 12) {
    const [tag, type, values] = [view.getUint16(entry, little), view.getUint16(entry + 2, little), view.getUint32(entry + 4, little)]
    const bytes = (TYPE_BYTES[type] ?? 0) * values
    const from = bytes <= 4 ? entry + 8 : view.getUint32(entry + 8, little)
    if (bytes === 0 || bytes > MOST_VALUE_BYTES || from + bytes > view.byteLength) continue
    entries.push({ tag, type, count: values, value: new Uint8Array(view.buffer, view.byteOffset + from, bytes) })
  }
  return entries
}

/** Bytes of a directory with its values. */
const sizeOf = (entries: readonly Entry[]): number =>
  6 + 12 * entries.length + entries.reduce((sum, { value }) => sum + (value.length > 4 ? (value.length + 1) & ~1 : 0), 0)

function writeExif({ little, image, exif, gps }: Exif): Uint8Array {
  const pointer = (tag: number, to: number): Entry => {
    const value = new Uint8Array(4)
    viewOf(value).setUint32(0, to, little)
    return { tag, type: LONG, count: 1, value }
  }
  const pointers = (exif.length > 0 ? 1 : 0) + (gps.length > 0 ? 1 : 0)
  const exifAt = 8 + sizeOf(image) + 12 * pointers
  const gpsAt = exifAt + (exif.length > 0 ? sizeOf(exif) : 0)
  const first = [
    ...image,
    ...(exif.length > 0 ? [pointer(EXIF_POINTER, exifAt)] : []),
    ...(gps.length > 0 ? [pointer(GPS_POINTER, gpsAt)] : []),
  ]
  const header = new Uint8Array(8)
  const view = viewOf(header)
  view.setUint16(0, little ? 0x4949 : 0x4d4d)
  view.setUint16(2, 42, little)
  view.setUint32(4, 8, little)
  return concat([
    header,
    writeDirectory(first, 8, little),
    ...(exif.length > 0 ? [writeDirectory(exif, exifAt, little)] : []),
    ...(gps.length > 0 ? [writeDirectory(gps, gpsAt, little)] : []),
  ])
}

/** In ascending order of tags (TIFF 6.0 §2), without a next directory. */
function writeDirectory(entries: readonly Entry[], at: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(sizeOf(entries))
  const view = viewOf(bytes)
  view.setUint16(0, entries.length, little)
  let valuesAt = 6 + 12 * entries.length
  for (const [i, { tag, type, count, value }] of entries.toSorted((a, b) => a.tag - b.tag).entries()) {
    const entry = 2 + 12 * i
    view.setUint16(entry, tag, little)
    view.setUint16(entry + 2, type, little)
    view.setUint32(entry + 4, count, little)
    if (value.length <= 4) bytes.set(value, entry + 8)
    else {
      view.setUint32(entry + 8, at + valuesAt, little)
      bytes.set(value, valuesAt)
      valuesAt += (value.length + 1) & ~1
    }
  }
  return bytes
}
