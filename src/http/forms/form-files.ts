import { growingLease, type Reserve } from '../../service/files/content/growing-lease.ts'
import { asAppError, bodyOf, type FormFile, parserOf, partsOf } from './form-parts.ts'
import { readPartHeaders } from './part-headers.ts'

/**
 * The files of a `multipart/form-data` request, one after the other as they come in. Each is held once, until the next one is asked for; the
 * form is not read on in the meantime.
 * @throws AppError `invalid_body`, `file_too_large`, `overloaded`. Files that came before are answered before.
 */
export async function* readFormFiles(request: Request, reserve: Reserve): AsyncGenerator<FormFile> {
  const parser = parserOf(request)
  const lease = growingLease(reserve)
  try {
    for await (const held of partsOf(parser, request)) {
      if (!('part' in held)) {
        lease.cover(held.bytes)
        continue
      }
      const headers = readPartHeaders(held.part.headers)
      if (headers.isFile) yield { ...headers, body: bodyOf(held.part) }
      lease.release()
    }
  } catch (thrown) {
    throw asAppError(thrown)
  } finally {
    lease.release()
  }
}
