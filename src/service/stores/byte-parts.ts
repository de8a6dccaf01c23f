import { AppError } from '../../errors.ts'

const wrongLength = (size: number): AppError => new AppError('invalid_body', { reason: `Expected exactly ${size} bytes.` })

/**
 * A stream of `size` bytes in parts of `partBytes`, the last one shorter. Each part lies in the same buffer: it holds until the next one is asked for.
 * @throws AppError `invalid_body` when more or fewer bytes come, or the stream breaks off by another error than ours.
 */
export async function* byteParts(stream: ReadableStream<Uint8Array>, size: number, partBytes: number): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  const buffer = new Uint8Array(Math.min(size, partBytes))
  let [filled, sent] = [0, 0]
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((cause: unknown) => {
        throw cause instanceof AppError ? cause : new AppError('invalid_body', { reason: 'The body broke off before its end.', cause })
      })
      if (done) break
      if (sent + filled + value.length > size) throw wrongLength(size)
      for (let at = 0; at < value.length;) {
        const taken = value.subarray(at, at + buffer.length - filled)
        buffer.set(taken, filled)
        ;[at, filled] = [at + taken.length, filled + taken.length]
        if (filled < buffer.length) continue
        yield buffer
        ;[sent, filled] = [sent + filled, 0]
      }
    }
    if (sent + filled !== size) throw wrongLength(size)
    if (filled > 0) yield buffer.subarray(0, filled)
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
