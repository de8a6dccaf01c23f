import { createServer } from 'node:http'

export interface Sources {
  readonly port: number
  /** The address of these bytes. */
  urlOf(content: Buffer): string
  close(): Promise<void>
}

/** A web server whose addresses hold what they answer. */
export async function openSources(): Promise<Sources> {
  const contents = new Map<string, Buffer>()
  const server = createServer((request, response) => {
    const content = contents.get(request.url ?? '')
    response.writeHead(content ? 200 : 404, { 'Content-Type': 'application/octet-stream' }).end(content)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    urlOf(content) {
      const path = `/${contents.size}.bin`
      contents.set(path, content)
      return `http://127.0.0.1:${port}${path}`
    },
    close: () => new Promise((done) => server.close(() => done())),
  }
}
