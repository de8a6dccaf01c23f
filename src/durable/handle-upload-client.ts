import type { UploadsInParts } from '../service/handles/parts/ports.ts'
import { call, objectIn } from './call.ts'
import type { HandleUploadCalls } from './handle-upload.ts'

/** One Durable Object an upload. The app's key is part of its name, so another app finds nothing. */
export function createDurableHandleUploads(namespace: DurableObjectNamespace): UploadsInParts {
  const named = objectIn<HandleUploadCalls>(namespace)
  const object = (app: string, uploadId: string): HandleUploadCalls => named(`${app}/${uploadId}`)
  return {
    async begin(upload) {
      await call(() => object(upload.record.app, upload.uploadId).begin(upload))
    },
    read: (app, uploadId) => call(() => object(app, uploadId).read()),
    admit: (app, uploadId, piece) => call(() => object(app, uploadId).admit(piece)),
    part: (app, uploadId, number) => call(() => object(app, uploadId).part(number)),
    apply: (app, uploadId, event) => call(() => object(app, uploadId).apply(event)),
  }
}
