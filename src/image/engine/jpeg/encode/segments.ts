import type { HuffmanTable } from './tables.ts'
import { ZIGZAG } from '../zigzag.ts'

/** One component as the frame header names it. */
export interface FrameComponent {
  readonly id: number
  /** Sampling factors. */
  readonly across: number
  readonly down: number
  /** Which of the quantisation tables, and of the pairs of Huffman tables: 0 luma, 1 chroma. */
  readonly tables: 0 | 1
}

export const u16 = (value: number): [number, number] => [value >> 8, value & 255]
export const segment = (marker: number, payload: ArrayLike<number>): Uint8Array => {
  const bytes = new Uint8Array(payload.length + 4)
  bytes.set([0xff, marker, ...u16(payload.length + 2)])
  bytes.set(payload, 4)
  return bytes
}

export const START_OF_IMAGE = Uint8Array.of(0xff, 0xd8)
export const END_OF_IMAGE = Uint8Array.of(0xff, 0xd9)

/** JFIF 1.01, square pixels, no thumbnail. */
export const jfif = (): Uint8Array => segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0])

const ICC_SIGNATURE = new TextEncoder().encode('ICC_PROFILE\0')
/** A segment holds 65,533 bytes, of which 14 are the signature and the numbers. */
const ICC_CHUNK_BYTES = 65519

/** ICC.1:2022 annex B.4: the profile in numbered chunks, at most 255 of them. A longer profile is left out. */
export function iccSegments(profile: Uint8Array): Uint8Array[] {
  const count = Math.ceil(profile.length / ICC_CHUNK_BYTES)
  if (count > 255) return []
  return Array.from({ length: count }, (_, i) =>
    segment(0xe2, [...ICC_SIGNATURE, i + 1, count, ...profile.subarray(i * ICC_CHUNK_BYTES, (i + 1) * ICC_CHUNK_BYTES)]),
  )
}

/** `quantisers` by rows; the file has them in zigzag order. */
export const quantisationTable = (index: number, quantisers: readonly number[]): Uint8Array =>
  segment(0xdb, [index, ...ZIGZAG.map((natural) => quantisers[natural] as number)])

export const frameHeader = (progressive: boolean, width: number, height: number, components: readonly FrameComponent[]): Uint8Array =>
  segment(progressive ? 0xc2 : 0xc0, [
    8,
    ...u16(height),
    ...u16(width),
    components.length,
    ...components.flatMap(({ id, across, down, tables }) => [id, (across << 4) | down, tables]),
  ])

export const huffmanSegment = (kind: 'dc' | 'ac', index: number, { lengths, symbols }: HuffmanTable): Uint8Array =>
  segment(0xc4, [(kind === 'ac' ? 0x10 : 0) | index, ...lengths, ...symbols])

/** The coefficients of a scan: zigzag positions `first` to `last`, and, when progressive, the bit positions of successive approximation. */
export interface ScanRange {
  readonly first: number
  readonly last: number
  readonly high: number
  readonly low: number
}

/** A scan names only the tables that it uses. */
export function scanHeader(components: readonly FrameComponent[], { first, last, high, low }: ScanRange): Uint8Array {
  const usesDc = first === 0 && high === 0
  const selectors = components.flatMap(({ id, tables }) => [id, ((usesDc ? tables : 0) << 4) | (last > 0 ? tables : 0)])
  return segment(0xda, [components.length, ...selectors, first, last, (high << 4) | low])
}
