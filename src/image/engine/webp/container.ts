import { AppError } from '../../../errors.ts'
import { ascii, concat, fourCC, littleEndian, viewOf } from '../bytes.ts'
import type { Shape } from '../../raster.ts'

/** A chunk of a RIFF container. Its payload lies from `start` to `end` of the file, which may be shorter than the chunk says. */
export interface WebpChunk {
  readonly kind: string
  readonly start: number
  readonly end: number
}

/** The pixels of a still picture or a frame: a chunk VP8 or VP8L, and the alpha of VP8 in a chunk ALPH. */
export interface WebpPixels {
  readonly bitstream: WebpChunk
  readonly alpha: WebpChunk | undefined
}

/** Chunks that we walk through before we give up: a bound on work, far above any real file. */
const MAX_CHUNKS = 10_000
const CHUNK_HEADER_BYTES = 8

export const uint24 = (file: Uint8Array, at: number): number => byte(file, at) | (byte(file, at + 1) << 8) | (byte(file, at + 2) << 16)

const byte = (file: Uint8Array, at: number): number => file[at] ?? 0

export const damagedWebp = (why: string): AppError => new AppError('invalid_image', { reason: `WebP: ${why}.` })

/** "If Chunk Size is odd, a single padding byte […] is added" (RFC 9649 §2.3). */
export function* webpChunks(file: Uint8Array, from: number, to: number): Generator<WebpChunk> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  for (let at = from, count = 0; at + CHUNK_HEADER_BYTES <= to && count < MAX_CHUNKS; count++) {
    const size = view.getUint32(at + 4, true)
    const start = at + CHUNK_HEADER_BYTES
    yield { kind: fourCC(file, at), start, end: Math.min(start + size, to) }
    at = start + size + (size & 1)
  }
}

/** Whether the file has all of a chunk: libwebp refuses what is cut, even if the pixels were there. */
export const isWhole = (file: Uint8Array, { start, end }: WebpChunk): boolean => viewOf(file).getUint32(start - 4, true) <= end - start

export const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0)

/** A chunk in parts: a single byte of padding behind an odd payload (RFC 9649 §2.3). */
export function chunkParts(kind: string, payload: readonly Uint8Array[]): Uint8Array[] {
  const size = sizeOf(payload)
  return [ascii(kind), littleEndian(size), ...payload, new Uint8Array(size & 1)]
}

/** The same as bytes. */
export const chunkBytes = (kind: string, ...payload: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => concat(chunkParts(kind, payload))

/** 24 bits, the lowest byte first. */
export const bytes24 = (value: number): Uint8Array => littleEndian(value).subarray(0, 3)

export const isBitstream = ({ kind }: WebpChunk): boolean => kind === 'VP8 ' || kind === 'VP8L'

/** What the header of the pixels themselves says: it decides how much memory a decoder takes, whatever the container claims. */
export function bitstreamShape(file: Uint8Array, chunk: WebpChunk): Shape & { readonly hasAlpha: boolean } {
  const view = new DataView(file.buffer, file.byteOffset + chunk.start, chunk.end - chunk.start)
  return chunk.kind === 'VP8L' ? losslessShape(view) : lossyShape(view)
}

/** RFC 6386 §9.1: three bytes frame tag, start code 9d 01 2a, then 14 bits width and height. */
function lossyShape(view: DataView) {
  if (view.byteLength < 10) throw damagedWebp('the VP8 header is cut short')
  if (view.getUint8(3) !== 0x9d || view.getUint8(4) !== 0x01 || view.getUint8(5) !== 0x2a)
    throw damagedWebp('the VP8 start code is missing')
  const [width, height] = [view.getUint16(6, true) & 0x3fff, view.getUint16(8, true) & 0x3fff]
  if (width === 0 || height === 0) throw damagedWebp('a side is zero')
  return { width, height, hasAlpha: false }
}

/** RFC 9649 §3.4: signature 2f, then 14 bits width − 1, 14 bits height − 1, 1 bit alpha. */
function losslessShape(view: DataView) {
  if (view.byteLength < 5) throw damagedWebp('the VP8L header is cut short')
  if (view.getUint8(0) !== 0x2f) throw damagedWebp('the VP8L signature is missing')
  const bits = view.getUint32(1, true)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff), hasAlpha: ((bits >> 28) & 1) === 1 }
}
