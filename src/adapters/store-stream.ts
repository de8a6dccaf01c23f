import { AppError } from '../errors.ts'

/**
 * Gives R2 a stream of the length that it wants to know in advance.
 * @param store is given the stream. When it fails, the body is cancelled.
 * @throws AppError what the body itself threw when it broke off (`breakable`); otherwise what `store` threw; otherwise that `body` has another
 * length than `size`.
 */
export async function storeStream<T>(
  body: ReadableStream<Uint8Array>,
  size: number,
  store: (stream: ReadableStream) => Promise<T>,
): Promise<T> {
  const { readable, writable } = new FixedLengthStream(size)
  const givenUp = new AbortController()
  const storing = store(readable).catch((cause: unknown) => {
    givenUp.abort(cause) // nobody reads any more
    throw cause
  })
  const [copied, stored] = await Promise.allSettled([body.pipeTo(writable, { signal: givenUp.signal }), storing])
  // Both sides end the same pipe, and a body that broke off is the first cause.
  if (copied.status === 'rejected' && copied.reason instanceof AppError) throw copied.reason
  if (stored.status === 'rejected') throw stored.reason
  if (copied.status === 'rejected') throw copied.reason
  return stored.value
}
