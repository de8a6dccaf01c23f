const MAX_PREAMBLE_BYTES = 8192
const decoder = new TextDecoder('latin1')

/**
 * The chunks of a form from its first boundary on. Text before it belongs to nobody (RFC 2046 §5.1.1); some clients send a line break there.
 * A longer preamble than 8 KB stays, and the parser refuses it.
 */
export async function* skipPreamble(stream: ReadableStream<Uint8Array> | null, boundary: string): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | null = new Uint8Array()
  for await (const chunk of stream ?? []) {
    if (start === null) {
      yield chunk
      continue
    }
    start = joined(start, chunk)
    const text = decoder.decode(start.subarray(0, MAX_PREAMBLE_BYTES + boundary.length))
    const at = text.startsWith(`--${boundary}`) ? 0 : text.indexOf(`\n--${boundary}`) + 1
    if (at === 0 && !text.startsWith(`--${boundary}`) && start.length < MAX_PREAMBLE_BYTES) continue
    yield start.subarray(at)
    start = null
  }
  if (start !== null && start.length > 0) yield start
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
