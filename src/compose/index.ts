import mime from 'mime'
import { ulid } from 'ulid'
import { createCorePool } from '../adapters/core-pool.ts'
import { createEdgeResultCache } from '../adapters/edge-result-cache.ts'
import { fetchSource } from '../adapters/http-source.ts'
import { loadFont } from '../adapters/font-modules.ts'
import { createR2AccountSnapshots } from '../adapters/r2-account-snapshots.ts'
import { createR2FileStore } from '../adapters/r2-file-store.ts'
import { createR2MultipartStore } from '../adapters/r2-multipart-store.ts'
import { createR2ResultStore } from '../adapters/r2-result-store.ts'
import { createTextMetrics } from '../adapters/text-metrics.ts'
import { wasmModules } from '../adapters/wasm-modules.ts'
import { notifyingBucket } from '../adapters/emulated-bucket-events.ts'
import { createDurableWork } from './processes.ts'
import type { Config } from '../config/load.ts'
import { createDurableAccounts } from '../durable/account-client.ts'
import type { AccountEffects } from '../durable/account.ts'
import { createDurableUploadSessions } from '../durable/upload-session-client.ts'
import type { UploadSessionEffects } from '../durable/upload-session.ts'
import { createCheckToken } from '../http/access-token.ts'
import { createApp } from '../http/app.ts'
import { createAuthentication } from '../http/credentials.ts'
import { parseImageQuery } from '../http/dialects/bytescale/image-query/parse.ts'
import { createUploadUrls } from '../http/dialects/bytescale/uploads/part-url.ts'
import { readFileName } from '../http/user-content.ts'
import type { Env } from '../index.ts'
import { createCopyFile } from '../service/files/copy.ts'
import { createChoosePath } from '../service/files/choose-path.ts'
import { createMemoryBudget } from '../service/render/memory-budget.ts'
import { countRuns, countSharedRuns } from '../service/render/count-runs.ts'
import { createMultipartUploads } from '../service/files/multipart-upload.ts'
import { createRender, ENGINE_VERSION } from '../service/render/render.ts'
import { createRunPlan } from '../service/render/run-plan.ts'
import { createCopyFileJobs, createDeleteFilesJobs } from '../service/jobs/files.ts'
import { createCopyFolderJobs, createDeleteFolderJobs } from '../service/jobs/folders.ts'
import { createRemoveJobs } from '../service/jobs/remove-derivative.ts'
import { createRenderJobs } from '../service/jobs/render.ts'
import { createResetCacheJobs } from '../service/jobs/reset-cache.ts'
import { createSaveJobs } from '../service/jobs/save.ts'
import { createRunShared } from '../service/render/run-shared.ts'
import { createSave } from '../service/render/save.ts'
import { createSaveLater } from '../service/jobs/save-later.ts'
import { createUpload } from '../service/files/upload.ts'
import { createUrlUpload } from '../service/files/upload-from-url.ts'

/** 26 characters that sort by time. */
const newJobId = (): string => ulid()
const clock = { now: () => Date.now() }
const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count))

async function hash(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Builds adapters → services → HTTP. Together with index.ts and config.ts the only code that sees `env`. */
export function createService(config: Config, env: Env) {
  const bucket = config.storageEvents === 'service' ? notifyingBucket(env.FILES, env.STORAGE_EVENTS, 'emulsion-files') : env.FILES
  const files = createR2FileStore(bucket)
  const results = createR2ResultStore(env.RESULTS)
  const edge = createEdgeResultCache(caches.default)
  const { limits, cache } = config
  const budget = createMemoryBudget({ ...config.memory, clock })
  const running = { files, limits, budget, openContext: createCorePool(wasmModules, loadFont).openContext }
  const metrics = createTextMetrics()
  const run = countRuns(createRunPlan(running), metrics)
  const render = createRender({
    files,
    results,
    edge,
    run,
    hash,
    autoThresholdMs: cache.autoThresholdMs,
    wait: (milliseconds) => scheduler.wait(milliseconds),
  })
  const replaced = async (account: string, path: string): Promise<void> => {
    await results.purge(account, path)
  }
  const maxBytesOf = new Map(config.accounts.map((account) => [account.id, account.maxUploadBytes]))
  const maxUploadBytes = (account: string): number => maxBytesOf.get(account) ?? limits.maxUploadBytes
  const mimeOfName = (name: string): string | null => mime.getType(name)
  const choosePath = createChoosePath({ files, clock, random })
  const upload = createUpload({ files, choosePath, maxUploadBytes, mimeOfName, replaced })
  const save = createSave({ files, render, upload })
  const copyFile = createCopyFile({ files, replaced })
  const urlUpload = createUrlUpload({
    fetchSource,
    upload,
    allowHosts: config.allowHosts,
    maxUploadBytes,
    nameOfDisposition: readFileName,
  })

  const accountStore = createDurableAccounts(env.ACCOUNTS)
  const snapshots = createR2AccountSnapshots(env.FILES, clock)
  const parts = createR2MultipartStore(bucket)
  const multipart = createMultipartUploads({
    ...config.uploads,
    store: parts,
    sessions: createDurableUploadSessions(env.UPLOADS),
    ledger: accountStore,
    choosePath,
    clock,
    random,
    mimeOfName,
    maxUploadBytes,
  })
  const uploadEffects: UploadSessionEffects = {
    async finish(pending, stored) {
      const file = await parts.finish(pending, stored)
      if (file && !pending.exclusive) await replaced(pending.account, pending.path)
      if (file) await accountStore.release(pending.account, pending.uploadId)
      return file
    },
    async abort(pending) {
      await parts.abort(pending)
      await accountStore.release(pending.account, pending.uploadId)
    },
  }
  const accountEffects: AccountEffects = { publish: snapshots.publish }

  const keys = config.accounts.flatMap(({ id, keys }) => keys.map(({ id: keyId, ...key }) => ({ account: id, keyId, ...key })))
  const checkToken = createCheckToken(new Map(config.accounts.map(({ id, tokenKeys }) => [id, tokenKeys])), clock)
  const presets = new Map(config.accounts.map(({ id, presets }) => [id, presets]))
  const folderJobs = { files, folders: accountStore, copyFile, removed: replaced }
  const work = createDurableWork({
    config,
    env,
    files,
    metrics,
    clock,
    hash,
    runners: {
      render: createRenderJobs({
        files,
        upload,
        runShared: countSharedRuns(createRunShared({ ...running, maxSharedBytes: config.memory.totalBytes / 2 }), metrics),
      }),
      'remove-derivative': createRemoveJobs({ files, removed: replaced }),
      save: createSaveJobs({ files, save }),
      'delete-files': createDeleteFilesJobs({ files, copyFile, removed: replaced }),
      'copy-file': createCopyFileJobs({ files, copyFile, removed: replaced }),
      'delete-folder': createDeleteFolderJobs(folderJobs),
      'copy-folder': createCopyFolderJobs(folderJobs),
      'reset-cache': createResetCacheJobs({ results, resets: accountStore }),
    },
    presetPlan(account, name) {
      const parameters = presets.get(account)?.get(name)
      return parameters && parseImageQuery(parameters).plan
    },
  })
  const app = createApp({
    batch: work.batch,
    metrics: {
      metrics,
      token: config.metricsToken,
      async refresh() {
        metrics.set('emulsion_memory_bytes', {}, budget.usage().bytes)
        metrics.set('emulsion_memory_waiting', {}, budget.usage().waiting)
        await work.refreshMetrics()
      },
    },
    bytescale: {
      files,
      clock,
      cacheSettings: new Map(config.accounts.map(({ id, cache }) => [id, cache])),
      render,
      upload,
      save,
      saveLater: createSaveLater({ choosePath, processes: work.processes, newJobId }),
      asyncSaveBytes: limits.asyncSaveBytes,
      multipart,
      urlUpload,
      copyFile,
      folders: accountStore,
      processes: work.processes,
      newJobId,
      removed: replaced,
      uploadUrls: createUploadUrls(keys, clock),
      keys,
      authentication: createAuthentication(keys, checkToken),
      checkToken,
      snapshots,
      accounts: new Set(config.accounts.map(({ id }) => id)),
      presets,
      errors: { notFoundTtlSeconds: cache.notFoundTtlSeconds },
    },
    engineVersion: ENGINE_VERSION,
  })
  return { app, work, uploadEffects, accountEffects }
}
