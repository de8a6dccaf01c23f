import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../../..')

export interface RunningServer {
  readonly origin: string
  readonly account: string
  readonly secretKey: string
  readonly publicKey: string
  readonly process: ChildProcess
  /** What it printed so far. */
  output(): string
  /** Milliseconds from the end of the build until it said that it is ready. */
  readonly readyMs: number
  /** Ends it and waits until it is gone. SIGKILL ends the whole group: nobody is left to tidy up. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

/** A port that nobody uses at the moment. */
export const freePort = (): Promise<number> =>
  new Promise((found, failed) => {
    const probe = createServer()
    probe.on('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => found(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

/** Starts the server as `npm start` does, on its own port and state folder. It builds unless `EMULSION_SKIP_BUILD` is set, as build.ts does for tests. `root`: another checkout's folder. */
export async function startServer(statePath: string, env: Readonly<Record<string, string>> = {}, root = ROOT): Promise<RunningServer> {
  const port = await freePort()
  const child = spawn(process.execPath, ['src/local/launch.mjs'], {
    cwd: root,
    detached: true,
    env: { ...process.env, PORT: String(port), EMULSION_STATE: statePath, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let builtAt = performance.now()
  const ready = new Promise<void>((done, failed) => {
    const read = (chunk: Buffer): void => {
      if (printed.includes('Building') && !printed.includes('Serving') && chunk.includes('Serving')) builtAt = performance.now()
      printed += chunk.toString()
      if (/Open +http/.test(printed)) done()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('close', (code) => failed(new Error(`The server ended with ${code}:\n${printed}`)))
  })
  await ready
  const field = (name: string): string => new RegExp(`^ *${name} +(\\S+)`, 'm').exec(printed)?.[1] ?? ''
  return {
    origin: `http://127.0.0.1:${port}`,
    account: field('Account'),
    secretKey: field('Secret key'),
    publicKey: field('Public key'),
    process: child,
    output: () => printed,
    readyMs: performance.now() - builtAt,
    stop(signal = 'SIGTERM') {
      const gone = new Promise<number | null>((done) =>
        child.exitCode === null && child.signalCode === null ? child.on('close', done) : done(child.exitCode),
      )
      if (child.pid !== undefined) process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal)
      return gone
    },
  }
}
