import { AppError } from '../../../errors.ts'

/** Marker codes (the byte behind FF) by the standard's names. */
export const SOI = 0xd8
export const EOI = 0xd9
export const SOS = 0xda
export const DQT = 0xdb
export const DHT = 0xc4
export const DRI = 0xdd
const DAC = 0xcc
const TEM = 0x01
const RST0 = 0xd0

/** A marker with its parameters: `file.subarray(start, end)`, empty for markers that have none. */
export interface Segment {
  readonly code: number
  readonly start: number
  readonly end: number
  /** The file ends before the segment does. */
  readonly isCut: boolean
}

export function invalidJpeg(reason: string): AppError {
  return new AppError('invalid_image', { reason: `JPEG: ${reason}` })
}

/** Whether `code` is a start of frame: C0 to CF without DHT, JPG (C8) and DAC. */
export function isStartOfFrame(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== DHT && code !== 0xc8 && code !== DAC
}

/**
 * The next marker at or behind `offset`. Bytes that belong to none are skipped, as are fill bytes, restart and nested start markers.
 * Answers `null` at the file's end. A length that passes the file's end is cut there.
 * @throws AppError `invalid_image` for a reserved marker (as libjpeg does) and where a segment's length is below 2.
 */
export function nextSegment(file: Uint8Array, offset: number): Segment | null {
  let at = offset
  for (;;) {
    at = file.indexOf(0xff, at)
    if (at < 0) return null
    while (file[at] === 0xff) at++
    const code = file[at]
    if (code === undefined) return null
    at++
    if (code === 0 || code === TEM || code === SOI || (code >= RST0 && code < SOI)) continue
    if (code === EOI) return { code, start: at, end: at, isCut: false }
    if (isReserved(code)) throw invalidJpeg(`expected a known marker, received ${code.toString(16)}`)
    if (at + 2 > file.length) return null
    const length = uint16(file, at)
    if (length < 2) throw invalidJpeg(`expected a segment length of at least 2, received ${length}`)
    return { code, start: at + 2, end: Math.min(at + length, file.length), isCut: at + length > file.length }
  }
}

/** The offset of the marker that ends the entropy-coded data at `offset`: none of a restart, none that is reserved. */
export function endOfScan(file: Uint8Array, offset: number): number {
  for (let at = file.indexOf(0xff, offset); at >= 0; at = file.indexOf(0xff, at + 1)) {
    const code = file[at + 1] ?? 0
    if (code >= 0xc0 && code !== 0xff && !(code >= RST0 && code < SOI)) return at
  }
  return file.length
}

/** RES (02 to BF), JPG (C8) and JPG0 to JPG13 (F0 to FD) mean nothing in any process. */
function isReserved(code: number): boolean {
  return code < 0xc0 || code === 0xc8 || (code >= 0xf0 && code <= 0xfd)
}

/** Big-endian 16 bits; bytes past the end count as 0. */
export function uint16(file: Uint8Array, at: number): number {
  return ((file[at] ?? 0) << 8) | (file[at + 1] ?? 0)
}
