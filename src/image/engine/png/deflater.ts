import type { Core } from '../core.ts'
import { createParts } from '../parts.ts'

export interface DeflateExports {
  deflateStateBytes(): number
  deflateStart(state: number, chain: number, nice: number): void
  deflateBlock(state: number, from: number, bytes: number, position: number, isLast: number, to: number): number
  adler32(adler: number, from: number, bytes: number): number
  crc32(crc: number, from: number, bytes: number): number
}

const WINDOW_BYTES = 32768
const BLOCK_BYTES = 65535
const MARGIN = 64

/** How hard matches are sought: places tried, and the length that ends the search. */
export interface DeflateEffort {
  readonly chain: number
  readonly nice: number
}

export interface DeflatedStream {
  /** A whole zlib stream, in pieces. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[]
  readonly length: number
}

export interface Deflater {
  /** Takes the next `bytes` at core offset `from`. */
  write(from: number, bytes: number): void
  end(): DeflatedStream
}

/** Core memory that a deflater holds: its tables, the window with a block, and the block's output. */
export const DEFLATER_BYTES = 640 * 1024

/**
 * Makes a zlib stream (RFC 1950) of what is written, block by block. Its memory, of the core's arena, does not depend on the length; the
 * caller releases it. Equal input gives equal bytes on every machine.
 */
export function createDeflater(core: Core<DeflateExports>, { chain, nice }: DeflateEffort): Deflater {
  const { exports } = core
  const state = core.alloc(exports.deflateStateBytes())
  const window = core.alloc(WINDOW_BYTES + BLOCK_BYTES + MARGIN)
  const output = core.alloc(BLOCK_BYTES + MARGIN)
  exports.deflateStart(state, chain, nice)
  const parts = createParts()
  parts.add(Uint8Array.of(0x78, 0x9c))
  let [adler, position] = [1, 0]
  let [blockAt, filled] = [window, 0]

  const flush = (isLast: boolean): void => {
    adler = exports.adler32(adler, blockAt, filled)
    const end = exports.deflateBlock(state, blockAt, filled, position, isLast ? 1 : 0, output)
    parts.add(core.bytes().slice(output, end) as Uint8Array<ArrayBuffer>) // a copy has a buffer of its own
    position += filled
    const kept = Math.min(WINDOW_BYTES, blockAt + filled - window)
    core.bytes().copyWithin(window, blockAt + filled - kept, blockAt + filled)
    blockAt = window + kept
    filled = 0
  }

  return {
    write(from, bytes) {
      for (let [at, left] = [from, bytes]; left > 0;) {
        if (filled === BLOCK_BYTES) flush(false)
        const taken = Math.min(left, BLOCK_BYTES - filled)
        core.bytes().copyWithin(blockAt + filled, at, at + taken)
        filled += taken
        at += taken
        left -= taken
      }
    },
    end() {
      flush(true)
      parts.add(Uint8Array.of(adler >>> 24, adler >>> 16, adler >>> 8, adler))
      return { parts: parts.all, length: parts.length }
    },
  }
}
