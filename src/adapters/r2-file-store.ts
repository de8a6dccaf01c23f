import { ENDLESS_ROOM, type FileBody, type FileStore } from '../service/ports.ts'
import { folderKey, lastKey } from '../service/files/path-order.ts'
import { callR2 } from './r2-call.ts'
import { storeStream } from './store-stream.ts'
import { infoOf, isPlaceholder, keyOf, packMeta, packOrigin } from './r2-file-object.ts'

/** R2 answers at most this many keys a page, and deletes at most this many at once. */
const PAGE = 1000

/** Files as R2 objects: the key is the account followed by the path, the owner's metadata is custom metadata of the object. */
export function createR2FileStore(bucket: R2Bucket, room = ENDLESS_ROOM): FileStore {
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
    async put(account, path, body, meta, { ifAbsent = false, ifEtag, origin } = {}) {
      const options: R2PutOptions = {
        httpMetadata: { contentType: meta.mime },
        customMetadata: { ...packMeta(meta), ...(origin && packOrigin(origin, account, path)) },
        ...(ifAbsent && { onlyIf: { etagDoesNotMatch: '*' } }),
        ...(ifEtag !== undefined && { onlyIf: { etagMatches: ifEtag } }),
      }
      const size = body instanceof Uint8Array ? body.length : body.size
      const object = await room.hold(size, () => putBody(bucket, keyOf(account, path), body, options))
      return object && { ...meta, path, size: object.size, etag: object.etag, lastModified: object.uploaded, ...(origin && { origin }) }
    },
    async delete(account, paths) {
      for (let i = 0; i < paths.length; i += PAGE) {
        const keys = paths.slice(i, i + PAGE).map((path) => keyOf(account, path))
        await room.free(() => callR2(() => bucket.delete(keys)))
      }
    },
    async list(account, folder, { recursive, limit, after, prefix = '' }) {
      const options: R2ListOptions = {
        prefix: keyOf(account, folderKey(folder) + prefix),
        limit: Math.min(limit, PAGE),
        include: ['httpMetadata', 'customMetadata'],
      }
      if (after !== undefined) options.startAfter = keyOf(account, recursive ? after : pastFolder(after))
      if (!recursive) options.delimiter = '/'
      const { objects, delimitedPrefixes, truncated } = await callR2(() => bucket.list(options))
      const keys = [...objects.map(({ key }) => key), ...delimitedPrefixes].map((key) => key.slice(account.length))
      return {
        files: objects.filter((object) => !isPlaceholder(object)).map((object) => infoOf(object, account)),
        folders: delimitedPrefixes.map((found) => found.slice(account.length, -1)),
        seenUpTo: truncated ? lastKey(keys) : null,
      }
    },
  }
}

/** A body that ends early or goes on longer fails the put as a whole. */
async function putBody(bucket: R2Bucket, key: string, body: FileBody, options: R2PutOptions): Promise<R2Object | null> {
  if (body instanceof Uint8Array) return callR2(() => bucket.put(key, body, options))
  return callR2(() => storeStream(body.stream, body.size, (stream) => bucket.put(key, stream, options)))
}

/** With a delimiter R2 would give a folder again whose key was passed, because what it holds comes after that key. */
const pastFolder = (after: string): string => (after.endsWith('/') ? `${after}\u{10FFFF}` : after)
