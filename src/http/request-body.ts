import { AppError } from '../errors.ts'
import { breakable } from '../service/files/content/breakable.ts'

/** The body of a request. Whoever reads it gets AppError `invalid_body` when the client breaks off or sends a chunk of a wrong length. */
export const requestBody = ({ body }: Request): ReadableStream<Uint8Array> | null =>
  body && breakable(body, null, (cause) => new AppError('invalid_body', { reason: 'The body broke off before its end.', cause }))
