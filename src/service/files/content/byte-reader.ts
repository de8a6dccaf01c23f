/**
 * Reads a byte stream in pieces of known length, whatever its chunks are. The runtime fills each piece by itself: a file that is read chunk by
 * chunk (4 kB in workerd) costs as much time as its decoding.
 */
export interface ByteReader {
  /**
   * Exactly so many bytes, in a buffer of their own, or in the one that is given and nobody else may use any more.
   * @throws Error when the stream ends before or breaks off.
   */
  take(length: number, buffer?: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>>
  /** @throws Error when more comes, or the stream breaks off. */
  expectEnd(): Promise<void>
  /** Reads on to the end and keeps nothing. A stream that breaks off has ended too. */
  drain(): Promise<void>
  /** Lets go of the stream; whoever writes it learns that nobody reads. */
  cancel(): Promise<void>
}

/** The option `min` of the standard, which the types of the platform leave out: wait until so many bytes are there. */
interface FillingReader {
  read(view: Uint8Array, options: { readonly min: number }): Promise<{ readonly value?: Uint8Array<ArrayBuffer>; readonly done: boolean }>
  cancel(): Promise<void>
}

/** At once, of what nobody wants. */
const DRAINED_BYTES = 65_536

/** @param stream of bytes: the bodies of requests, answers and stored files are such. */
export function createByteReader(stream: ReadableStream<Uint8Array>): ByteReader {
  const reader = stream.getReader({ mode: 'byob' }) as unknown as FillingReader
  return {
    async take(length, buffer = new ArrayBuffer(length)) {
      if (length === 0) return new Uint8Array()
      const { value } = await reader.read(new Uint8Array(buffer, 0, length), { min: length })
      if (value?.length !== length) throw new Error('The stream ended early.')
      return value
    },
    async expectEnd() {
      const { value } = await reader.read(new Uint8Array(1), { min: 1 })
      if (value && value.length > 0) throw new Error('The stream goes on.')
    },
    async drain() {
      for (let view = new Uint8Array(DRAINED_BYTES); ;) {
        const { value, done } = await reader.read(view, { min: 1 }).catch(() => ({ value: undefined, done: true }))
        if (done || !value) return
        view = new Uint8Array(value.buffer)
      }
    },
    cancel: () => reader.cancel().catch(() => undefined),
  }
}
