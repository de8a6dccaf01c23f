import { AppError } from '../errors.ts'
import { breakable } from '../service/files/content/breakable.ts'
import type { MultipartStore, StoredPart, StoredUpload } from '../service/files/multipart-ports.ts'
import { ENDLESS_ROOM, RECORD_BYTES, type FileInfo, type FileMeta, type FileOrigin } from '../service/ports.ts'
import { callR2 } from './r2-call.ts'
import { storeStream } from './store-stream.ts'
import { infoOf, isMadeBy, isPlaceholder, keyOf, madeBy, packMeta, packOrigin, placeholderOf } from './r2-file-object.ts'

/** The one part of an empty file is never sent to R2: its multipart uploads have no empty parts. */
const EMPTY_PART_ETAG = 'd41d8cd98f00b204e9800998ecf8427e'

/** Uploads in parts by R2's multipart uploads. */
export function createR2MultipartStore(bucket: R2Bucket, room = ENDLESS_ROOM): MultipartStore {
  const uploadOf = ({ account, path, storageId }: StoredUpload): R2MultipartUpload =>
    bucket.resumeMultipartUpload(keyOf(account, path), storageId)

  async function join(upload: StoredUpload, parts: readonly StoredPart[]): Promise<FileInfo> {
    const { account, path, size, meta, uploadId, origin } = upload
    const key = keyOf(account, path)
    const complete = (): Promise<R2Object> =>
      size === 0
        ? bucket.put(key, new Uint8Array(), optionsOf(account, path, uploadId, meta, origin))
        : uploadOf(upload).complete(parts.map(({ index, etag }) => ({ partNumber: index + 1, etag })))
    try {
      return infoOf(await callR2(complete), account)
    } catch (thrown) {
      const { cause } = thrown as AppError // callR2 throws nothing else
      if (isWrongParts(cause))
        throw new AppError('invalid_body', { field: 'parts', reason: 'A part has been replaced: send it again.', cause })
      // It was joined before, and what is there now has replaced it.
      const there = isForgotten(cause) ? await callR2(() => bucket.head(key)) : null
      if (there) return infoOf(there, account)
      throw isForgotten(cause) ? new AppError('upload_not_found', { cause }) : thrown
    }
  }

  return {
    async begin(account, path, uploadId, meta, origin) {
      const options = optionsOf(account, path, uploadId, meta, origin)
      const create = (): Promise<R2MultipartUpload> => bucket.createMultipartUpload(keyOf(account, path), options)
      return (await room.hold(RECORD_BYTES, () => callR2(create))).uploadId
    },

    async putPart(upload, index, body, size) {
      if (size === 0) return EMPTY_PART_ETAG
      if (body === null) throw wrongLength(index, size)
      const exact = breakable(body, size, (cause) => (cause instanceof AppError ? cause : wrongLength(index, size, cause)))
      const store = (): Promise<R2UploadedPart> => storeStream(exact, size, (stream) => uploadOf(upload).uploadPart(index + 1, stream))
      try {
        return (await room.hold(size, () => callR2(store))).etag
      } catch (thrown) {
        const { cause } = thrown as AppError // as above
        throw isForgotten(cause) ? new AppError('upload_not_found', { cause }) : thrown
      }
    },

    async finish(upload, parts) {
      const { account, path, uploadId, exclusive } = upload
      const there = await callR2(() => bucket.head(keyOf(account, path)))
      if (there && isMadeBy(there, uploadId)) return infoOf(there, account)
      if (exclusive && !(there && isPlaceholder(there, uploadId))) {
        const options = { onlyIf: { etagDoesNotMatch: '*' }, customMetadata: placeholderOf(uploadId) }
        if ((await callR2(() => bucket.put(keyOf(account, path), new Uint8Array(), options))) === null) return null
      }
      return join(upload, parts)
    },

    async abort(upload) {
      await uploadOf(upload)
        .abort()
        .catch((cause: unknown) => {
          if (!isForgotten(cause)) throw new AppError('storage_unavailable', { cause, detail: `R2: ${String(cause)}` })
        })
      if (!upload.exclusive) return
      const key = keyOf(upload.account, upload.path)
      const there = await callR2(() => bucket.head(key))
      if (there && isPlaceholder(there, upload.uploadId)) await callR2(() => bucket.delete(key))
    },
  }
}

/** R2's NoSuchUpload, and InvalidPart and its relatives. */
const isForgotten = (cause: unknown): boolean => /does not exist|NoSuchUpload|10024/i.test(String(cause))
const isWrongParts = (cause: unknown): boolean => /InvalidPart|parts could not be found|10025/i.test(String(cause))

const optionsOf = (
  account: string,
  path: string,
  uploadId: string,
  meta: FileMeta,
  origin: FileOrigin | undefined,
): R2PutOptions & R2MultipartOptions => ({
  httpMetadata: { contentType: meta.mime },
  customMetadata: { ...packMeta(meta), ...madeBy(uploadId), ...(origin && packOrigin(origin, account, path)) },
})

const wrongLength = (index: number, size: number, cause?: unknown): AppError =>
  new AppError('invalid_body', { reason: `Expected exactly ${size} bytes for part ${index}.`, cause })
