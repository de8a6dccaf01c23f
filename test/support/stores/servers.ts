import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** A server of a store that a test starts, kills and starts again with the same state. */
export interface StoreServer {
  readonly url: string
  start(): Promise<void>
  /** Lets it finish what it has begun. */
  stop(): Promise<void>
  /** At once, without a chance to finish anything. */
  kill(): Promise<void>
  /** Kills it and deletes its state. */
  end(): Promise<void>
}

const BIN = resolve(import.meta.dirname, '../../../node_modules/.bin')

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address ? address.port : 0
}

export async function untilAnswers(url: string, attempts = 600): Promise<void> {
  for (let made = 0; made < attempts; made++) {
    const answered = await fetch(url).then(
      (response) => response.arrayBuffer().then(() => true),
      () => false,
    )
    if (answered) return
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`Nothing answers at ${url}.`)
}

export async function killed(child: ChildProcess | undefined, signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((done) => child.once('exit', done))
  child.kill(signal)
  await ended
}

/** A server that is a program of Node with its state in one folder. */
async function nodeServer(
  name: string,
  program: string,
  argumentsOf: (folder: string, port: number) => readonly string[],
): Promise<StoreServer> {
  const folder = mkdtempSync(join(tmpdir(), `emulsion-${name}-`))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const server: StoreServer = {
    url,
    async start() {
      child = spawn(process.execPath, [program, ...argumentsOf(folder, port)], { stdio: 'ignore' })
      await untilAnswers(url)
    },
    stop: () => killed(child, 'SIGTERM'),
    kill: () => killed(child),
    async end() {
      await killed(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

export const S3RVER_KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

export const startS3rver = (bucket: string): Promise<StoreServer> =>
  nodeServer('s3rver', join(BIN, 's3rver'), (folder, port) => [
    '-d',
    folder,
    '-a',
    '127.0.0.1',
    '-p',
    String(port),
    '--silent',
    '--configure-bucket',
    bucket,
  ])

/** azurite's own account: its name and key are printed in its documentation. */
export const AZURITE = {
  account: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
}

export const startAzurite = (): Promise<StoreServer> =>
  nodeServer('azurite-blob', join(BIN, 'azurite-blob'), (folder, port) => [
    '--silent',
    '--disableTelemetry',
    '--location',
    folder,
    '--blobHost',
    '127.0.0.1',
    '--blobPort',
    String(port),
  ])

/** What the stand-in of Dropbox takes. */
export const DROPBOX = { appKey: 'app-key', appSecret: 'app-secret', refreshToken: 'refresh-token' }

export const startDropbox = (): Promise<StoreServer> =>
  nodeServer('dropbox', join(import.meta.dirname, 'dropbox-server.ts'), (folder, port) => [folder, String(port)])
