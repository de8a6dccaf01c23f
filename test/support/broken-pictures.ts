import type { Bytes } from './pictures.ts'
import { pngFile } from './png-file.ts'

/** Files that clients send although they are broken or not pictures. */

/** No bytes at all. */
export function emptyFile(): Bytes {
  return new Uint8Array(0)
}

/** A web page, to be sent under a name like photo.jpg. */
export function htmlFile(): Bytes {
  return Uint8Array.from(Buffer.from('<!doctype html><title>Not found</title><p>The picture is gone.</p><script>alert(1)</script>'))
}

/** The beginning of a file: by default half of it. */
export function truncated(file: Uint8Array, share = 0.5): Bytes {
  return new Uint8Array(file.subarray(0, Math.floor(file.length * share)))
}

/** The file with `count` bytes changed from offset `from` on. Equal seeds change the same bytes (xorshift32). */
export function flipped(file: Uint8Array, count: number, seed: number, from = 0): Bytes {
  const bytes = new Uint8Array(file)
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) | 1
  const next = (below: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
  for (let n = 0; n < count; n++) {
    const at = from + next(bytes.length - from)
    bytes[at] = bytes[at]! ^ (1 + next(255))
  }
  return bytes
}

/** A valid PNG header of any size, 8-bit RGB, with data for 64 bytes only: a bomb for a decoder that believes 30,000 x 30,000. */
export function hugePng(width = 30_000, height = 30_000): Bytes {
  return pngFile({ width, height, bitDepth: 8, colourType: 2 }, new Uint8Array(64))
}
