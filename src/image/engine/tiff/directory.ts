import { AppError } from '../../../errors.ts'

export const damagedTiff = (why: string): AppError => new AppError('invalid_image', { reason: `TIFF: ${why}.` })
export const unknownTiff = (why: string): AppError => new AppError('unsupported_format', { reason: `TIFF: ${why}.` })

/** The numbers of one field. They stay in the file: their count is the file's word. */
export interface Field {
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
  readonly isLittleEndian: boolean
}

/** More pages than any page number needs: a bound on work. */
const MOST_PAGES = 10_000
/** Bytes of a value by its type (TIFF 6.0 §2): BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG … */
const TYPE_BYTES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]

export const isTiff = (head: Uint8Array): boolean => ['II*\0', 'MM\0*'].includes(String.fromCharCode(...head.subarray(0, 4)))

/**
 * The directories of the pages, as far as their chain leads: one that comes back to a directory, or leaves the file, ends there.
 * @throws AppError `invalid_image` without a first one.
 */
export function readDirectories(file: Uint8Array): readonly number[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (file.length < 8) throw damagedTiff('the header is cut short')
  const little = view.getUint16(0) === 0x4949
  const found = new Set<number>()
  for (let at = view.getUint32(4, little); at !== 0 && at + 2 <= file.length && !found.has(at) && found.size < MOST_PAGES;) {
    const next = at + 2 + 12 * view.getUint16(at, little)
    found.add(at)
    if (next + 4 > file.length) break
    at = view.getUint32(next, little)
  }
  if (found.size === 0) throw damagedTiff('there is no directory in it')
  return [...found]
}

/** Reads the directory at `at`. Of a tag that comes twice the first counts. */
export function readDirectory(file: Uint8Array, at: number): Directory {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const little = view.getUint16(0) === 0x4949
  const entries = new Map<number, number>()
  const count = Math.min(view.getUint16(at, little), Math.floor((file.length - at - 2) / 12))
  for (let i = count - 1; i >= 0; i--) entries.set(view.getUint16(at + 2 + 12 * i, little), at + 2 + 12 * i)
  const field = (tag: number): Field | null => {
    const entry = entries.get(tag)
    return entry === undefined ? null : readField(file, view, entry, little)
  }
  return { field, number: (tag) => field(tag)?.at(0) ?? null, isLittleEndian: little }
}

function readField(file: Uint8Array, view: DataView, entry: number, little: boolean): Field | null {
  const type = view.getUint16(entry + 2, little)
  const count = view.getUint32(entry + 4, little)
  const size = TYPE_BYTES[type] ?? 0
  const start = count * size <= 4 ? entry + 8 : view.getUint32(entry + 8, little)
  if (size === 0 || count === 0 || start + count * size > file.length) return null
  const read =
    size === 1
      ? (at: number) => view.getUint8(at)
      : size === 2
        ? (at: number) => view.getUint16(at, little)
        : (at: number) => view.getUint32(at, little)
  return { count, at: (i) => (i < count ? read(start + i * size) : 0), bytes: file.subarray(start, start + count * size) }
}

/** XMP part 3 §1.1.6, C2PA 2.1 §A.3.5. */
const [XMP, C2PA] = [0x02bc, 0xcd41]

/** The XMP packet of the first page; `null` when it has none, or the file is damaged. */
export const xmpOfTiff = (file: Uint8Array): Uint8Array | null => bytesOfFirst(file, XMP)

export const tiffHasC2pa = (file: Uint8Array): boolean => bytesOfFirst(file, C2PA) !== null

function bytesOfFirst(file: Uint8Array, tag: number): Uint8Array | null {
  try {
    const [first] = readDirectories(file)
    return first === undefined ? null : (readDirectory(file, first).field(tag)?.bytes ?? null)
  } catch (thrown) {
    if (thrown instanceof AppError) return null
    throw thrown
  }
}
