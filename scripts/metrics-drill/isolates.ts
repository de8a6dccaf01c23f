import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { OPTIONS_FILE } from '../../src/local/build.ts'

export interface Isolates {
  /** Of each isolate, and of each of the extra Workers. */
  readonly origins: readonly string[]
  stop(): Promise<void>
}

export interface ExtraWorker {
  readonly name: string
  readonly script: string
}

const FIRST = 'isolate-0'

/**
 * Serves a bundle in several isolates of one workerd, each with an address of its own. They share buckets, cache and Durable Objects, which the first one has:
 * so Cloudflare runs one Worker in many places.
 * @param dist the folder of the bundle.
 * @param extra other Workers in the same workerd.
 */
export async function startIsolates(
  dist: string,
  count: number,
  variables: Readonly<Record<string, string>>,
  extra: readonly ExtraWorker[] = [],
): Promise<Isolates> {
  const isolates = Array.from({ length: count }, (_, i) => isolate(dist, i, variables))
  const others = extra.map((worker) => ({ ...worker, modules: true, compatibilityDate: '2026-10-01' }))
  const workers = [...isolates, ...others].map((worker) => ({ ...worker, unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] }))
  const options = { host: '127.0.0.1', port: 0, cf: false, log: new Log(LogLevel.NONE), workers }
  const miniflare = new Miniflare(convertV4MiniflareOptions(options as unknown as V4MiniflareOptions))
  await miniflare.ready
  const urls = await Promise.all(workers.map(({ name }) => miniflare.unsafeGetDirectURL(name)))
  return { origins: urls.map(({ origin }) => origin), stop: () => miniflare.dispose() }
}

interface WorkerOptions {
  readonly durableObjects: Readonly<Record<string, object>>
  readonly queueConsumers: Readonly<Record<string, object>>
  readonly cronTriggers: readonly string[]
  readonly assets: object
}

function isolate(dist: string, i: number, variables: Readonly<Record<string, string>>) {
  const read = JSON.parse(readFileSync(join(dist, OPTIONS_FILE), 'utf8')) as WorkerOptions // written by worker-options.ts
  const { durableObjects, queueConsumers, cronTriggers, assets: _, ...given } = read
  const owned = { durableObjects, queueConsumers, cronTriggers }
  const borrowed = Object.entries(durableObjects).map(([name, object]) => [name, { ...object, scriptName: FIRST }])
  return {
    ...given,
    ...(i === 0 ? owned : { durableObjects: Object.fromEntries(borrowed) }),
    name: `isolate-${i}`,
    modulesRoot: dist,
    modules: readdirSync(dist)
      .filter((name) => /\.(js|wasm|ttf)$/.test(name))
      .sort((a, b) => Number(b === 'index.js') - Number(a === 'index.js'))
      .map((name) => ({ type: moduleType(name), path: join(dist, name) })),
    bindings: { ...variables },
  }
}

function moduleType(name: string): 'ESModule' | 'CompiledWasm' | 'Data' {
  if (name.endsWith('.js')) return 'ESModule'
  return name.endsWith('.wasm') ? 'CompiledWasm' : 'Data'
}
