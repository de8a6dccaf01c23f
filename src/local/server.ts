import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { readAllowHosts } from '../service/outbound/guard.ts'
import { OPTIONS_FILE } from './build.ts'
import { startOutbound } from './outbound.ts'
import { startCron } from './cron.ts'
import type { LocalSettings } from './settings.ts'

const root = resolve(import.meta.dirname, '../..')
/** Where the bundle is; another one than that of `npm start` for drills. */
const dist = resolve(root, process.env['EMULSION_DIST'] ?? 'dist')

/**
 * Flags of V8 for a small machine: collect garbage early instead of letting the heap of each isolate grow first. After 12 s of cached hits
 * workerd held 226 MB with them and 351 MB without, at 457 and 470 hits a second.
 */
const V8_FLAGS = '--initial-old-space-size=4 --max-semi-space-size=1'

export interface LocalServer {
  readonly url: URL
  dispose(): Promise<void>
}

/** Serves the bundle on workerd, with R2, cache, queues and Durable Objects below the state folder. `onRestart`: workerd had ended by itself and runs again. */
export async function startServer(
  { host, port, statePath, variables, batchRequestsPerMinute }: LocalSettings,
  onRestart: () => void = () => undefined,
): Promise<LocalServer> {
  const workerOptions = readWorkerOptions()
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
    unsafeHandleRuntimeRestart: onRestart,
  } as V4MiniflareOptions // resourcePersistencePath passes through the conversion; its type lags behind
  const outbound = await startOutbound(readAllowHosts(variables['EMULSION_ALLOW_HOSTS']))
  process.env['MINIFLARE_WORKERD_V8_FLAGS'] ??= V8_FLAGS // Miniflare reads them there
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

/** @throws Error when the folder holds no bundle. */
function readWorkerOptions(): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(join(dist, OPTIONS_FILE), 'utf8')) as Record<string, unknown> // written by worker-options.ts
  } catch (error) {
    throw new Error(`${dist} holds no bundle: start without EMULSION_SKIP_BUILD once.`, { cause: error })
  }
}

const moduleType = (name: string): 'ESModule' | 'CompiledWasm' | 'Data' =>
  name.endsWith('.js') ? 'ESModule' : name.endsWith('.wasm') ? 'CompiledWasm' : 'Data'
