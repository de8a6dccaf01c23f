import { AppError } from '../errors.ts'
import { requestBody } from './request-body.ts'

/** Reads the whole body of a request, with or without a `Content-Length`. @throws AppError `file_too_large`, `invalid_body`. */
export async function readBodyBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLong = (): AppError => new AppError('file_too_large', { reason: `Expected a body of at most ${maxBytes} bytes.` })
  if (Number(request.headers.get('Content-Length') ?? 0) > maxBytes) throw tooLong()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of requestBody(request) ?? []) {
    size += chunk.length
    if (size > maxBytes) throw tooLong()
    chunks.push(chunk)
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer())
}
