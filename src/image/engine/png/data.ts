import type { Core } from '../core.ts'
import type { InflateInput } from './inflater.ts'
import { chunkAt, damagedPng, type PngChunk, uint32 } from './chunks.ts'

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

/**
 * The concatenated data of the consecutive IDAT chunks from `at` on, through the core, with their checksums.
 * `onDamage` hears of a wrong checksum or a chunk that the file's end cuts, and may throw; if it does not, the data are used as they are.
 */
export function createPngData(core: Core<CrcExports>, file: Uint8Array, at: number, onDamage: (why: string) => void): PngData {
  let chunk: PngChunk | null = null
  let position = at
  let end = at
  let crc = 0

  const open = (): boolean => {
    const next = chunkAt(file, position)
    if (next === null || next.type !== 'IDAT') return false
    chunk = next
    position = next.start
    end = Math.min(file.length, next.start + next.length)
    crc = CRC_OF_TYPE
    return true
  }
  const close = ({ start, length }: PngChunk): void => {
    chunk = null
    if (end < start + length || end + 4 > file.length) onDamage('the IDAT chunk is cut short')
    else if (crc >>> 0 !== uint32(file, end)) onDamage('an IDAT chunk has a wrong checksum')
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

/** Deflate makes at most 1,032 bytes of one: a picture that claims more than its file can hold is refused before any work. */
export function requirePlausible(file: Uint8Array, rawBytes: number): void {
  if (rawBytes > 1032 * file.length) throw damagedPng('the file is too short for its size')
}
