// Multi-Picture Format (CIPA DC-007-2021): which pictures follow the first one in a JPEG.
import { ascii, bigEndian, concat, startsWith, viewOf } from '../../engine/bytes.ts'

/** A part of a file, in bytes from its beginning. */
export interface Place {
  readonly start: number
  readonly end: number
}

const NAME = ascii('MPF\0')
const [VERSION_TAG, COUNT_TAG, ENTRIES_TAG] = [0xb000, 0xb001, 0xb002]
const [LONG, UNDEFINED] = [4, 7]
const ENTRY_BYTES = 16
/** No camera writes more; a file that says so is looked at no longer than this. */
const MOST_PICTURES = 8
/** Attribute of a picture: a baseline JPEG that is the primary one (DC-007 §5.2.3.3.1). */
const PRIMARY = 0x030000

/** The index has two pictures and no other directory, so its size is fixed. */
const INDEX_BYTES = 8 + 2 + 3 * 12 + 4 + 2 * ENTRY_BYTES
/** Payload of the APP2 segment that `mpfPayload` gives. */
export const MPF_BYTES = NAME.length + INDEX_BYTES

/**
 * Where the pictures behind the first one lie by the index in an APP2 payload at `segment`, at most seven. What lies outside of the file or in front of
 * the index, and what is no index, is left out.
 */
export function readMpf(file: Uint8Array, { start, end }: Place): readonly Place[] {
  const index = file.subarray(start + NAME.length, end)
  if (!startsWith(file.subarray(start, end), NAME) || index.length < 8) return []
  const view = viewOf(index)
  const little = view.getUint16(0) === 0x4949
  if ((!little && view.getUint16(0) !== 0x4d4d) || view.getUint16(2, little) !== 42) return []
  const directory = view.getUint32(4, little)
  if (directory + 2 > index.length) return []
  const fields = Math.min(view.getUint16(directory, little), Math.floor((index.length - directory - 2) / 12))
  for (let i = 0; i < fields; i++) {
    const field = directory + 2 + 12 * i
    if (view.getUint16(field, little) !== ENTRIES_TAG) continue
    return entriesAt(view, view.getUint32(field + 8, little), view.getUint32(field + 4, little), little)
      .map(({ offset, size }) => ({ start: start + NAME.length + offset, end: start + NAME.length + offset + size }))
      .filter((place) => place.start >= end && place.end > place.start && place.end <= file.length)
  }
  return []
}

/** Entries from the second picture on; offsets count from the index's byte order. */
function entriesAt(view: DataView, at: number, bytes: number, little: boolean): { offset: number; size: number }[] {
  const count = Math.min(MOST_PICTURES, Math.floor(Math.min(bytes, view.byteLength - at) / ENTRY_BYTES))
  return Array.from({ length: Math.max(0, count - 1) }, (_, i) => {
    const entry = at + ENTRY_BYTES * (i + 1)
    return { size: view.getUint32(entry + 4, little), offset: view.getUint32(entry + 8, little) }
  })
}

/** The payload for two pictures, the second right behind the first. `at`: where the payload will stand in the file. */
export function mpfPayload(at: number, primaryBytes: number, secondBytes: number): Uint8Array {
  const field = (tag: number, type: number, count: number, value: Uint8Array): Uint8Array =>
    concat([Uint8Array.of(tag >> 8, tag & 255, 0, type), bigEndian(count), value])
  return concat([
    NAME,
    ascii('MM\0*'),
    bigEndian(8),
    Uint8Array.of(0, 3),
    field(VERSION_TAG, UNDEFINED, 4, ascii('0100')),
    field(COUNT_TAG, LONG, 1, bigEndian(2)),
    field(ENTRIES_TAG, UNDEFINED, 2 * ENTRY_BYTES, bigEndian(INDEX_BYTES - 2 * ENTRY_BYTES)),
    bigEndian(0),
    ...[PRIMARY, primaryBytes, 0, 0].map(bigEndian),
    ...[0, secondBytes, primaryBytes - at - NAME.length, 0].map(bigEndian),
  ])
}
