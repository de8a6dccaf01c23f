import type { BitWriter } from './bit-writer.ts'
import { createPixelCoder } from './coder.ts'
import type { LosslessEncoderCore } from './exports.ts'
import { putCode } from './prefix-codes.ts'

/** Copies reach back so far. */
const MOST_WINDOW = 1 << 16
const BLOCK_PIXELS = 16_384
const [CHAIN, PASSES] = [32, 2]

/** Writes an image of words of A, R, G, B as one that a transform needs (RFC 9649 §3.7.1: entropy-coded image): with one group of codes, without colour cache. */
export function putSubImage(core: LosslessEncoderCore, writer: BitWriter, pixels: Uint32Array, width: number): void {
  const mark = core.mark()
  const windowPixels = windowOf(pixels.length, MOST_WINDOW)
  const blockPixels = Math.min(pixels.length, BLOCK_PIXELS)
  const coder = createPixelCoder(core, {
    width,
    blockPixels,
    windowPixels,
    cacheBits: 0,
    chain: CHAIN,
    passes: PASSES,
    isOneGroup: true,
    groupTokens: pixels.length,
    groupBlocks: 1,
  })
  for (let at = 0; at < pixels.length; at += blockPixels) {
    const block = pixels.subarray(at, at + blockPixels)
    new Uint32Array(core.exports.memory.buffer, coder.place, block.length).set(block)
    coder.code(block.length)
  }
  const { groups, parts, bits } = coder.finish()
  writer.put(0, 1)
  for (const lengths of groups[0] ?? []) putCode(writer, lengths)
  writer.putBytes(parts, bits)
  core.release(mark)
}

/** The smallest power of two that holds so many pixels, within limits. */
export const windowOf = (pixels: number, most: number): number => Math.min(most, 2 ** Math.max(10, Math.ceil(Math.log2(pixels))))
