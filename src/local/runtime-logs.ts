import { createServer, type Server } from 'node:http'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** Of Miniflare's own levels: 1 is an error, 2 a warning. */
const WARNING = 2
const KEPT_LINES = 20

/**
 * Prints what the Workers and workerd itself say, errors and warnings on standard error.
 * @param onLog is told each line.
 * @returns a function that tells the last lines, for the message of a start that failed.
 */
export function printLogs(onLog: (message: string) => void, ...streams: readonly Readable[]): () => string {
  const last: string[] = []
  for (const stream of streams)
    createInterface(stream).on('line', (line) => {
      const { level, message } = readLine(line)
      onLog(message)
      last.push(message)
      if (last.length > KEPT_LINES) last.shift()
      if (level === 'error' || level === 'warn') console.error(message)
      else console.log(message)
    })
  return () => last.join('\n')
}

/** workerd writes `{ timestamp, level, message }`; a crash writes what it likes. */
export function readLine(line: string): { level: string; message: string } {
  try {
    const { level, message } = JSON.parse(line) as { level?: unknown; message?: unknown }
    if (typeof level === 'string' && typeof message === 'string') return { level, message }
  } catch {
    // not JSON
  }
  return { level: 'error', message: line }
}

/** Receives the lines that Miniflare's Workers (queues, cache, R2) log, and prints warnings and errors. */
export async function startLogReceiver(): Promise<{ address: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url === '/core/log' && Number(request.headers['mf-log-level']) <= WARNING) console.error(Buffer.concat(chunks).toString())
      response.writeHead(request.url === '/core/log' ? 204 : 404).end()
    })
  })
  await new Promise<void>((done, failed) => server.once('error', failed).listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    address: `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
