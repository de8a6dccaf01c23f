import type { CacheResets, FolderStore } from '../service/files/folder-ports.ts'
import type { UploadLedger } from '../service/files/multipart-ports.ts'
import type { OpenUploads } from '../service/files/parts/ports.ts'
import type { RenderLedger } from '../service/protection/quotas.ts'
import type { AccountCalls } from './account.ts'
import { call, objectIn } from './call.ts'

/** One Durable Object an account. */
export function createDurableAccounts(
  namespace: DurableObjectNamespace,
): UploadLedger & OpenUploads & FolderStore & CacheResets & RenderLedger {
  const object = objectIn<AccountCalls>(namespace)
  return {
    admit: (account, claim, quotas) => call(() => object(account).admit(claim, quotas)),
    async prolong(account, uploadId, expiresAt) {
      await call(() => object(account).prolong(uploadId, expiresAt))
    },
    async release(account, uploadId) {
      await call(() => object(account).release(uploadId))
    },
    listUploads: (account, wish) => call(() => object(account).listUploads(wish)),
    get: (account, paths) => call(() => object(account).getFolders(paths)),
    async put(account, folder) {
      await call(() => object(account).putFolder(account, folder))
    },
    delete: (account, path, { recursive }) => call(() => object(account).deleteFolder(account, path, recursive)),
    list: (account, folder, { recursive, after, limit }) => call(() => object(account).listFolders(folder, recursive, after, limit)),
    reset: (account, pattern) => call(() => object(account).reset(account, pattern)),
    beginRender: (account, quotas) => call(() => object(account).beginRender({ ...quotas })),
    async spend(account, cpuMs) {
      await call(() => object(account).spend(cpuMs))
    },
  }
}
