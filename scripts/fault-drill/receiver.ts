import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface Delivery {
  readonly webhookId: string
  readonly signed: boolean
  readonly accepted: boolean
}

export interface Receiver {
  readonly port: number
  readonly url: string
  deliveries(processId: string): readonly Delivery[]
  /** Ids of the processes whose callbacks came. */
  processes(): readonly string[]
  /** Processes of which at least one delivery was accepted. */
  deliveredCount(): number
  close(): Promise<void>
}

/** A callback receiver that checks signatures, and fails some of the time: an error, a redirect, or no answer at all. */
export async function openReceiver(key: Buffer, failing: number): Promise<Receiver> {
  const received = new Map<string, Delivery[]>()
  const server = createServer((request, response) => void receive(request, response))

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    const header = (name: string): string => String(request.headers[name] ?? '')
    const expected = createHmac('sha256', key)
      .update(`${header('webhook-id')}.${header('webhook-timestamp')}.${body}`)
      .digest('base64')
    const accepted = Math.random() >= failing
    const { process_id: id } = JSON.parse(body) as { process_id: string }
    received.set(id, [
      ...(received.get(id) ?? []),
      { webhookId: header('webhook-id'), signed: header('webhook-signature') === `v1,${expected}`, accepted },
    ])
    const failure = Math.random()
    if (accepted) response.writeHead(204).end()
    else if (failure < 0.5) response.writeHead(500).end()
    else if (failure < 0.75) response.writeHead(307, { Location: '/elsewhere' }).end()
    else response.destroy()
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    processes: () => [...received.keys()],
    deliveries: (id) => received.get(id) ?? [],
    deliveredCount: () => [...received.values()].filter((deliveries) => deliveries.some(({ accepted }) => accepted)).length,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
