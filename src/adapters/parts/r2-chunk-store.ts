import { AppError } from '../../errors.ts'
import { breakable } from '../../service/files/content/breakable.ts'
import type { ChunkStore } from '../../service/handles/parts/ports.ts'
import { ENDLESS_ROOM } from '../../service/ports.ts'
import { callR2 } from '../r2-call.ts'
import { storeStream } from '../store-stream.ts'

/** An account's files begin with its id, which has no dot, so no file can be such an object. */
const FOLDER = '.uploads/'
const prefixOf = (uploadId: string, part: number | null): string => `${FOLDER}${uploadId}/${part === null ? '' : `${part}/`}`

/** Chunks of parts as objects of their own, since R2 takes a part as a whole. */
export function createR2ChunkStore(bucket: R2Bucket, room = ENDLESS_ROOM): ChunkStore {
  return {
    async put(uploadId, part, { offset, size }, body) {
      const exact = breakable(body, size, (cause) =>
        cause instanceof AppError ? cause : new AppError('invalid_body', { reason: `Expected exactly ${size} bytes.`, cause }),
      )
      const options = { httpMetadata: { contentType: 'application/octet-stream' } }
      const store = (): Promise<R2Object> =>
        storeStream(exact, size, (stream) => bucket.put(prefixOf(uploadId, part) + offset, stream, options))
      return (await room.hold(size, () => callR2(store))).etag
    },

    open(uploadId, part, chunks) {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
      const copy = async (): Promise<void> => {
        for (const { offset, etag } of chunks) {
          const wanted = etag === undefined ? {} : { onlyIf: { etagMatches: etag } }
          const object = await callR2(() => bucket.get(prefixOf(uploadId, part) + offset, wanted))
          if (!object || !('body' in object))
            throw new AppError('invalid_body', {
              field: 'part',
              reason: `What was stored at ${offset} is gone or replaced: send it again.`,
            })
          await object.body.pipeTo(writable, { preventClose: true })
        }
        await writable.close()
      }
      copy().catch((cause: unknown) => writable.abort(cause).catch(() => undefined))
      return readable
    },

    async clearNamed(prefix, before) {
      const { objects } = await callR2(() => bucket.list({ prefix: `${FOLDER}${prefix}` }))
      const old = objects.map(({ key }) => key).filter((key) => key < FOLDER + before)
      if (old.length > 0) await callR2(() => room.free(() => bucket.delete(old)))
    },

    async clear(uploadId, part) {
      for (;;) {
        const { objects } = await callR2(() => bucket.list({ prefix: prefixOf(uploadId, part) }))
        if (objects.length === 0) return
        await callR2(() => room.free(() => bucket.delete(objects.map(({ key }) => key))))
      }
    },
  }
}
