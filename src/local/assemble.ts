// Writes the configuration with which workerd serves the bundle. A program of its own, since Miniflare, which knows the local R2, cache, queues
// and Durable Objects, needs 135 MB for as long as its process lives. Standard input: an Assembly as JSON.
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { OPTIONS_FILE } from './build.ts'
import { frontWorker, throughFront } from './front-worker.ts'
import { readPublicFiles } from './public-files.ts'
import type { LocalSettings } from './settings.ts'

/** What assemble.ts is told. */
export interface Assembly {
  readonly settings: LocalSettings
  /** The folder of the bundle. */
  readonly dist: string
  /** Of the outbound proxy. */
  readonly outbound: string
  /** Path of the Unix socket that tells of the disk. */
  readonly disk: string
  /** Paths of the Unix sockets of the renderers. */
  readonly renderers: readonly string[]
  /** The file to write. */
  readonly config: string
}

const root = resolve(import.meta.dirname, '../..')

/** Part of the names of the folders of the Durable Objects: a state folder is bound to it. */
const SERVICE = ''

/** Names by which Miniflare's parts speak to each other. A client that knew them could speak for them. */
const SECRET_NAMES = ['MF-CF-Blob', 'miniflare-unsafe-internal-capnp-connect']

const { settings, dist, outbound, disk, renderers, config } = JSON.parse(await text(process.stdin)) as Assembly // written by runtime-config.ts
process.env['EMULSION_RUNTIME_CONFIG'] = config
process.env['MINIFLARE_WORKERD_PATH'] = join(import.meta.dirname, 'capture-config.sh')
const miniflare = new Miniflare(throughFront(convertV4MiniflareOptions(options())))
const problem: unknown = await miniflare.ready.then(
  () => 'workerd was started',
  (error: unknown) => error, // nothing listens: the stand-in has ended
)
const bytes = readFileSync(config)
if (bytes.length === 0) throw problem
for (const name of SECRET_NAMES) rename(bytes, name)
writeFileSync(config, bytes)
process.kill(process.pid, 'SIGKILL') // at its exit Miniflare would remove the folders that the configuration names

function options(): V4MiniflareOptions {
  const folder = join(root, 'public')
  const { files, redirects } = readPublicFiles(folder)
  const given = frontWorker(outbound)
  const front = {
    ...given,
    bindings: { FILES: files, REDIRECTS: redirects },
    serviceBindings: { ...given.serviceBindings, SERVICE, PUBLIC: { disk: { path: folder, writable: false } } },
    unsafeDirectSockets: [{ host: settings.host, port: settings.port }],
  }
  const log = new Log(LogLevel.NONE)
  const shared = { host: '127.0.0.1', port: 0, cf: false, log, resourcePersistencePath: settings.statePath, unsafeTriggerHandlers: true }
  return { ...shared, workers: [service(), front] } as unknown as V4MiniflareOptions // resourcePersistencePath passes through the conversion; its type lags behind
}

function service(): object {
  const { assets: _, ...given } = JSON.parse(readFileSync(join(dist, OPTIONS_FILE), 'utf8')) as Record<string, unknown> // written by worker-options.ts
  const limit = settings.batchRequestsPerMinute
  return {
    ...given,
    name: SERVICE,
    modulesRoot: dist,
    modules: readdirSync(dist)
      .filter((name) => /\.(js|wasm|ttf)$/.test(name))
      .sort((a, b) => Number(b === 'index.js') - Number(a === 'index.js'))
      .map((name) => ({ type: moduleType(name), path: join(dist, name) })),
    bindings: { ...(given['bindings'] as Record<string, string> | undefined), ...settings.variables },
    serviceBindings: {
      DISK: overSocket(disk),
      ...Object.fromEntries(renderers.map((socket, i) => [`RENDERER_${i}`, overSocket(socket)])),
    },
    ...(limit !== undefined && { ratelimits: { BATCH_RATE_LIMIT: { namespace_id: '1001', simple: { limit, period: 60 } } } }),
  }
}

function overSocket(path: string): object {
  return { external: { address: `unix:${path}`, http: {} } }
}

function moduleType(name: string): 'ESModule' | 'CompiledWasm' | 'Data' {
  if (name.endsWith('.js')) return 'ESModule'
  return name.endsWith('.wasm') ? 'CompiledWasm' : 'Data'
}

/** Replaces every occurrence by one random name of the same length. */
function rename(bytes: Buffer, name: string): void {
  const secret = `X${randomBytes(name.length).toString('hex').slice(1, name.length)}`
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at)) bytes.write(secret, at)
}
