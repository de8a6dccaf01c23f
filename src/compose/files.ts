import mime from 'mime'
import { notifyingBucket } from '../adapters/emulated-bucket-events.ts'
import { createEdgeAnswers } from '../adapters/mounts/edge-answers.ts'
import { fetchSource } from '../adapters/http-source.ts'
import { createR2AccountSnapshots } from '../adapters/r2-account-snapshots.ts'
import { createR2FileStore } from '../adapters/r2-file-store.ts'
import { createR2MultipartStore } from '../adapters/r2-multipart-store.ts'
import { createR2ResultStore } from '../adapters/r2-result-store.ts'
import type { Config } from '../config/load.ts'
import { createDurableAccounts } from '../durable/account-client.ts'
import type { AccountEffects } from '../durable/account.ts'
import { createDurableUploadSessions } from '../durable/upload-session-client.ts'
import type { UploadSessionEffects } from '../durable/upload-session.ts'
import type { Env } from '../env.ts'
import { readFileName } from '../http/user-content.ts'
import { cacheGeneration, closeFolders } from '../service/access/account-snapshot.ts'
import { type ChoosePath, createChoosePath } from '../service/files/choose-path.ts'
import { createCopyFile } from '../service/files/copy.ts'
import type { FolderStore } from '../service/files/folder-ports.ts'
import { createMultipartUploads } from '../service/files/multipart-upload.ts'
import { createRecentFiles } from '../service/files/recent-files.ts'
import { createMountedFiles } from '../service/mounts/mounted-files.ts'
import { createObjectFiles } from '../service/stores/object-files.ts'
import type { PurgedFiles } from '../service/edge/tags.ts'
import { placeIn } from '../service/stores/object-path.ts'
import { createReadUrl, createUrlUpload } from '../service/files/upload-from-url.ts'
import { createUpload, type StoreUpload, type Upload } from '../service/files/upload.ts'
import type { EdgeCache, Room } from '../service/ports.ts'
import { createTriggers } from '../service/triggers/triggers.ts'
import { watchFiles, watchUploads } from '../service/triggers/watched-stores.ts'
import type { MemoryBudget } from '../service/render/memory-budget.ts'
import { createMounts } from './mounts.ts'
import { clock, hash, log, random, wait } from './platform.ts'
import type { Records } from './records.ts'
import { compileRules } from './rules.ts'
import { createSentParts } from './part-uploads.ts'
import { createStores } from './stores.ts'

export type Files = ReturnType<typeof createFiles>

export interface Freshness {
  readonly edge: EdgeCache
  /** How long an isolate believes what it read. */
  readonly believedMs: () => number
  /** The longest that anything at the edge tells of what has changed. */
  readonly edgeBoundMs: () => number
}

/** What stores files: the bucket, uploads of all kinds, copies, the ledger of each account. */
export function createFiles(config: Config, env: Env, { processes }: Records, budget: MemoryBudget, room: Room, freshness: Freshness) {
  const { edge, believedMs } = freshness
  const bucket = config.storageEvents === 'service' ? notifyingBucket(env.FILES, env.STORAGE_EVENTS, 'emulsion-files') : env.FILES
  const unwatched = createR2FileStore(bucket, room)
  const triggers = createTriggers({ rules: compileRules(config), files: unwatched, processes, log })
  const mimeOfName = (name: string): string | null => mime.getType(name)
  const stores = createStores(config)
  const mounts = createMounts(config, stores)
  const answers = createEdgeAnswers(caches.default)
  const published = createR2AccountSnapshots(env.FILES, clock, believedMs)
  const generationOf = async (account: string, path: string): Promise<string> => {
    const snapshot = await published.read(account)
    return ['image', 'raw'].map((processing) => cacheGeneration(snapshot, processing, path)).join(' ')
  }
  const files = createMountedFiles({
    own: watchFiles(unwatched, { triggers, log }),
    mounts,
    answers,
    mimeOfName,
    generationOf,
    clock,
    wait,
    hash,
    log,
  })
  const filesByHandle = createObjectFiles({ own: files, stores, mimeOfName, reserve: budget.tryAcquire })
  const recent = createRecentFiles(filesByHandle, clock, believedMs)
  const results = createR2ResultStore(env.RESULTS, room)
  const accounts = purgingFolders(createDurableAccounts(env.ACCOUNTS), edge)
  const snapshots = closeFolders(published, securedFolders(config))
  const parts = watchUploads(createR2MultipartStore(bucket, room), { triggers, log })
  const forgetOthers = async (account: string, path: string, etag: string | undefined): Promise<void> => {
    recent.forget(account, path)
    const file = { text: path, isPrefix: false }
    await results.purge(account, file, etag)
    await edge.purge(account, file)
  }
  const replaced = (account: string, path: string): Promise<void> => forgetOthers(account, path, undefined)
  const lifetimes = new Map(config.accounts.map(({ id, cache }) => [id, Math.max(cache.ttlSeconds, cache.versionedTtlSeconds)]))
  const maxBytesOf = new Map(config.accounts.map(({ id, maxUploadBytes }) => [id, maxUploadBytes]))
  const maxUploadBytes = (account: string): number => maxBytesOf.get(account) ?? config.limits.maxUploadBytes
  const choosePath = createChoosePath({ files, demandOwn: files.demandOwn, clock, random })
  const upload = createUpload({ files, choosePath, maxUploadBytes, mimeOfName, replaced })
  const toStore = createUpload({ files: filesByHandle, choosePath: asItIs, maxUploadBytes, mimeOfName, replaced })
  const uploadByHandle: StoreUpload = (order) => (isElsewhere(order.destination) ? toStore(order) : upload(order))
  const multipart = createMultipartUploads({
    ...config.uploads,
    store: parts,
    sessions: createDurableUploadSessions(env.UPLOADS),
    ledger: accounts,
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
      if (file) await accounts.release(pending.account, pending.uploadId)
      return file
    },
    async abort(pending) {
      await parts.abort(pending)
      await accounts.release(pending.account, pending.uploadId)
    },
  }
  const readUrl = createReadUrl({
    fetchSource,
    allowHosts: config.allowHosts,
    maxUploadBytes,
    nameOfDisposition: readFileName,
    reserve: budget.tryAcquire,
  })
  const accountEffects: AccountEffects = { publish: published.publish }
  return {
    files,
    /** The same, and those of configured stores. Only who has a handle comes here. */
    filesByHandle,
    uploadByHandle,
    recent,
    /** The same files. What is written here starts no rule. */
    unwatched,
    triggers,
    results,
    accounts,
    snapshots,
    replaced,
    forgetOthers,
    freshness,
    lifetimeSeconds: (account: string): number => lifetimes.get(account) ?? 0,
    choosePath,
    upload,
    parts,
    maxUploadBytes,
    mimeOfName,
    multipart,
    ...createSentParts(config, env, room, { store: parts, ledger: accounts, choosePath, mimeOfName, maxUploadBytes, replaced }),
    uploadEffects,
    accountEffects,
    copyFile: createCopyFile({ files, replaced }),
    readUrl,
    urlUpload: createUrlUpload(readUrl, upload),
  }
}

const isElsewhere = (destination: Upload['destination']): destination is string =>
  typeof destination === 'string' && placeIn(destination) !== null

/** The path of an object was settled with its handle. */
const asItIs: ChoosePath = async ({ destination }) => ({
  path: typeof destination === 'string' ? destination : '',
  exclusive: false,
})

/** Where apps store that ask a right for every call: their files are not for everybody through another dialect either. */
const securedFolders =
  ({ filestackApps }: Config) =>
  (account: string): readonly string[] =>
    filestackApps
      .filter((app) => app.account === account && app.security === 'required')
      .flatMap(({ containers }) => containers.map(({ folder }) => folder))

/** Who may see what lies in a folder changes with its settings: what shows it is dropped. */
const purgingFolders = <T extends FolderStore>(folders: T, edge: EdgeCache): T => ({
  ...folders,
  async put(account, folder) {
    await folders.put(account, folder)
    await edge.purge(account, below(folder.path))
  },
  async delete(account, path, options) {
    const count = await folders.delete(account, path, options)
    await edge.purge(account, below(path))
    return count
  },
})

const below = (folder: string): PurgedFiles => ({ text: folder === '/' ? '/' : `${folder}/`, isPrefix: true })
