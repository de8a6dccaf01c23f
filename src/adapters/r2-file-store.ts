import type { FileBody, FileStore } from '../service/ports.ts'
import { callR2 } from './r2-call.ts'
import { infoOf, isPlaceholder, keyOf, packMeta } from './r2-file-object.ts'

/** R2 answers at most this many keys a page, and deletes at most this many at once. */
const PAGE = 1000

/** Files as R2 objects: the key is the account followed by the path, the owner's metadata is custom metadata of the object. */
export function createR2FileStore(bucket: R2Bucket): FileStore {
  return {
    async head(account, path) {
      const object = await callR2(() => bucket.head(keyOf(account, path)))
      return object && !isPlaceholder(object) ? infoOf(object, account) : null
    },
    async open(account, path, range) {
      const wanted = range && { range: { offset: range.start, length: range.end - range.start } }
      const object = await callR2(() => bucket.get(keyOf(account, path), wanted))
      return object && !isPlaceholder(object) ? { info: infoOf(object, account), body: object.body } : null
    },
    async put(account, path, body, meta, { ifAbsent = false } = {}) {
      const options: R2PutOptions = {
        httpMetadata: { contentType: meta.mime },
        customMetadata: packMeta(meta),
        ...(ifAbsent && { onlyIf: { etagDoesNotMatch: '*' } }),
      }
      const object = await putBody(bucket, keyOf(account, path), body, options)
      return object && { ...meta, path, size: object.size, etag: object.etag, lastModified: object.uploaded }
    },
    async delete(account, paths) {
      for (let i = 0; i < paths.length; i += PAGE) {
        const keys = paths.slice(i, i + PAGE).map((path) => keyOf(account, path))
        await callR2(() => bucket.delete(keys))
      }
    },
    async list(account, folder, { recursive, limit, cursor }) {
      const prefix = keyOf(account, folder === '/' ? '/' : `${folder}/`)
      const options: R2ListOptions = { prefix, limit: Math.min(limit, PAGE), include: ['httpMetadata', 'customMetadata'] }
      if (cursor !== undefined) options.cursor = cursor
      if (!recursive) options.delimiter = '/'
      const page = await callR2(() => bucket.list(options))
      return {
        files: page.objects.filter((object) => !isPlaceholder(object)).map((object) => infoOf(object, account)),
        folders: page.delimitedPrefixes.map((found) => found.slice(account.length, -1)),
        cursor: page.truncated ? page.cursor : null,
      }
    },
  }
}

/** R2 wants a stream of known length; a body that ends early or goes on longer fails the put as a whole. */
async function putBody(bucket: R2Bucket, key: string, body: FileBody, options: R2PutOptions): Promise<R2Object | null> {
  if (body instanceof Uint8Array) return callR2(() => bucket.put(key, body, options))
  const { readable, writable } = new FixedLengthStream(body.size)
  const copied = body.stream.pipeTo(writable)
  const [object] = await callR2(() => Promise.all([bucket.put(key, readable, options), copied]))
  return object
}
