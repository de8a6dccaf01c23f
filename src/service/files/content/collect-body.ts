import { AppError } from '../../../errors.ts'
import type { FileBody } from '../../ports.ts'

/** What is reserved at a time: little, so that many slow senders of a few bytes do not take all. */
const PIECE_BYTES = 65_536

/** Memory of the isolate for what is collected, or `null` while there is none. */
export type Reserve = (bytes: number) => { release(): void } | null

export interface CollectedBody {
  readonly body: FileBody
  /** To be called when the body has been stored, or will not be. */
  release(): void
}

/**
 * Collects a stream whose length nobody told, because the storage wants it in advance. It holds each byte once, and only memory for what has come:
 * a slow sender does not keep the memory from others.
 * @throws AppError `file_too_large` beyond `maxBytes`, `overloaded` when the memory is used up, and what the stream throws.
 */
export async function collectBody(stream: ReadableStream<Uint8Array>, maxBytes: number, reserve: Reserve): Promise<CollectedBody> {
  const chunks: Uint8Array[] = []
  const pieces: { release(): void }[] = []
  const release = (): void => {
    chunks.length = 0
    for (const piece of pieces.splice(0)) piece.release()
  }
  let size = 0
  try {
    for await (const chunk of stream) {
      size += chunk.length
      if (size > maxBytes) {
        throw new AppError('file_too_large', { reason: `Expected at most ${maxBytes} bytes without a Content-Length, received more.` })
      }
      while (pieces.length * PIECE_BYTES < size) {
        const piece = reserve(PIECE_BYTES)
        if (!piece) throw new AppError('overloaded', { detail: `No memory is left for a body after ${size} bytes.` })
        pieces.push(piece)
      }
      chunks.push(chunk)
    }
  } catch (thrown) {
    release()
    throw thrown
  }
  return { body: { stream: streamOf(chunks), size }, release }
}

function streamOf(chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
}
