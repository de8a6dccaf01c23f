import type { Core } from '../core.ts'
import type { InflateInput } from './inflater.ts'
import { SEQUENCE_BYTES } from './apng/frames.ts'
import { chunkAt, chunkEnd, crc32, damagedPng, isCritical, type PngChunk, uint32 } from './chunks.ts'

export interface CrcExports {
  crc32(crc: number, from: number, bytes: number): number
}

/** The checksum of the letters IDAT, with which every such chunk's checksum begins. */
const CRC_OF_TYPE = 0x35af061e

export interface PngData {
  readonly read: InflateInput
  /** Checks the chunk that was begun up to its end: the last row may be complete before it. */
  finish(): void
}

/** Where the pixels of a picture or a frame begin, and what their chunks are called. */
export interface DataPlace {
  readonly dataAt: number
  /** `fdAT`: of a frame behind the first; each begins with a number, which whoever read the frames has checked. */
  readonly dataType: 'IDAT' | 'fdAT'
}

/**
 * The concatenated data of consecutive IDAT chunks, or of a frame's fdAT chunks, through the core, with their checksums.
 * `onDamage` hears of a wrong checksum or a chunk that the file's end cuts, and may throw; if it does not, the data are used as they are.
 */
export function createPngData(
  core: Core<CrcExports>,
  file: Uint8Array,
  { dataAt, dataType }: DataPlace,
  onDamage: (why: string) => void,
): PngData {
  let chunk: PngChunk | null = null
  let position = dataAt
  let end = dataAt
  let crc = 0

  const open = (): boolean => {
    let next = chunkAt(file, position)
    if (dataType === 'fdAT') while (next !== null && isBetweenFrameData(next)) next = chunkAt(file, chunkEnd(next))
    if (next === null || next.type !== dataType) return false
    chunk = next
    position = next.start + (dataType === 'fdAT' ? SEQUENCE_BYTES : 0)
    end = Math.min(file.length, next.start + next.length)
    crc = dataType === 'IDAT' ? CRC_OF_TYPE : crc32(file, next.start - 4, position)
    return true
  }
  const close = ({ start, length }: PngChunk): void => {
    chunk = null
    if (end < start + length || end + 4 > file.length) onDamage(`the ${dataType} chunk is cut short`)
    else if (crc >>> 0 !== uint32(file, end)) onDamage(`an ${dataType} chunk has a wrong checksum`)
    position = end + 4
  }
  const read: InflateInput = (to, room) => {
    for (;;) {
      if (chunk === null && !open()) return 0
      const bytes = Math.min(room, end - position)
      if (bytes > 0) {
        core.bytes().set(file.subarray(position, position + bytes), to)
        crc = core.exports.crc32(crc, to, bytes)
        position += bytes
      }
      if (position === end && chunk !== null) close(chunk)
      if (bytes > 0) return bytes
    }
  }
  return {
    read,
    finish() {
      if (chunk === null) return
      const scratch = core.mark()
      const at = core.alloc(65536)
      while (chunk !== null) read(at, 65536)
      core.release(scratch)
    },
  }
}

/** Chunks that nobody needs may stand between those of a frame. */
const isBetweenFrameData = ({ type }: PngChunk): boolean => !isCritical(type) && type !== 'fdAT' && type !== 'fcTL'

/** Deflate makes at most 1,032 bytes of one: a picture that claims more than its file can hold is refused before any work. */
export function requirePlausible(file: Uint8Array, rawBytes: number): void {
  if (rawBytes > 1032 * file.length) throw damagedPng('the file is too short for its size')
}
