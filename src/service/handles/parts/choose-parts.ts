import { AppError } from '../../../errors.ts'

/** The rules of R2, as of S3: parts have at least 5 MiB, and there are at most 10,000. */
export const MIN_PART_BYTES = 5 * 1024 * 1024
export const MAX_PARTS = 10_000

/** Bytes of a part that came by themselves. */
export interface Chunk {
  /** Where it begins in its part, in bytes. */
  readonly offset: number
  readonly size: number
}

/** Bytes that are to come: a part, or with `isChunk` a piece of one. Numbers begin with 1; the offset is inside the part. */
export interface Piece extends Chunk {
  readonly number: number
  readonly isChunk: boolean
}

/** A part that the storage holds. Numbers begin with 1. */
export interface HeldPart {
  readonly number: number
  readonly size: number
  /** Unquoted. */
  readonly etag: string
}

/** A part as the client lists it. */
export interface ListedPart {
  readonly number: number
  /** Unquoted. */
  readonly etag: string
}

const refuse = (reason: string): AppError => new AppError('invalid_parameter', { field: 'parts', reason })

/**
 * The parts of a file in their order: those that the client lists, and with `joinsRest` the others that are held.
 * @param size bytes of the file.
 * @throws AppError `invalid_parameter` when a part is missing, listed twice or not as it is held, and when they do not make up the file.
 */
export function chooseParts(
  size: number,
  held: readonly HeldPart[],
  listed: readonly ListedPart[],
  joinsRest: boolean,
): readonly HeldPart[] {
  const byNumber = new Map(held.map((part) => [part.number, part]))
  const wanted = new Map(listed.map((part) => [part.number, part]))
  if (wanted.size < listed.length) throw refuse('Expected each part once.')
  for (const { number, etag } of listed) {
    const part = byNumber.get(number)
    if (!part) throw refuse(`Part ${number} has not been stored.`)
    if (part.etag !== etag) throw refuse(`Expected the ETag of part ${number} as it was stored last.`)
  }
  const parts = held.filter(({ number }) => joinsRest || wanted.has(number)).toSorted((a, b) => a.number - b.number)
  const gap = parts.findIndex(({ number }, i) => number !== i + 1)
  if (gap >= 0) throw refuse(`Part ${gap + 1} is missing.`)
  const sum = parts.reduce((bytes, part) => bytes + part.size, 0)
  if (sum !== size) throw refuse(`Expected parts of together ${size} bytes, received ${sum} in ${parts.length}.`)
  demandEqual(parts)
  return parts
}

/** R2 joins parts of one size, of which the last may be smaller. That the others have 5 MiB follows from `demandPossible`. */
function demandEqual(parts: readonly HeldPart[]): void {
  const [first] = parts
  if (!first || parts.length === 1) return
  const other = parts.find(({ size }, i) => (i < parts.length - 1 ? size !== first.size : size > first.size))
  if (other)
    throw refuse(
      `Expected parts of one size, but for a smaller last one; part 1 has ${first.size} bytes, part ${other.number} ${other.size}.`,
    )
}

/**
 * The chunks that make up a part, from its beginning without a gap. A chunk that begins inside the one before it is left of an earlier try.
 * @throws AppError `invalid_parameter` when there is none or a gap.
 */
export function wholePart(chunks: readonly Chunk[]): { readonly chunks: readonly Chunk[]; readonly size: number } {
  let size = 0
  const used = chunks
    .toSorted((a, b) => a.offset - b.offset)
    .filter((chunk) => {
      if (chunk.offset > size)
        throw new AppError('invalid_parameter', {
          field: 'part',
          reason: `Expected a chunk at ${size}; the next one is at ${chunk.offset}.`,
        })
      const isNext = chunk.offset === size
      if (isNext) size += chunk.size
      return isNext
    })
  if (used.length === 0) throw new AppError('invalid_parameter', { field: 'part', reason: 'No chunk of this part has come.' })
  return { chunks: used, size }
}

/** @throws AppError `invalid_parameter` for bytes that no part of this number can hold. */
export function demandPossible(fileSize: number, number: number, { offset, size }: Chunk): void {
  const before = (number - 1) * MIN_PART_BYTES + offset
  if (before + size > fileSize)
    throw new AppError('invalid_parameter', {
      field: 'part',
      reason: `Part ${number} begins at ${before - offset} or later; its bytes ${offset} to ${offset + size} are not in a file of ${fileSize}.`,
    })
}
