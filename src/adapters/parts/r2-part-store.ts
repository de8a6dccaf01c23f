import { AppError } from '../../errors.ts'
import { bytesOf, type Piece } from '../../service/files/parts/divide.ts'
import type { PartStore, UploadName } from '../../service/files/parts/ports.ts'
import { ENDLESS_ROOM } from '../../service/ports.ts'
import { callR2 } from '../r2-call.ts'
import { storeStream } from '../store-stream.ts'

/** An account's files begin with its id, which has no dot, so no file can be such an object. */
const prefixOf = ({ account, uploadId }: UploadName): string => `.parts/${account}/${uploadId}/`

const OPTIONS = { httpMetadata: { contentType: 'application/octet-stream' } }

/** Parts as objects of their own, whose ETag is their MD5. */
export function createR2PartStore(bucket: R2Bucket, room = ENDLESS_ROOM): PartStore {
  async function read(upload: UploadName, { name, start, end }: Piece): Promise<ReadableStream> {
    const object = await callR2(() => bucket.get(prefixOf(upload) + name, { range: { offset: start, length: end - start } }))
    if (!object) throw new AppError('invalid_body', { field: 'part', reason: 'What was stored is gone: send it again.' })
    return object.body
  }

  return {
    async put(upload, name, body) {
      const key = prefixOf(upload) + name
      const store = (): Promise<R2Object> =>
        body instanceof Uint8Array
          ? bucket.put(key, body, OPTIONS)
          : storeStream(body.stream, body.size, (stream) => bucket.put(key, stream, OPTIONS))
      return (await room.hold(body instanceof Uint8Array ? body.length : body.size, () => callR2(store))).etag
    },

    async open(upload, pieces) {
      const [first] = pieces
      if (first && pieces.length === 1) return read(upload, first)
      const { readable, writable } = new FixedLengthStream(bytesOf(pieces))
      const copy = async (): Promise<void> => {
        for (const piece of pieces) await (await read(upload, piece)).pipeTo(writable, { preventClose: true })
        await writable.close()
      }
      copy().catch((cause: unknown) => writable.abort(cause).catch(() => undefined))
      return readable
    },

    async remove(upload, name) {
      await room.free(() => callR2(() => bucket.delete(prefixOf(upload) + name)))
    },

    async clear(upload) {
      for (;;) {
        const { objects } = await callR2(() => bucket.list({ prefix: prefixOf(upload) }))
        if (objects.length === 0) return
        await room.free(() => callR2(() => bucket.delete(objects.map(({ key }) => key))))
      }
    },
  }
}
