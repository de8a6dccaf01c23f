// EXIF 2.32 on TIFF 6.0: read into entries, and written anew without what is not true of a result.
import { concat, viewOf } from '../engine/bytes.ts'
import { type Directory, directoryOf, readDirectory } from '../engine/tiff/directory.ts'

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
/** The types of TIFF 6.0 §2 end with DOUBLE; those behind it point into a file, or are BigTIFF's. */
const [LONG, DOUBLE] = [4, 12]
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

/** Pointers, since what they point to is written anew or left out, and what holds metadata of its own. */
const MAY_TELL_THE_PLACE = new Set([
  0x0111,
  0x0117,
  0x014a,
  0x0201,
  0x0202,
  0x02bc,
  0x83bb,
  0x8649,
  EXIF_POINTER,
  0x8773,
  GPS_POINTER,
  0x927c,
  0xa005,
  0xc4a5,
  0xc634,
])

/** What is taken along: author and licence, all that is still true but for the place, or all of it. */
export type MetadataKind = 'copyright' | 'unlocated' | 'keep'

/**
 * The EXIF of a result, from that of its source. `null` when nothing is left, or the source's is damaged. Orientation is gone, since results are upright.
 */
export function exifOfResult(tiff: Uint8Array, wish: MetadataKind): Uint8Array | null {
  return written(tiff, ({ tag }) => (wish === 'copyright' ? tag === ARTIST || tag === COPYRIGHT : !OF_THE_SOURCE.has(tag)), wish === 'keep')
}

/** The EXIF of the same picture without the place, thumbnails and makers' notes, which may tell it too. `null` when nothing is left, or it is damaged. */
export const exifWithoutPlace = (tiff: Uint8Array): Uint8Array | null => written(tiff, ({ tag }) => !MAY_TELL_THE_PLACE.has(tag), false)

function written(tiff: Uint8Array, stays: (entry: Entry) => boolean, withPlace: boolean): Uint8Array | null {
  const read = readExif(tiff)
  if (!read) return null
  const kept = { little: read.little, image: read.image.filter(stays), exif: read.exif.filter(stays), gps: withPlace ? read.gps : [] }
  if (kept.image.length + kept.exif.length + kept.gps.length === 0) return null
  const bytes = writeExif(kept)
  return bytes.length <= MOST_BYTES ? bytes : null
}

/** EXIF of a block from its `II*` or `MM*` on, or of a TIFF or BigTIFF; `null` when it is none of these. What is damaged in it is left out. */
export function readExif(tiff: Uint8Array): Exif | null {
  const first = directoryOf(tiff, 0)
  if (!first) return null
  const below = (pointer: number): readonly Entry[] => {
    const at = first.number(pointer)
    return at === null ? [] : entriesOf(readDirectory(tiff, at))
  }
  return { little: first.isLittleEndian, image: entriesOf(first), exif: below(EXIF_POINTER), gps: below(GPS_POINTER) }
}

/** The entries that EXIF can have and that are small enough. */
function entriesOf(directory: Directory): readonly Entry[] {
  const entries: Entry[] = []
  for (const [tag, { type, count, bytes: value }] of directory.fields()) {
    if (type <= DOUBLE && value.length <= MOST_VALUE_BYTES) entries.push({ tag, type, count, value })
    if (entries.length === MOST_ENTRIES) break
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
