import { AppError } from '../../../errors.ts'
import type { MultipartStore, StoredUpload, UploadLedger } from '../../files/multipart-ports.ts'
import type { Clock } from '../../ports.ts'
import type { FileClaims, HandleIndex } from '../ports.ts'
import { PENDING_MS } from '../stored-files.ts'
import type { HeldPart } from './choose-parts.ts'
import type { ChunkStore } from './ports.ts'
import type { Joined, UploadInParts } from './session.ts'

export interface JoinDeps {
  readonly store: MultipartStore
  readonly chunks: ChunkStore
  readonly index: HandleIndex
  readonly claims: FileClaims
  readonly ledger: UploadLedger
  readonly clock: Clock
  /** Called after a file has been stored at a path. */
  readonly replaced: (account: string, path: string) => Promise<void>
}

/** The upload as the storage knows it. Another store to the same path replaces the file, so nothing is exclusive. */
export const storedUpload = ({ uploadId, record, meta, size, storageId }: UploadInParts): StoredUpload => {
  const { account, path, handle, isPublic = false } = record
  return { account, path, uploadId, meta, size, storageId, exclusive: false, origin: { handle }, isPublic }
}

/** What an upload does at its end. Both may come twice, and may die at any line: then they come again. */
export function createJoinParts({ store, chunks, index, claims, ledger, clock, replaced }: JoinDeps) {
  async function settle(upload: UploadInParts): Promise<Joined> {
    const { account, path, handle } = upload.record
    if (await index.settle(handle)) return 'stored'
    // The index gave the handle up in the meantime: so does the file.
    await claims.claim(account, path, handle)
    await claims.release(account, path, handle, 'own')
    return 'lost'
  }

  return {
    /**
     * Joins the parts into the file, then its handle is found. The order is that of `StoredFiles.store`.
     * @throws AppError `storage_unavailable` and the like: it may yet succeed.
     */
    async join(upload: UploadInParts, parts: readonly HeldPart[]): Promise<Joined> {
      const { account, path, handle } = upload.record
      if (!(await index.find(handle))) {
        await index.begin(upload.record, clock.now() + PENDING_MS)
        await claims.claim(account, path, handle)
        try {
          await store.finish(
            storedUpload(upload),
            parts.map(({ number, etag }) => ({ index: number - 1, etag })),
          )
        } catch (thrown) {
          const { code } = AppError.from(thrown)
          if (code !== 'invalid_body' && code !== 'upload_not_found') throw thrown
          await index.remove(handle, false)
          return code === 'invalid_body' ? 'wrongParts' : 'lost'
        }
        if ((await settle(upload)) === 'lost') return 'lost'
      }
      await replaced(account, path)
      await chunks.clear(upload.uploadId, null)
      await ledger.release(account, upload.uploadId)
      return 'stored'
    },

    /** Frees everything that an upload holds, when it has come to nothing. */
    async abandon(upload: UploadInParts): Promise<void> {
      const { account, handle } = upload.record
      await index.remove(handle, false)
      await store.abort(storedUpload(upload))
      await chunks.clear(upload.uploadId, null)
      await ledger.release(account, upload.uploadId)
    },
  }
}

export type JoinParts = ReturnType<typeof createJoinParts>
