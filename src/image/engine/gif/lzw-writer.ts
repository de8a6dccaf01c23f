import type { Core } from '../core.ts'
import { createParts } from '../parts.ts'

export interface GifLzwExports {
  gifLzwStateBytes(): number
  gifLzwStart(state: number, literalBits: number): void
  gifLzwRow(state: number, from: number, count: number, to: number): number
  gifLzwOpenBytes(state: number): number
  gifLzwEnd(state: number, to: number): number
}

/** Bytes of a sub-block with its length. */
const BLOCK_BYTES = 256
/** An index gives a code and one that clears, at most. */
const MOST_BYTES_AN_INDEX = 3
/** So many bytes are gathered before they leave the core. */
const PART_BYTES = 65_536
const STATE_BYTES = 33_000

/** Core memory that a writer holds, for rows of so many indices. */
export const gifLzwBytes = (width: number): number => STATE_BYTES + 2 * BLOCK_BYTES + PART_BYTES + MOST_BYTES_AN_INDEX * width

export interface GifLzwWriter {
  /** Takes the row of `count` indices at core offset `from`. */
  write(from: number, count: number): void
  /** All sub-blocks, the empty one at their end too. */
  end(): readonly Uint8Array<ArrayBuffer>[]
}

/** Writes colour indices of `literalBits` bits, 2 to 8, as GIF's data sub-blocks (GIF89a §22). Memory is of the core's arena; the caller releases it. */
export function createGifLzwWriter(core: Core<GifLzwExports>, width: number, literalBits: number): GifLzwWriter {
  const { exports } = core
  const state = core.alloc(exports.gifLzwStateBytes())
  const output = core.alloc(2 * BLOCK_BYTES + PART_BYTES + MOST_BYTES_AN_INDEX * width)
  const parts = createParts()
  exports.gifLzwStart(state, literalBits)
  let at = output
  return {
    write(from, count) {
      at = exports.gifLzwRow(state, from, count, at)
      if (at - output < PART_BYTES) return
      const open = exports.gifLzwOpenBytes(state)
      parts.add(core.bytes().slice(output, at) as Uint8Array<ArrayBuffer>) // a copy has a buffer of its own
      core.bytes().copyWithin(output, at, at + open)
      at = output
    },
    end() {
      parts.add(core.bytes().slice(output, exports.gifLzwEnd(state, at)) as Uint8Array<ArrayBuffer>)
      return parts.all
    },
  }
}
