import { AppError } from '../../../errors.ts'
import type { Core } from '../core.ts'
import { readPngHeader } from './header.ts'
import { createInflater, type InflateExports } from './inflater.ts'

const PIECE_BYTES = 4096

/** Profiles of curves, and the tables of scanners and printers; a larger one counts as none. */
export const MAX_PNG_PROFILE_BYTES = 1_048_576

/**
 * The ICC profile that a PNG carries, inflated, or `null` when there is none, when it is damaged, or when it is over `maxBytes`: a wrong
 * profile is no reason to refuse a picture. Inflates no more than `maxBytes`. @throws AppError `invalid_image` when the file's header is.
 */
export function readPngProfile(core: Core<InflateExports>, file: Uint8Array, maxBytes: number): Uint8Array | null {
  const compressed = compressedProfile(readPngHeader(file).icc)
  if (compressed === null) return null
  const mark = core.mark()
  try {
    const profile = inflateWhole(core, compressed, maxBytes)
    // ICC.1 §7.2.2: the profile begins with its size.
    const size = profile.length < 128 ? 0 : new DataView(profile.buffer).getUint32(0)
    return size >= 128 && size <= profile.length && profile.length <= maxBytes ? profile.slice(0, size) : null
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  } finally {
    core.release(mark)
  }
}

/** PNG §11.3.2.3: a name of 1 to 79 bytes, a zero byte, compression method 0, the profile as a zlib stream. */
function compressedProfile(icc: Uint8Array): Uint8Array | null {
  const end = icc.indexOf(0)
  return end >= 1 && end <= 79 && icc[end + 1] === 0 ? icc.subarray(end + 2) : null
}

/** What a zlib stream holds, in pieces that get smaller towards its end; one byte over `maxBytes` at most. @throws AppError `invalid_image`. */
export function inflateWhole(core: Core<InflateExports>, compressed: Uint8Array, maxBytes: number): Uint8Array {
  let at = 0
  const inflater = createInflater(
    core,
    (to, room) => {
      const part = compressed.subarray(at, at + room)
      core.bytes().set(part, to)
      at += part.length
      return part.length
    },
    maxBytes + PIECE_BYTES,
    PIECE_BYTES,
  )
  let profile = new Uint8Array(8 * PIECE_BYTES)
  let [length, piece] = [0, PIECE_BYTES]
  while (piece > 0 && length <= maxBytes) {
    const from = inflater.take(piece)
    if (from < 0) piece >>= 1
    else {
      const taken = Math.min(piece, maxBytes + 1 - length)
      if (length + taken > profile.length) profile = grown(profile)
      profile.set(core.bytes().subarray(from, from + taken), length)
      length += taken
    }
  }
  return profile.subarray(0, length)
}

function grown(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2)
  larger.set(bytes)
  return larger
}
