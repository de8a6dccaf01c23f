import { AppError } from '../errors.ts'
import type { ByteRange } from '../service/ports.ts'

/** Whether one of the tags of an `If-None-Match` or `If-Match` header names this ETag. Weak comparison unless `strong` (RFC 9110 §8.8.3.2). */
export function matchesEtag(header: string, etag: string, strong = false): boolean {
  if (header.trim() === '*') return true
  return [...header.matchAll(/(W\/)?"([^"]*)"/g)].some(([, weak, tag]) => tag === etag && !(strong && weak !== undefined))
}

export interface Validators {
  readonly etag: string
  readonly lastModified?: Date
}

/** HTTP dates have whole seconds. */
const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)

/**
 * The outcome of a request's preconditions in the order of RFC 9110 §13.2.2, for GET and HEAD.
 * @throws AppError `precondition_failed` for `If-Match` and `If-Unmodified-Since`.
 */
export function isNotModified(headers: Headers, { etag, lastModified }: Validators): boolean {
  const [match, unmodified, noneMatch, modified] = ['If-Match', 'If-Unmodified-Since', 'If-None-Match', 'If-Modified-Since'].map(
    (name) => headers.get(name) ?? undefined,
  )
  if (match !== undefined) {
    if (!matchesEtag(match, etag, true)) throw new AppError('precondition_failed', { field: 'If-Match' })
  } else if (unmodified !== undefined && lastModified && isDate(unmodified) && seconds(lastModified) > seconds(new Date(unmodified))) {
    throw new AppError('precondition_failed', { field: 'If-Unmodified-Since' })
  }
  if (noneMatch !== undefined) return matchesEtag(noneMatch, etag)
  return modified !== undefined && lastModified !== undefined && isDate(modified) && seconds(lastModified) <= seconds(new Date(modified))
}

const isDate = (text: string): boolean => !Number.isNaN(Date.parse(text))

/**
 * The one byte range that a GET asks for; `null` means the whole body: no range, another unit, several ranges, a malformed header
 * (a server may ignore these, RFC 9110 §14.2), or an `If-Range` that does not match.
 * @throws AppError `range_not_satisfiable`.
 */
export function requestedRange(headers: Headers, size: number, { etag, lastModified }: Validators): ByteRange | null {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/.exec(headers.get('Range') ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return null
  const condition = headers.get('If-Range')
  if (
    condition !== null &&
    !(condition.includes('"') ? matchesEtag(condition, etag, true) : lastModified && seconds(lastModified) === seconds(new Date(condition)))
  )
    return null
  const [first, last] = [match[1] ?? '', match[2] ?? '']
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null
  if (start >= size || end <= start) throw new AppError('range_not_satisfiable', { field: 'Range', reason: `The file has ${size} bytes.` })
  return { start, end }
}
