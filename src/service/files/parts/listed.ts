import { AppError } from '../../../errors.ts'
import { type ListedPart, MIN_PART_BYTES, type PartsUpload, type SentPart } from './session.ts'

/** Errors of a list name the rule in their field, so that a dialect finds its own code. */
const refuse = (field: 'part' | 'partOrder' | 'partSize', reason: string): AppError => new AppError('invalid_body', { field, reason })

/**
 * The parts of which a file is made, as the client lists them.
 * @param held the parts that are stored. @param list in rising order of their numbers, which may have gaps.
 * @throws AppError `invalid_body` with the field `partOrder`, `part` for one that is not stored so, or `partSize`; `file_too_large`.
 */
export function chooseListed({ maxBytes }: PartsUpload, held: readonly SentPart[], list: readonly ListedPart[]): readonly SentPart[] {
  const byNumber = new Map(held.map((part) => [part.number, part]))
  if (list.length === 0) throw refuse('part', 'Expected at least one part.')
  if (list.some(({ number }, i) => i > 0 && number <= (list[i - 1]?.number ?? 0)))
    throw refuse('partOrder', 'The list of parts was not in ascending order. The parts list must be specified in order by part number.')
  const parts = list.map(({ number, etag, checksum }) => {
    const part = byNumber.get(number)
    if (part?.etag !== etag || (checksum !== undefined && part.checksum !== null && checksum !== part.checksum))
      throw refuse(
        'part',
        `One or more of the specified parts could not be found: part ${number} is not stored, or has another ETag or checksum.`,
      )
    return part
  })
  const small = parts.slice(0, -1).find(({ size }) => size < MIN_PART_BYTES)
  if (small)
    throw refuse('partSize', `Your proposed upload is smaller than the minimum allowed size: part ${small.number} has ${small.size} bytes.`)
  const size = sizeOf(parts)
  if (size > maxBytes) throw new AppError('file_too_large', { reason: `Expected at most ${maxBytes} bytes, received ${size}.` })
  return parts
}

export const sizeOf = (parts: readonly Pick<SentPart, 'size'>[]): number => parts.reduce((sum, { size }) => sum + size, 0)
