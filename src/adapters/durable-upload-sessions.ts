import type { UploadSessions, UploadStatus } from '../service/multipart-ports.ts'
import { receiveResult, type RemoteResult } from '../service/remote-result.ts'
import type { PendingUpload, UploadSession } from '../service/upload-session-state.ts'

/** What `durable/upload-session.ts` offers over RPC. */
export interface UploadSessionRpc extends Rpc.DurableObjectBranded {
  begin(upload: PendingUpload): Promise<RemoteResult<void>>
  read(): Promise<RemoteResult<UploadSession>>
  stored(index: number, etag: string): Promise<RemoteResult<UploadStatus>>
  completed(index: number, etag: string): Promise<RemoteResult<UploadStatus>>
  remaining(): Promise<RemoteResult<readonly number[]>>
}

/** One object an upload. The account is part of the name, so another account's key finds nothing. */
export function createDurableUploadSessions(namespace: DurableObjectNamespace): UploadSessions {
  const stubOf = (account: string, uploadId: string): UploadSessionRpc =>
    namespace.get(namespace.idFromName(`${account}/${uploadId}`)) as unknown as UploadSessionRpc // the class that wrangler.toml binds
  return {
    begin: async (upload) => receiveResult(await stubOf(upload.account, upload.uploadId).begin(upload)),
    read: async (account, uploadId) => receiveResult(await stubOf(account, uploadId).read()),
    stored: async (account, uploadId, index, etag) => receiveResult(await stubOf(account, uploadId).stored(index, etag)),
    completed: async (account, uploadId, index, etag) => receiveResult(await stubOf(account, uploadId).completed(index, etag)),
    remaining: async (account, uploadId) => receiveResult(await stubOf(account, uploadId).remaining()),
  }
}
