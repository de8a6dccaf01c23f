import { hashStream, newHash } from '../adapters/node-hashes.ts'
import type { Config } from '../config/load.ts'
import type { MountSettings } from '../config/mounts.ts'
import { createCheckToken } from '../http/access-token.ts'
import { createApp } from '../http/app.ts'
import { createAuthentication } from '../http/credentials.ts'
import { createSpellJob } from '../http/dialects/batch/spell.ts'
import { createOpenPicture } from '../http/dialects/bytescale/cdn/open-picture.ts'
import { spellImageUrl } from '../http/dialects/bytescale/spell.ts'
import { FRAMEWORK_SPELLERS } from '../http/dialects/frameworks/spell.ts'
import type { WebMount } from '../http/dialects/frameworks/source.ts'
import { spellIiif } from '../http/dialects/iiif/spell.ts'
import { createUploadUrls } from '../http/dialects/bytescale/uploads/part-url.ts'
import { createSpellTasks } from '../http/dialects/filestack/spell.ts'
import { withSpellings } from '../http/explain/spellings.ts'
import { createCopySource } from '../service/handles/source-copies.ts'
import { createPictureFacts } from '../service/handles/picture-facts.ts'
import type { Counter } from '../service/counts/counts.ts'
import type { SharedCounts } from '../service/counts/shared-counts.ts'
import { createMakeLater } from '../service/jobs/make-later.ts'
import { createSaveLater } from '../service/jobs/save-later.ts'
import { ENGINE_VERSION } from '../service/render/results/result-key.ts'
import type { Files } from './files.ts'
import type { Handles } from './handles.ts'
import type { DurableWork } from './processes.ts'
import { clock, hash, newJobId, random, wait } from './platform.ts'
import { rulesOfAccounts, standingOfJobs } from './protection.ts'
import type { Rendering } from './rendering.ts'

const aliasesOf = (mounts: readonly MountSettings[]): ReadonlyMap<string, string> =>
  new Map(mounts.flatMap(({ alias, folder }) => (alias === undefined ? [] : [[alias, folder]])))

const webMountsOf = (mounts: readonly MountSettings[]): readonly WebMount[] =>
  mounts.flatMap(({ folder, origin }) => (origin.kind === 'web' ? [{ folder, base: new URL(origin.base).href }] : []))

/** The routes of all dialects. */
export function createHttp(
  config: Config,
  {
    metrics,
    shared,
    isBehindWorkersCache,
  }: { readonly metrics: Counter; readonly shared: SharedCounts; readonly isBehindWorkersCache: () => boolean },
  stored: Files,
  { storedFiles, handleUploads, stageBody }: Handles,
  { budget, explain: explainWish, findShape, render, renderInTime, save, writesAvif }: Rendering,
  work: DurableWork,
) {
  const keys = config.accounts.flatMap(({ id, keys }) => keys.map(({ id: keyId, ...key }) => ({ account: id, keyId, ...key })))
  const checkToken = createCheckToken(new Map(config.accounts.map(({ id, tokenKeys }) => [id, tokenKeys])), clock)
  const authentication = createAuthentication(keys, checkToken)
  const holdsKey = async (headers: Headers, account: string): Promise<boolean> => (await authentication.accountOf(headers)) === account
  const spellers = {
    bytescale: spellImageUrl,
    filestack: createSpellTasks(config.filestackApps, stored.files),
    batch: createSpellJob(config.batchServices),
    iiif: spellIiif,
    ...FRAMEWORK_SPELLERS,
  }
  const explain = withSpellings(explainWish, spellers)
  const cacheSettings = new Map(config.accounts.map(({ id, cache }) => [id, cache]))
  const urlPolicies = new Map(config.accounts.map(({ id, urls }) => [id, urls]))
  const rulesOf = rulesOfAccounts(config)
  const fallbacks = new Map(config.accounts.flatMap(({ id, fallback }) => (fallback ? [[id, fallback] as const] : [])))
  const bytescale = {
    files: stored.files,
    upload: stored.upload,
    reserve: budget.tryAcquire,
    multipart: stored.multipart,
    urlUpload: stored.urlUpload,
    copyFile: stored.copyFile,
    folders: stored.accounts,
    removed: stored.replaced,
    recent: stored.recent,
    snapshots: stored.snapshots,
    clock,
    cacheSettings,
    urlPolicies,
    rulesOf,
    fallbacks,
    render,
    renderInTime,
    explain,
    save,
    makeLater: createMakeLater(work.processes),
    saveLater: createSaveLater({ choosePath: stored.choosePath, processes: work.processes, newJobId, maxSteps: config.limits.maxSteps }),
    asyncSaveBytes: config.limits.asyncSaveBytes,
    processes: work.processes,
    newJobId,
    wait,
    uploadUrls: createUploadUrls(keys, clock),
    keys,
    authentication,
    checkToken,
    accounts: new Set(config.accounts.map(({ id }) => id)),
    presets: new Map(config.accounts.map(({ id, presets }) => [id, presets])),
    errors: { notFoundTtlSeconds: config.cache.notFoundTtlSeconds },
  }
  const openPicture = createOpenPicture({ ...bytescale, findShape, hash })
  return createApp({
    batch: work.batch,
    explainJob: {
      services: work.batch.services,
      explain,
      accountOf: authentication.accountOf,
      standingOf: standingOfJobs(config),
    },
    metrics: {
      metrics,
      shared,
      token: config.metricsToken,
      async refresh() {
        metrics.set('emulsion_memory_bytes', {}, budget.usage().bytes)
        metrics.set('emulsion_memory_waiting', {}, budget.usage().waiting)
        await work.refreshMetrics()
      },
    },
    sharedCaches: { isBehindWorkersCache, front: config.cache.workersCache, hash },
    ingest: {
      authentication,
      limits: config.limits,
      memoryBytes: config.memory.totalBytes,
      accounts: new Map(config.accounts.map(({ id, ingest, presets, maxUploadBytes }) => [id, { ...ingest, presets, maxUploadBytes }])),
    },
    s3: {
      accounts: new Set(config.accounts.filter(({ s3 }) => s3).map(({ id }) => id)),
      keys: keys.filter(({ account }) => config.accounts.some(({ id, s3 }) => s3 && id === account)),
      files: stored.files,
      upload: stored.upload,
      copyFile: stored.copyFile,
      uploads: stored.partUploads,
      wait,
      snapshots: stored.snapshots,
      rulesOf,
      maxUploadBytes: stored.maxUploadBytes,
      removed: stored.replaced,
      clock,
      hash,
      newHash,
    },
    filestack: {
      apps: config.filestackApps,
      stored: storedFiles,
      uploads: handleUploads,
      files: stored.filesByHandle,
      readUrl: stored.readUrl,
      reserve: budget.tryAcquire,
      stageBody,
      hashStream,
      pictureFacts: createPictureFacts(stored.filesByHandle),
      clock,
      random,
      render,
      renderInTime,
      explain,
      holdsKey,
      snapshots: stored.snapshots,
      cacheSettings,
      urlPolicies,
      rulesOf,
      fallbacks,
      aliases: new Map(config.accounts.map(({ id, mounts }) => [id, aliasesOf(mounts)])),
      copySource: createCopySource({ ...stored, files: stored.unwatched, hash, clock }),
      errors: { notFoundTtlSeconds: 0 },
    },
    bytescale,
    iiif: {
      accounts: bytescale.accounts,
      openPicture,
      limits: config.limits,
      writesAvif,
      errors: bytescale.errors,
    },
    frameworks: {
      accounts: bytescale.accounts,
      defaultAccount: config.defaultAccount,
      webMounts: new Map(config.accounts.map(({ id, mounts }) => [id, webMountsOf(mounts)])),
      openPicture,
      errors: bytescale.errors,
    },
    engineVersion: ENGINE_VERSION,
  })
}
