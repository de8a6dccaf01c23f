import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { readAllowHosts } from '../service/outbound/guard.ts'
import { startOutbound } from './outbound.ts'
import { startCron } from './cron.ts'
import type { LocalSettings } from './settings.ts'

const root = resolve(import.meta.dirname, '../..')
/** Where the bundle is; another one than that of `npm start` for drills. */
const dist = resolve(root, process.env['EMULSION_DIST'] ?? 'dist')

export interface LocalServer {
  readonly url: URL
  dispose(): Promise<void>
}

/** Serves the bundle on workerd, with R2, cache, queues and Durable Objects below the state folder. */
export async function startServer({ host, port, statePath, variables, batchRequestsPerMinute }: LocalSettings): Promise<LocalServer> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(root, 'wrangler.toml'))
  const modules = readdirSync(dist).filter((name) => /\.(js|wasm|ttf)$/.test(name))
  const options: V4MiniflareOptions = {
    ...workerOptions,
    modulesRoot: dist,
    modules: modules
      .sort((a, b) => Number(b === 'index.js') - Number(a === 'index.js'))
      .map((name) => ({ type: moduleType(name), path: join(dist, name) })),
    bindings: { ...(workerOptions.bindings as Record<string, string> | undefined), ...variables },
    ...(batchRequestsPerMinute !== undefined && {
      ratelimits: { BATCH_RATE_LIMIT: { namespace_id: '1001', simple: { limit: batchRequestsPerMinute, period: 60 as const } } },
    }),
    host,
    port,
    cf: false,
    log: new Log(LogLevel.WARN),
    resourcePersistencePath: statePath,
  } as V4MiniflareOptions // resourcePersistencePath passes through the conversion; its type lags behind
  const outbound = await startOutbound(readAllowHosts(variables['EMULSION_ALLOW_HOSTS']))
  const miniflare = new Miniflare(outbound.wire(convertV4MiniflareOptions(options)))
  const url = await miniflare.ready
  const cron = startCron(miniflare)
  const dispose = async (): Promise<void> => {
    cron.stop()
    await miniflare.dispose()
    await outbound.close()
  }
  return { url, dispose }
}

const moduleType = (name: string): 'ESModule' | 'CompiledWasm' | 'Data' =>
  name.endsWith('.js') ? 'ESModule' : name.endsWith('.wasm') ? 'CompiledWasm' : 'Data'
