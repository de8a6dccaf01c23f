/**
 * The same bytes, and one error when they are not what was promised: whoever stores them can then tell a sender that fails from a storage that
 * fails, although both end the same pipe.
 * @param size the bytes that must come, no fewer and no more. `null`: any number.
 * @param failure makes the error that the reader gets. `cause` is missing when the stream ended too early or went on too long.
 */
export function breakable(
  stream: ReadableStream<Uint8Array>,
  size: number | null,
  failure: (cause?: unknown) => Error,
): ReadableStream<Uint8Array> {
  const reader = readerOf(stream)
  let left = size ?? Infinity
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await reader.read().catch((cause: unknown) => ({ cause }))
      if ('cause' in next) return controller.error(failure(next.cause))
      left -= next.value?.length ?? 0
      if (left < 0 || (next.done && size !== null && left > 0)) {
        controller.error(failure())
        await reader.cancel()
      } else if (next.done) controller.close()
      else controller.enqueue(next.value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

/** The runtime's own streams hand out 4 KiB at a time, and each piece takes its way through all that reads it: larger ones are several times quicker. */
const PIECE_BYTES = 65_536

interface PieceReader {
  read(): Promise<ReadableStreamReadResult<Uint8Array>>
  cancel(reason?: unknown): Promise<void>
}

/** workerd's reader into a buffer. */
interface BufferReader extends Pick<PieceReader, 'cancel'> {
  readonly closed: Promise<unknown>
  /** Waits until so many bytes are there, or the stream has ended. */
  readAtLeast(count: number, buffer: Uint8Array): Promise<ReadableStreamReadResult<Uint8Array>>
}

/** Reads large pieces of workerd's own streams, and the pieces of others as they are. */
function readerOf(stream: ReadableStream<Uint8Array>): PieceReader {
  const large = bufferReaderOf(stream)
  if (!large) return stream.getReader()
  // Whoever reads is told of a failure; nobody else asks.
  large.closed.catch(() => undefined)
  return {
    read: () => large.readAtLeast(PIECE_BYTES, new Uint8Array(PIECE_BYTES)),
    cancel: (reason) => large.cancel(reason),
  }
}

function bufferReaderOf(stream: ReadableStream<Uint8Array>): BufferReader | null {
  try {
    const reader = stream.getReader({ mode: 'byob' })
    // Elsewhere it has no such method.
    if (Reflect.has(reader, 'readAtLeast')) return reader as BufferReader
    reader.releaseLock()
  } catch {
    // It is a stream of JavaScript.
  }
  return null
}
