import type { Context } from 'hono'
import { AppError } from '../errors.ts'
import type { FileInfo, FileStore } from '../service/ports.ts'
import { isNotModified, readRange } from './conditional.ts'

/**
 * Answers GET or HEAD of a stored file, with conditions and ranges (conditional.ts).
 * @param given the headers beside those that follow from the file's size and version.
 * @throws AppError `file_not_found` when it was deleted meanwhile, `precondition_failed`, `range_not_satisfiable`.
 */
export async function answerStoredFile(
  c: Context,
  files: Pick<FileStore, 'open'>,
  account: string,
  info: FileInfo,
  given: Readonly<Record<string, string>>,
): Promise<Response> {
  const headers = { ...given, ETag: `"${info.etag}"`, 'Last-Modified': info.lastModified.toUTCString(), 'Accept-Ranges': 'bytes' }
  const validators = { etag: info.etag, lastModified: info.lastModified }
  if (isNotModified(c.req.raw.headers, validators)) return new Response(null, { status: 304, headers })
  if (c.req.method === 'HEAD') return new Response(null, { headers: { ...headers, 'Content-Length': String(info.size) } })
  const range = readRange(c, info.size, validators)
  const open = await files.open(account, info.path, range ?? undefined)
  if (!open) throw new AppError('file_not_found', { field: info.path })
  const { start, end } = range ?? { start: 0, end: info.size }
  return new Response(open.body, {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      'Content-Length': String(end - start),
      ...(range && { 'Content-Range': `bytes ${start}-${end - 1}/${info.size}` }),
    },
  })
}
