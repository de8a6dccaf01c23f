import type { Core } from '../core.ts'
import { MOST_LZW_BITS } from '../lzw.ts'

export interface GifExpandExports {
  gifExpandBytes(): number
  gifExpandStart(state: number, literalBits: number): void
  gifExpand(state: number, to: number, have: number, want: number): number
  gifExpandIsDone(state: number): number
  gifPaint(indices: number, count: number, palette: number, to: number): void
}

/** Sizes of a literal that leave room for codes. */
export const isCodeSize = (size: number): boolean => size < MOST_LZW_BITS

/** A string of the table is no longer than this. */
const LONGEST = 4096
/** Data sub-blocks that are handed to the core at a time. */
const INPUT_BYTES = 16 * 255

/** Upper bound of the core memory that `openGifLzw` takes. */
export const gifLzwBytes = (widest: number): number => 5 * LONGEST + 64 + INPUT_BYTES + widest + LONGEST + 64

/** Gives the next row's `count` colour indices: where they are in the core, and how many the file has. They stay until the next row is read. */
export type ReadIndices = (count: number) => { readonly at: number; readonly count: number }

/**
 * Opens a reader of GIF's LZW (GIF89a appendix F), out of data sub-blocks, for one frame after the other, whose rows are at most so wide. What it takes in the core is
 * taken now. `codeSize` is one of `isCodeSize`.
 */
export function openGifLzw(
  core: Core<GifExpandExports>,
  widest: number,
): (file: Uint8Array, dataAt: number, codeSize: number) => ReadIndices {
  const { exports } = core
  const state = core.alloc(exports.gifExpandBytes())
  const input = core.alloc(INPUT_BYTES)
  const rows = core.alloc(widest + LONGEST)
  const supply = (bytes: number): void => {
    const view = core.view()
    view.setUint32(state, input, true)
    view.setUint32(state + 4, input + bytes, true)
  }
  return (file, dataAt, codeSize) => {
    let [at, have, taken] = [dataAt, 0, 0]
    exports.gifExpandStart(state, codeSize)
    supply(0)

    /** Copies sub-blocks. @returns false when there are none left. */
    function refill(): boolean {
      const memory = core.bytes()
      let filled = 0
      for (let length = file[at] ?? 0; length > 0 && filled + length <= INPUT_BYTES && at < file.length; length = file[at] ?? 0) {
        const block = file.subarray(at + 1, at + 1 + length)
        memory.set(block, input + filled)
        filled += block.length
        at += 1 + length
      }
      supply(filled)
      return filled > 0
    }

    return (count) => {
      core.bytes().copyWithin(rows, rows + taken, rows + have)
      have -= taken
      do have = exports.gifExpand(state, rows, have, count)
      while (have < count && exports.gifExpandIsDone(state) === 0 && refill())
      taken = Math.min(count, have)
      return { at: rows, count: taken }
    }
  }
}
