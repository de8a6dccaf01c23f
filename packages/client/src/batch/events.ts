/** One message of a stream of server-sent events. */
export interface ServerSentEvent {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** Reads `text/event-stream` (WHATWG HTML, "Server-sent events"): messages with data, in their order. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let id = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += decoder.decode(value, { stream: true })
      const blocks = text.split(/\r?\n\r?\n/)
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const fields = block.split(/\r?\n/).map((line) => /^(\w*):? ?(.*)$/.exec(line) ?? [])
        const all = (name: string): readonly string[] => fields.filter((field) => field[1] === name).map((field) => field[2] ?? '')
        id = all('id').at(-1) ?? id
        const data = all('data')
        if (data.length > 0) yield { id, event: all('event').at(-1) ?? 'message', data: data.join('\n') }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
