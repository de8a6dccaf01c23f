import type { PartUploadSessions, UploadName } from '../service/files/parts/ports.ts'
import { call, objectIn } from './call.ts'
import type { PartUploadCalls } from './part-upload.ts'

/** One Durable Object an upload. The account is part of its name, so another account's key finds nothing. */
export function createDurablePartUploads(namespace: DurableObjectNamespace): PartUploadSessions {
  const named = objectIn<PartUploadCalls>(namespace)
  const object = ({ account, uploadId }: UploadName): PartUploadCalls => named(`${account}/${uploadId}`)
  return {
    async begin(upload) {
      await call(() => object(upload).begin(upload))
    },
    read: (upload) => call(() => object(upload).read()),
    admit: (upload, number, size) => call(() => object(upload).admit(number, size)),
    hold: (upload, part) => call(() => object(upload).hold(part)),
    parts: (upload, after, limit) => call(() => object(upload).parts(after, limit)),
    complete: (upload, list, ifAbsent) => call(() => object(upload).complete(list, ifAbsent)),
    async abort(upload) {
      await call(() => object(upload).abort())
    },
  }
}
