import { getMultipartBoundary, MultipartParseError, MultipartParser } from '@remix-run/multipart-parser'
import { AppError } from '../../errors.ts'
import { streamOf } from '../../service/files/content/collect-body.ts'
import type { FileBody } from '../../service/ports.ts'
import { requestBody } from '../request-body.ts'
import type { PartHeaders } from './part-headers.ts'
import { skipPreamble } from './preamble.ts'

/** Bytes of a whole form. Its parts declare no length, so the service holds one file of it at a time in memory. */
export const MAX_FORM_BYTES = 50_000_000
const MAX_FIELDS = 1000
/** RFC 2046 §5.1.1 allows 70 characters; a few clients write more. */
const MAX_BOUNDARY = 200

export interface FormFile extends PartHeaders {
  readonly body: FileBody
}

/** A parser for the request's form. @throws AppError `invalid_body` without a boundary, `file_too_large` by the declared length. */
export function parserOf(request: Request): MultipartParser {
  const parser = new MultipartParser(boundaryOf(request), {
    maxFileSize: MAX_FORM_BYTES,
    maxTotalSize: MAX_FORM_BYTES,
    maxParts: MAX_FIELDS,
    maxHeaderSize: 16_384,
  })
  if (Number(request.headers.get('Content-Length') ?? 0) > MAX_FORM_BYTES) throw tooLarge()
  return parser
}

export type Part = ReturnType<MultipartParser['write']> extends Generator<infer P> ? P : never
export type Held = { readonly part: Part } | { readonly bytes: number }

/** The parts, and between them how many bytes the parser may hold. */
export async function* partsOf(parser: MultipartParser, request: Request): AsyncGenerator<Held> {
  let [total, held] = [0, 0]
  for await (const chunk of skipPreamble(requestBody(request), parser.boundary)) {
    total += chunk.length
    held += chunk.length
    if (total > MAX_FORM_BYTES) throw tooLarge()
    yield { bytes: held }
    for (const part of parser.write(chunk)) {
      yield { part }
      held = chunk.length
    }
    if (isDone(parser)) return
  }
  parser.finish()
}

/** What follows the last boundary belongs to nobody (RFC 2046 §5.1.1), and the parser would refuse it. */
function isDone(parser: MultipartParser): boolean {
  try {
    parser.finish()
    return true
  } catch {
    return false
  }
}

function boundaryOf(request: Request): string {
  const type = request.headers.get('Content-Type') ?? ''
  const boundary = /^\s*multipart\/form-data\s*;/i.test(type) ? getMultipartBoundary(type)?.trim() : undefined
  if (boundary === undefined || boundary === '' || boundary.length > MAX_BOUNDARY)
    throw new AppError('invalid_body', { field: 'Content-Type', reason: 'Expected multipart/form-data with a boundary.' })
  return boundary
}

const tooLarge = (): AppError => new AppError('file_too_large', { reason: `Expected a form of at most ${MAX_FORM_BYTES} bytes.` })

/** What the parser throws, as an error of the sender. */
export function asAppError(thrown: unknown): unknown {
  if (thrown instanceof MultipartParseError) return new AppError('invalid_body', { reason: `${thrown.message}.`, cause: thrown })
  if (thrown instanceof TypeError) return new AppError('invalid_body', { reason: 'Expected part headers in UTF-8.', cause: thrown })
  return thrown
}

/** The bytes of a part as a file. They leave the part as they are read. */
export const bodyOf = ({ content, size }: Part): FileBody => ({ size, stream: streamOf(content) })
