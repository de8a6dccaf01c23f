import { AppError } from '../../../errors.ts'
import type { FileBody } from '../../ports.ts'
import { growingLease, type Reserve } from './growing-lease.ts'

export interface CollectedBody {
  readonly body: FileBody
  /** To be called when the body has been stored, or will not be. */
  release(): void
}

/**
 * Collects a stream of unknown length, because the storage wants the length in advance. It holds each byte once.
 * @throws AppError `file_too_large` beyond `maxBytes`, `overloaded` when the memory is used up, and what the stream throws.
 */
export async function collectBody(stream: ReadableStream<Uint8Array>, maxBytes: number, reserve: Reserve): Promise<CollectedBody> {
  const chunks: Uint8Array[] = []
  const lease = growingLease(reserve)
  const release = (): void => {
    chunks.length = 0
    lease.release()
  }
  let size = 0
  try {
    for await (const chunk of stream) {
      size += chunk.length
      if (size > maxBytes) {
        throw new AppError('file_too_large', { reason: `Expected at most ${maxBytes} bytes without a Content-Length, received more.` })
      }
      lease.cover(size)
      chunks.push(chunk)
    }
  } catch (thrown) {
    release()
    throw thrown
  }
  return { body: { stream: streamOf(chunks), size }, release }
}

/** A stream that takes each chunk out of the list, so that no byte is held longer than needed. */
export function streamOf(chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
}
