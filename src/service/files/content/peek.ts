import { AppError } from '../../../errors.ts'
import type { FileBody } from '../../ports.ts'

/**
 * Answers the first bytes of a body, at most `count`, and a body that still has all bytes. The given body must not be read afterwards.
 * @throws AppError of the stream; `invalid_body` when it breaks off by another error. The body that is answered throws the same.
 */
export async function peek(body: FileBody, count: number): Promise<{ readonly head: Uint8Array; readonly body: FileBody }> {
  if (body instanceof Uint8Array) return { head: body.subarray(0, count), body }
  const reader = body.stream.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  while (size < count) {
    const { done, value } = await read(reader)
    if (done) break
    chunks.push(value)
    size += value.length
  }
  return { head: joined(chunks, count), body: { size: body.size, stream: streamOf(chunks, reader) } }
}

const read = (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<ReadableStreamReadResult<Uint8Array>> =>
  reader.read().catch((cause: unknown) => {
    throw cause instanceof AppError ? cause : new AppError('invalid_body', { reason: 'The body broke off before its end.', cause })
  })

/** The chunks that were read, then the rest of the reader. */
const streamOf = (chunks: Uint8Array[], reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> =>
  new ReadableStream({
    async pull(controller) {
      const known = chunks.shift()
      if (known) return controller.enqueue(known)
      const { done, value } = await read(reader)
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })

function joined(chunks: readonly Uint8Array[], count: number): Uint8Array {
  const head = new Uint8Array(
    Math.min(
      count,
      chunks.reduce((sum, { length }) => sum + length, 0),
    ),
  )
  let at = 0
  for (const chunk of chunks) {
    head.set(chunk.subarray(0, head.length - at), at)
    at = Math.min(head.length, at + chunk.length)
  }
  return head
}
