import { collectBody, type CollectedBody } from '../service/files/content/collect-body.ts'
import type { Reserve } from '../service/files/content/growing-lease.ts'
import { requestBody } from './request-body.ts'

/** Bytes. The service collects a body without a declared length in memory, up to this limit. */
const MAX_BUFFERED_BYTES = 50_000_000

/**
 * The body of a request as a file. Storage must know the length in advance: a body with a declared length is streamed, a chunked body is
 * collected first.
 * @throws AppError `file_too_large`, `overloaded`, `invalid_body` of a chunked body.
 */
export async function readFileBody(request: Request, reserve: Reserve): Promise<CollectedBody> {
  const declared = request.headers.get('Content-Length')
  const release = (): void => undefined
  // The runtime pipes its own stream to the storage without waking JavaScript for each piece.
  if (request.body !== null && declared !== null) return { body: { stream: request.body, size: Number(declared) }, release }
  const stream = requestBody(request)
  return stream === null ? { body: new Uint8Array(), release } : collectBody(stream, MAX_BUFFERED_BYTES, reserve)
}
