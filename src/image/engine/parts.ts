import { AppError } from '../../errors.ts'

/** The largest file that an encoder makes: it is held in memory. */
export const MAX_RESULT_BYTES = 32_000_000

/** The largest piece of a file: joined files have it twice for a moment. */
const PART_BYTES = 131_072

/** What an encoder's file takes at most while it is made and joined, when it may have so many bytes. */
export const resultBytes = (bound: number): number => Math.min(bound, MAX_RESULT_BYTES) + PART_BYTES

/** A file that is made piece by piece. */
export interface Parts {
  readonly length: number
  /** Takes a piece, with its buffer. @throws AppError `output_too_large` when the file grows beyond `MAX_RESULT_BYTES`. */
  add(part: Uint8Array<ArrayBuffer>): void
  /** The pieces, in order. */
  readonly all: readonly Uint8Array<ArrayBuffer>[]
}

export function createParts(): Parts {
  const all: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  return {
    all,
    get length() {
      return length
    },
    add(part) {
      length += part.length
      if (length > MAX_RESULT_BYTES) {
        const reason = `Expected a result of at most ${MAX_RESULT_BYTES} bytes, received more: a smaller size or a lower quality fits.`
        throw new AppError('output_too_large', { field: 'output', reason })
      }
      all.push(part)
    },
  }
}

/** Ends an array: its memory is free at once, and not only when garbage is collected. */
export function giveBack({ buffer }: Uint8Array | Uint8ClampedArray): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

/** All pieces in one. Each is given back as soon as it is copied; the pages of the new buffer come as they are written: so the file is in memory once. */
export function joinParts(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    file.set(part, at)
    at += part.length
    giveBack(part)
  }
  return file
}
