import type { CacheResets, FolderRecord, FolderStore } from '../service/folder-ports.ts'
import type { UploadLedger } from '../service/multipart-ports.ts'
import { receiveResult, type RemoteResult } from '../service/remote-result.ts'

/** What `durable/account.ts` offers over RPC. */
export interface AccountRpc extends Rpc.DurableObjectBranded {
  admit(uploadId: string, expiresAt: number, maxPending: number): Promise<boolean>
  release(uploadId: string): Promise<void>
  getFolders(paths: readonly string[]): Promise<readonly FolderRecord[]>
  putFolder(account: string, folder: FolderRecord): Promise<RemoteResult<void>>
  deleteFolder(account: string, path: string, recursive: boolean): Promise<RemoteResult<number>>
  listFolders(path: string, recursive: boolean, after: string, limit: number): Promise<readonly FolderRecord[]>
  reset(account: string, pattern: string): Promise<RemoteResult<void>>
}

/** One object an account. */
export function createDurableAccounts(namespace: DurableObjectNamespace): UploadLedger & FolderStore & CacheResets {
  const stubOf = (account: string): AccountRpc => namespace.get(namespace.idFromName(account)) as unknown as AccountRpc // the class that wrangler.toml binds
  return {
    admit: (account, uploadId, expiresAt, maxPending) => stubOf(account).admit(uploadId, expiresAt, maxPending),
    release: (account, uploadId) => stubOf(account).release(uploadId),
    get: (account, paths) => stubOf(account).getFolders(paths),
    put: async (account, folder) => receiveResult(await stubOf(account).putFolder(account, folder)),
    delete: async (account, path, { recursive }) => receiveResult(await stubOf(account).deleteFolder(account, path, recursive)),
    list: (account, folder, { recursive, after, limit }) => stubOf(account).listFolders(folder, recursive, after, limit),
    reset: async (account, pattern) => receiveResult(await stubOf(account).reset(account, pattern)),
  }
}
