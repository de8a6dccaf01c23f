import http from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as filestack from 'filestack-js'
import { vi } from 'vitest'
import { signPolicy } from '../../support/filestack-policy.ts'
import { startServer, type RunningServer } from './server.ts'

export interface App {
  readonly key: string
  readonly secret: string
}
/** Its security is off. */
export const OPEN: App = { key: 'openAppOfTheTests0001z', secret: 'SECRETOFTHEOPENAPP1' }
/** Its security is required. */
export const SECURED: App = { key: 'securedAppOfTheTests1z', secret: 'SECRETOFTHESECUREDAPP1' }
export const APP_VARIABLES = {
  EMULSION_FILESTACK_KEY: OPEN.key,
  EMULSION_FILESTACK_SECRET: OPEN.secret,
  EMULSION_FILESTACK_SECURED_KEY: SECURED.key,
  EMULSION_FILESTACK_SECURED_SECRET: SECURED.secret,
}

/** A policy for an hour. */
export const policyOf = (secret: string, claims: object = {}) =>
  signPolicy({ expiry: Math.floor(Date.now() / 1000) + 3600, ...claims }, secret)

/** HTTP status of a call of the SDK. */
export const statusOf = (work: Promise<unknown>): Promise<number> =>
  work.then(
    () => 200,
    (error: { status?: number; response?: { status?: number } }) => error.status ?? error.response?.status ?? 0,
  )

export interface Apps {
  readonly server: RunningServer
  clientOf(key: string, security?: filestack.Security): filestack.Client
  /** Starts the server again after it was stopped: at the same address, with the same state. */
  restart(): Promise<void>
  end(): Promise<void>
}

/** A client of the SDK, pointed to a server as docs/filestack.md says. */
export function clientAt(origin: string, key: string, security?: filestack.Security): filestack.Client {
  const client = filestack.init(key, { ...(security && { security }), forwardErrors: false })
  Object.assign(client.session.urls, { fileApiUrl: `${origin}/api/file`, uploadApiUrl: origin, processUrl: origin, cdnUrl: origin })
  return client
}

/** A server with two apps, and the SDK in this process pointed to it. */
export async function startApps(variables: Readonly<Record<string, string>> = {}): Promise<Apps> {
  const state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  const start = (more: object = {}): Promise<RunningServer> => startServer(state, { ...APP_VARIABLES, ...variables, ...more })
  let server = await start()
  helpSdk()
  vi.spyOn(console, 'info').mockReturnValue(undefined) // the SDK says that `retrieve` is old
  return {
    get server() {
      return server
    },
    clientOf: (key, security) => clientAt(server.origin, key, security),
    async restart() {
      const { origin } = server
      const { port } = new URL(origin)
      server = { ...(await start({ PORT: port })), origin }
    },
    async end() {
      vi.restoreAllMocks()
      await server.stop()
      rmSync(state, { recursive: true, force: true })
    },
  }
}

/**
 * Two things that the SDK does not do in Node: it asks the name service for "host:port", so the port goes into its own option; and nobody hears
 * the error of a write to a connection that broke, which would end the process, although the request tells the SDK of it as well.
 */
export function helpSdk(): void {
  const request = http.request.bind(http)
  vi.spyOn(http, 'request').mockImplementation(((options: http.RequestOptions, answered: (response: http.IncomingMessage) => void) => {
    const [host, port] = String(options.host).split(':')
    const outgoing = request({ ...options, host, port }, answered)
    const write = outgoing.write.bind(outgoing) as (chunk: unknown, encoding: string, written: () => void) => boolean
    outgoing.write = ((chunk: unknown, encoding: string, written?: () => void) =>
      write(chunk, encoding, () => written?.())) as typeof outgoing.write
    return outgoing
  }) as typeof http.request)
}
