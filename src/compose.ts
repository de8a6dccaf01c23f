import mime from 'mime'
import { createCorePool } from './adapters/core-pool.ts'
import { createEdgeResultCache } from './adapters/edge-result-cache.ts'
import { loadFont } from './adapters/font-modules.ts'
import { createR2FileStore } from './adapters/r2-file-store.ts'
import { createR2ResultStore } from './adapters/r2-result-store.ts'
import { wasmModules } from './adapters/wasm-modules.ts'
import type { Config } from './config.ts'
import { createApp } from './http/app.ts'
import type { Env } from './index.ts'
import { createMemoryBudget } from './service/memory-budget.ts'
import { createRender, ENGINE_VERSION } from './service/render.ts'
import { createRunPlan } from './service/run-plan.ts'
import { createSave } from './service/save.ts'
import { createUpload } from './service/upload.ts'

const clock = { now: () => Date.now() }
const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count))

async function hash(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Builds adapters → services → HTTP. Together with index.ts and config.ts the only code that sees `env`. */
export function createService(config: Config, env: Env) {
  const files = createR2FileStore(env.FILES)
  const results = createR2ResultStore(env.RESULTS)
  const edge = createEdgeResultCache(caches.default)
  const { limits, cache } = config
  const budget = createMemoryBudget(config.memory)
  const run = createRunPlan({ files, limits, budget, openContext: createCorePool(wasmModules, loadFont).openContext })
  const render = createRender({ files, results, edge, run, hash, limits, autoThresholdMs: cache.autoThresholdMs })
  const replaced = async (account: string, path: string): Promise<void> => {
    await results.purge(account, path)
  }
  const upload = createUpload({
    files,
    clock,
    random,
    maxUploadBytes: limits.maxUploadBytes,
    mimeOfName: (name) => mime.getType(name),
    replaced,
  })
  const save = createSave({ files, render, upload })
  const keys = config.accounts.flatMap(({ id, keys }) => keys.map(({ id: keyId, kind, key }) => ({ account: id, keyId, kind, key })))
  const accounts = new Set(config.accounts.map(({ id }) => id))
  const app = createApp({
    bytescale: { files, clock, cache, render, upload, save, keys, accounts, errors: { notFoundTtlSeconds: cache.notFoundTtlSeconds } },
    engineVersion: ENGINE_VERSION,
  })
  return { app }
}
