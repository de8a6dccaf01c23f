import { AppError } from '../../../errors.ts'

/** What is reserved at a time: little, so that many slow senders of a few bytes do not take all. */
const PIECE_BYTES = 65_536

/** Memory of the isolate for what is collected, or `null` while there is none. */
export type Reserve = (bytes: number) => { release(): void } | null

/** Memory for bytes whose number is not known in advance. It holds only memory for what has come: a slow sender keeps none from others. */
export interface GrowingLease {
  /** Reserves memory for so many bytes in all. @throws AppError `overloaded` when the memory is used up. */
  cover(bytes: number): void
  /** Gives everything back. The lease may grow again afterwards. */
  release(): void
}

export function growingLease(reserve: Reserve): GrowingLease {
  const pieces: { release(): void }[] = []
  return {
    cover(bytes) {
      while (pieces.length * PIECE_BYTES < bytes) {
        const piece = reserve(PIECE_BYTES)
        if (!piece) throw new AppError('overloaded', { detail: `No memory is left for a body of ${bytes} bytes.` })
        pieces.push(piece)
      }
    },
    release() {
      for (const piece of pieces.splice(0)) piece.release()
    },
  }
}
