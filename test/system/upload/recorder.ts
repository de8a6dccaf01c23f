import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it went over the wire. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly body: Buffer
}

/** Stands between a page and a service: writes down what is sent, and is the network that can be lost. */
export interface Recorder {
  readonly origin: string
  readonly sent: Sent[]
  /** What a request meets: `null` is a connection that breaks, a number another status. Nothing: the service, at once or later. */
  answers: (method: string, path: string) => null | number | undefined | Promise<undefined>
  close(): void
}

export async function startRecorder(service: string): Promise<Recorder> {
  const target = new URL(service)
  const recorder: Omit<Recorder, 'origin'> = { sent: [], answers: () => undefined, close: () => server.close() }
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing))

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const answer = await recorder.answers(method, url)
    if (answer === null) return void incoming.socket.destroy()
    recorder.sent.push({ method, path: url, body })
    if (answer !== undefined) return void outgoing.writeHead(answer, { 'Access-Control-Allow-Origin': '*' }).end()
    const onward = request({ host: target.hostname, port: target.port, method, path: url, headers }, (answered) => {
      outgoing.writeHead(answered.statusCode ?? 500, answered.headers)
      answered.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    onward.end(body)
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return Object.assign(recorder, { origin: `http://127.0.0.1:${port}` })
}
