/** Reads a stream in pieces of known length, whatever its chunks are. */
export interface ByteReader {
  /** Exactly so many bytes, in a buffer of their own. @throws Error when the stream ends before. */
  take(length: number): Promise<Uint8Array>
  /** Lets go of the stream; whoever writes it learns that nobody reads. */
  cancel(): Promise<void>
}

export function createByteReader(stream: ReadableStream<Uint8Array>): ByteReader {
  const reader = stream.getReader()
  let rest: Uint8Array = new Uint8Array()
  return {
    async take(length) {
      const bytes = new Uint8Array(length)
      let filled = 0
      while (filled < length) {
        if (rest.length === 0) rest = await next(reader)
        const part = rest.subarray(0, length - filled)
        bytes.set(part, filled)
        filled += part.length
        rest = rest.subarray(part.length)
      }
      return bytes
    },
    cancel: () => reader.cancel().catch(() => undefined),
  }
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
  const { done, value } = await reader.read()
  if (done) throw new Error('The stream ended early.')
  return value
}
