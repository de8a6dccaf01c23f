import { AppError } from '../../../errors.ts'

export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** One chunk of a PNG file (PNG §5.3), by offsets into the file. */
export interface PngChunk {
  /** Four ASCII letters. An upper-case first letter means critical. */
  readonly type: string
  /** Offset of the data. */
  readonly start: number
  readonly length: number
}

/** Length and type. */
export const CHUNK_HEADER_BYTES = 8

export const damagedPng = (why: string): AppError => new AppError('invalid_image', { reason: `PNG: ${why}.` })

export const isPng = (head: Uint8Array): boolean => PNG_SIGNATURE.every((byte, i) => head[i] === byte)

/** A reader may skip ancillary chunks that it does not know. */
export const isCritical = (type: string): boolean => type.charCodeAt(0) < 0x61

/**
 * The chunk whose length field is at `at`, or `null` when there is none: the file ends before its header does, or what is there is no
 * chunk (a type that is not four letters, a length over 2^31 − 1). The data may reach beyond the file's end.
 */
export function chunkAt(file: Uint8Array, at: number): PngChunk | null {
  if (at + 8 > file.length) return null
  const length = uint32(file, at)
  for (let i = at + 4; i < at + 8; i++) if (!isLetter(file[i] ?? 0)) return null
  if (length > 0x7fffffff) return null
  return { type: String.fromCharCode(...file.subarray(at + 4, at + 8)), start: at + 8, length }
}

/** Where the next chunk begins: data, then four bytes CRC. */
export const chunkEnd = ({ start, length }: PngChunk): number => start + length + 4

const IDAT = 0x49444154

/** Behind the IDAT chunks that stand one behind the other from `at` on. A large file has tens of thousands: nothing but their lengths is looked at. */
export function behindData(file: Uint8Array, at: number): number {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  let end = at
  while (end + 8 <= file.length && view.getUint32(end + 4) === IDAT && view.getUint32(end) <= 0x7fffffff) end += view.getUint32(end) + 12
  return end
}

/** Whether the chunk is whole and its checksum right. */
export function isIntact(file: Uint8Array, { start, length }: PngChunk): boolean {
  const end = start + length
  return end + 4 <= file.length && crc32(file, start - 4, end) === uint32(file, end)
}

/** @throws AppError `invalid_image` when the chunk is cut short or its checksum is wrong. */
export function requireIntact(file: Uint8Array, chunk: PngChunk): void {
  if (!isIntact(file, chunk)) throw damagedPng(`the ${chunk.type} chunk is cut short or has a wrong checksum`)
}

export const uint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
export const uint32 = (bytes: Uint8Array, at: number): number => ((uint16(bytes, at) << 16) | uint16(bytes, at + 2)) >>> 0

const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)

/** Length, type, data, checksum (PNG §5.3). */
export function chunkParts<B extends ArrayBufferLike = ArrayBuffer>(
  type: string,
  parts: readonly Uint8Array<B>[],
): Uint8Array<B | ArrayBuffer>[] {
  const head = new Uint8Array(8)
  new DataView(head.buffer).setUint32(
    0,
    parts.reduce((sum, part) => sum + part.length, 0),
  )
  head.set(new TextEncoder().encode(type), 4)
  const tail = new Uint8Array(4)
  new DataView(tail.buffer).setUint32(
    0,
    parts.reduce((crc, part) => crc32(part, 0, part.length, crc), crc32(head, 4)),
  )
  return [head, ...parts, tail]
}

let table: Uint32Array | null = null

/** PNG §5.5, continued from `before`. Plain TypeScript: while decoding, the pixels' checksums are the core's. */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length, before = 0): number {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
    return c >>> 0
  })
  let crc = ~before
  for (let i = from; i < to; i++) crc = (table[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8) // indices stay inside
  return ~crc >>> 0
}
