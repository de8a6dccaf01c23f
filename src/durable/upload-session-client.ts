import type { UploadSessions } from '../service/files/multipart-ports.ts'
import { call, objectIn } from './call.ts'
import type { UploadSessionCalls } from './upload-session.ts'

/** One Durable Object an upload. The account is part of its name, so another account's key finds nothing. */
export function createDurableUploadSessions(namespace: DurableObjectNamespace): UploadSessions {
  const named = objectIn<UploadSessionCalls>(namespace)
  const object = (account: string, uploadId: string): UploadSessionCalls => named(`${account}/${uploadId}`)
  return {
    async begin(upload) {
      await call(() => object(upload.account, upload.uploadId).begin(upload))
    },
    read: (account, uploadId) => call(() => object(account, uploadId).read()),
    stored: (account, uploadId, index, etag) => call(() => object(account, uploadId).stored(index, etag)),
    completed: (account, uploadId, index, etag) => call(() => object(account, uploadId).completed(index, etag)),
    async abort(account, uploadId) {
      await call(() => object(account, uploadId).abort())
    },
    resumed: (account, uploadId, index) => call(() => object(account, uploadId).resumed(index)),
    remaining: (account, uploadId) => call(() => object(account, uploadId).remaining()),
  }
}
