import { divide } from '../multipart-upload.ts'

/** Bytes `start` to `end` of a stored object, without the last. */
export interface Piece {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** An object that is a piece of a file. */
export interface Source {
  readonly name: string
  readonly size: number
}

/** Parts of files that come in unequal ones: fewer and larger than R2's smallest, since each is a call or two. */
const PART_BYTES = 16 * 1024 * 1024

/**
 * How the storage's own parts are put together. R2 takes parts of one size, of which the last may be smaller. Parts that are so stay as they are, and the file gets the
 * ETag that S3 would give it; others are cut anew. An empty file is one part of no pieces.
 */
export function divideAnew(sources: readonly Source[]): readonly (readonly Piece[])[] {
  const size = sources.reduce((sum, source) => sum + source.size, 0)
  if (size === 0) return [[]]
  const [first] = sources
  const isRegular = sources.every((source, i) => (i < sources.length - 1 ? source.size === first?.size : source.size <= (first?.size ?? 0)))
  if (isRegular && sources.at(-1)?.size !== 0) return sources.map(({ name, size: end }) => [{ name, start: 0, end }])
  return cut(sources, Math.max(PART_BYTES, divide(size).partSize))
}

function cut(sources: readonly Source[], partSize: number): readonly (readonly Piece[])[] {
  const parts: Piece[][] = []
  let room = 0
  for (const { name, size } of sources)
    for (let start = 0; start < size;) {
      if (room === 0) {
        parts.push([])
        room = partSize
      }
      const end = Math.min(size, start + room)
      parts.at(-1)?.push({ name, start, end })
      room -= end - start
      start = end
    }
  return parts
}

export const bytesOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { start, end }) => sum + end - start, 0)
