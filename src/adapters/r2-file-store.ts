import type { FileBody, FileInfo, FileMeta, FileStore } from '../service/ports.ts'
import { callR2 } from './r2-call.ts'

/** R2 answers at most this many keys a page, and deletes at most this many at once. */
const PAGE = 1000

const keyOf = (account: string, path: string): string => account + path

/** Files as R2 objects: the key is the account followed by the path, the owner's metadata is custom metadata of the object. */
export function createR2FileStore(bucket: R2Bucket): FileStore {
  return {
    async head(account, path) {
      const object = await callR2(() => bucket.head(keyOf(account, path)))
      return object && infoOf(object, account)
    },
    async open(account, path, range) {
      const wanted = range && { range: { offset: range.start, length: range.end - range.start } }
      const object = await callR2(() => bucket.get(keyOf(account, path), wanted))
      return object && { info: infoOf(object, account), body: object.body }
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
        files: page.objects.map((object) => infoOf(object, account)),
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

/** Custom metadata travels in headers, so the JSON is kept in ASCII. */
const packMeta = ({ originalFileName, metadata, tags }: FileMeta): Record<string, string> => ({
  meta: JSON.stringify({ originalFileName, metadata, tags }).replaceAll(
    /[^\u0020-\u007e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ),
})

function infoOf(object: R2Object, account: string): FileInfo {
  // Written by packMeta; an object that came into the bucket another way has none.
  const { originalFileName = null, metadata = {}, tags = [] } = JSON.parse(object.customMetadata?.['meta'] ?? '{}') as Partial<FileMeta>
  return {
    path: object.key.slice(account.length),
    size: object.size,
    etag: object.etag,
    lastModified: object.uploaded,
    mime: object.httpMetadata?.contentType ?? 'application/octet-stream',
    originalFileName,
    metadata,
    tags,
  }
}
