import type { Context } from 'hono'
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
 * The one byte range that the headers ask for. `null` means the whole body: no range, another unit, several ranges, a malformed header
 * (a server may ignore these, RFC 9110 §14.2), or an `If-Range` that does not match. `unsatisfiable`: the range begins behind the end.
 */
export function requestedRange(headers: Headers, size: number, validators: Validators): ByteRange | null | 'unsatisfiable' {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(headers.get('Range') ?? '')
  if (!match || (match[1] === '' && match[2] === '') || !holdsIfRange(headers.get('If-Range'), validators)) return null
  const [first, last] = [match[1] ?? '', match[2] ?? '']
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null
  return start >= size || end <= start ? 'unsatisfiable' : { start, end }
}

/** `If-Range` holds an ETag, compared strongly, or a date that must be the exact time of the last change (RFC 9110 §13.1.5). */
function holdsIfRange(condition: string | null, { etag, lastModified }: Validators): boolean {
  if (condition === null) return true
  if (condition.includes('"')) return matchesEtag(condition, etag, true)
  return lastModified !== undefined && seconds(lastModified) === seconds(new Date(condition))
}

/**
 * The range of a request for a body of `size` bytes; `null` for the whole body. Only GET has ranges.
 * @throws AppError `range_not_satisfiable`, after it has set `Content-Range` with the size (RFC 9110 §15.5.17).
 */
export function readRange(c: Context, size: number, validators: Validators): ByteRange | null {
  if (c.req.method !== 'GET') return null
  const range = requestedRange(c.req.raw.headers, size, validators)
  if (range !== 'unsatisfiable') return range
  c.header('Content-Range', `bytes */${size}`)
  throw new AppError('range_not_satisfiable', { field: 'Range', reason: `The file has ${size} bytes.` })
}
