import type { StorageEvent } from '../service/triggers/storage-event.ts'

/**
 * A bucket that tells a queue what is written to it, in the messages of R2's event notifications. For `npm start`: the local R2 sends none.
 * On Cloudflare the bucket itself notifies (docs/triggers.md), also of what others write to it.
 */
export function notifyingBucket(bucket: R2Bucket, queue: Queue<StorageEvent>, bucketName: string): R2Bucket {
  const send = (action: StorageEvent['action'], object: StorageEvent['object']): Promise<unknown> =>
    queue.send({ account: 'local', action, bucket: bucketName, object, eventTime: new Date().toISOString() }, { contentType: 'json' })
  const stored = async <T extends R2Object | null>(action: StorageEvent['action'], object: T): Promise<T> => {
    if (object) await send(action, { key: object.key, size: object.size, eTag: object.etag })
    return object
  }
  const upload = (open: R2MultipartUpload): R2MultipartUpload => ({
    key: open.key,
    uploadId: open.uploadId,
    uploadPart: (...part) => open.uploadPart(...part),
    abort: () => open.abort(),
    complete: async (parts) => stored('CompleteMultipartUpload', await open.complete(parts)),
  })
  const changes: Partial<R2Bucket> = {
    put: (async (...args: Parameters<R2Bucket['put']>) => stored('PutObject', await bucket.put(...args))) as R2Bucket['put'], // its overloads differ in null only
    async delete(keys) {
      await bucket.delete(keys)
      for (const key of [keys].flat()) await send('DeleteObject', { key })
    },
    createMultipartUpload: async (...args) => upload(await bucket.createMultipartUpload(...args)),
    resumeMultipartUpload: (...args) => upload(bucket.resumeMultipartUpload(...args)),
  }
  return new Proxy(bucket, {
    get(target, name) {
      const own: unknown = Reflect.get(changes, name) ?? Reflect.get(target, name)
      return typeof own === 'function' ? (own.bind(target) as unknown) : own
    },
  })
}
