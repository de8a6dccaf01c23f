import { AppError } from '../../../errors.ts'

export const damagedTiff = (why: string): AppError => new AppError('invalid_image', { reason: `TIFF: ${why}.` })
export const unknownTiff = (why: string): AppError => new AppError('unsupported_format', { reason: `TIFF: ${why}.` })

/** The numbers of one field. They stay in the file: their count is the file's word. */
export interface Field {
  /** By TIFF 6.0 §2. */
  readonly type: number
  readonly count: number
  /** @returns 0 beyond the last. */
  at(i: number): number
  /** The bytes as they are. */
  readonly bytes: Uint8Array
}

export interface Directory {
  /** `null` when the directory has none, or what it names lies beyond the file. */
  field(tag: number): Field | null
  /** The first number of a field. */
  number(tag: number): number | null
  /** The fields that are whole, as they are stored. */
  fields(): Iterable<readonly [tag: number, field: Field]>
  readonly isLittleEndian: boolean
}

/** How numbers lie in a file: TIFF 6.0 has offsets and counts of 4 bytes, BigTIFF of 8. */
interface Form {
  readonly view: DataView
  readonly little: boolean
  readonly headerBytes: number
  /** Bytes of the number of entries, of an entry, and of a value that stands in its entry. */
  readonly countBytes: 2 | 8
  readonly entryBytes: 12 | 20
  readonly wordBytes: 4 | 8
}

/** More pages than any page number needs: a bound on work. */
const MOST_PAGES = 10_000
/** Bytes of a value by its type (TIFF 6.0 §2): BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG … BigTIFF adds LONG8, SLONG8 and IFD8. */
const TYPE_BYTES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]
/** The first type whose values are numbers of 8 bytes, and no pairs. */
const LONG8 = 16

const signature = (head: Uint8Array): string => String.fromCharCode(...head.subarray(0, 4))

export const isTiff = (head: Uint8Array): boolean => ['II*\0', 'MM\0*'].includes(signature(head)) || isBigTiff(head)

const isBigTiff = (head: Uint8Array): boolean => ['II+\0', 'MM\0+'].includes(signature(head))

function formOf(file: Uint8Array): Form {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const little = file[0] === 0x49
  return isBigTiff(file)
    ? { view, little, headerBytes: 16, countBytes: 8, entryBytes: 20, wordBytes: 8 }
    : { view, little, headerBytes: 8, countBytes: 2, entryBytes: 12, wordBytes: 4 }
}

/** A number of so many bytes; one beyond 2^53 is not exact, and larger than any file. */
function read({ view, little }: Form, at: number, bytes: number): number {
  switch (bytes) {
    case 1:
      return view.getUint8(at)
    case 2:
      return view.getUint16(at, little)
    case 4:
      return view.getUint32(at, little)
    default:
      return view.getUint32(at + (little ? 4 : 0), little) * 2 ** 32 + view.getUint32(at + (little ? 0 : 4), little)
  }
}

/**
 * The directories of the pages, as far as their chain leads: one that comes back to a directory, or leaves the file, ends there.
 * @throws AppError `invalid_image` without a first one.
 */
export function readDirectories(file: Uint8Array): readonly number[] {
  const found = [...placesOf(file)]
  if (found.length === 0) throw damagedTiff('there is no directory in it')
  return found
}

function* placesOf(file: Uint8Array): Generator<number> {
  const form = formOf(file)
  const { headerBytes, countBytes, entryBytes, wordBytes } = form
  if (file.length < headerBytes) throw damagedTiff('the header is cut short')
  // BigTIFF tells that its offsets have 8 bytes, and then two zeros.
  if (wordBytes === 8 && (read(form, 4, 2) !== 8 || read(form, 6, 2) !== 0))
    throw damagedTiff('a BigTIFF with other offsets than of 8 bytes')
  const found = new Set<number>()
  let at = read(form, headerBytes - wordBytes, wordBytes)
  while (at >= headerBytes && at + countBytes <= file.length && !found.has(at) && found.size < MOST_PAGES) {
    const next = at + countBytes + entryBytes * read(form, at, countBytes)
    found.add(at)
    yield at
    if (next + wordBytes > file.length) return
    at = read(form, next, wordBytes)
  }
}

/** Reads the directory at `at`; one beyond the file is empty. Of a tag that comes twice the first counts. */
export function readDirectory(file: Uint8Array, at: number): Directory {
  const form = formOf(file)
  const { countBytes, entryBytes } = form
  const entries = new Map<number, number>()
  const most = Math.min(MOST_FIELDS, Math.floor((file.length - at - countBytes) / entryBytes))
  const count = most > 0 ? Math.min(read(form, at, countBytes), most) : 0
  for (let i = 0; i < count; i++) {
    const entry = at + countBytes + entryBytes * i
    const tag = read(form, entry, 2)
    if (!entries.has(tag)) entries.set(tag, entry)
  }
  const field = (tag: number): Field | null => {
    const entry = entries.get(tag)
    return entry === undefined ? null : readField(file, form, entry)
  }
  function* fields(): Generator<readonly [number, Field]> {
    for (const [tag, entry] of entries) {
      const one = readField(file, form, entry)
      if (one) yield [tag, one]
    }
  }
  return { field, number: (tag) => field(tag)?.at(0) ?? null, fields, isLittleEndian: form.little }
}

/** Directory `number`, from 0, of a file or a block of EXIF that may be damaged, or be no TIFF at all; `null` when it has none. */
export function directoryOf(file: Uint8Array, number: number): Directory | null {
  if (!isTiff(file)) return null
  try {
    let i = 0
    for (const place of placesOf(file)) if (i++ === number) return readDirectory(file, place)
    return null
  } catch (thrown) {
    if (thrown instanceof AppError) return null
    throw thrown
  }
}

/** As many as there are tags. */
const MOST_FIELDS = 65_536

function readField(file: Uint8Array, form: Form, entry: number): Field | null {
  const { wordBytes } = form
  const type = read(form, entry + 2, 2)
  const count = read(form, entry + 4, wordBytes)
  const size = TYPE_BYTES[type] ?? 0
  const value = entry + 4 + wordBytes
  const start = count * size <= wordBytes ? value : read(form, value, wordBytes)
  if (size === 0 || count === 0 || start + count * size > file.length) return null
  // Of a pair the first is read.
  const numberBytes = type >= LONG8 ? 8 : Math.min(size, 4)
  return {
    type,
    count,
    at: (i) => (i < count ? read(form, start + i * size, numberBytes) : 0),
    bytes: file.subarray(start, start + count * size),
  }
}

/** XMP part 3 §1.1.6, C2PA 2.1 §A.3.5. */
const [XMP, C2PA] = [0x02bc, 0xcd41]

/** The XMP packet of the first page; `null` when it has none, or the file is damaged. */
export const xmpOfTiff = (file: Uint8Array): Uint8Array | null => directoryOf(file, 0)?.field(XMP)?.bytes ?? null

export const tiffHasC2pa = (file: Uint8Array): boolean => (directoryOf(file, 0)?.field(C2PA) ?? null) !== null
