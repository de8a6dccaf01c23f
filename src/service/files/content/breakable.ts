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
  const reader = stream.getReader()
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
