import { AppError } from '../../../errors.ts'
import type { FileInfo, FileMeta } from '../../ports.ts'
import { chooseMediaType, isUntold, SNIFFED_BYTES, sniffMediaType } from '../content/media-type.ts'
import type { MultipartStore, StoredPart, StoredUpload, UploadLedger } from '../multipart-ports.ts'
import { bytesOf, divideAnew, type Piece } from './divide.ts'
import { sizeOf } from './listed.ts'
import type { PartStore } from './ports.ts'
import type { BegunJoining, JoinedParts, PartsSession, PartsUpload, SentPart } from './session.ts'

export interface JoinPartsDeps {
  readonly store: MultipartStore
  readonly parts: PartStore
  readonly ledger: Pick<UploadLedger, 'release'>
  readonly mimeOfName: (fileName: string) => string | null
  /** Called after an existing file has been replaced. */
  readonly replaced: (account: string, path: string) => Promise<void>
}

/** The object of a part. */
export const nameOf = ({ number, version }: Pick<SentPart, 'number' | 'version'>): string => `${number}-${version}`

/** Parts that are copied at the same time. */
const AT_ONCE = 4

/** What an upload does at its end. All of it may come twice, and may die at any line: then it comes again. */
export function createJoinSentParts({ store, parts, ledger, mimeOfName, replaced }: JoinPartsDeps) {
  const sourcesOf = (chosen: readonly SentPart[]) => chosen.map((part) => ({ name: nameOf(part), size: part.size }))

  async function metaOf(upload: PartsUpload, first: Piece | undefined): Promise<FileMeta> {
    const { mime } = upload.meta
    const head = isUntold(mime) && first ? await headOf(upload, first) : null
    return { ...upload.meta, mime: chooseMediaType(mime, head && sniffMediaType(head), mimeOfName(upload.path)) }
  }

  const headOf = async (upload: PartsUpload, { name, end }: Piece): Promise<Uint8Array> =>
    new Uint8Array(await new Response(await parts.open(upload, [{ name, start: 0, end: Math.min(end, SNIFFED_BYTES) }])).arrayBuffer())

  const storedUpload = ({ upload, ifAbsent }: PartsSession, { storageId, mime }: BegunJoining, size: number): StoredUpload => {
    const { account, path, uploadId } = upload
    return {
      account,
      path,
      uploadId,
      size,
      storageId,
      exclusive: upload.exclusive || ifAbsent,
      meta: { ...upload.meta, mime },
    }
  }

  async function copy(upload: PartsUpload, stored: StoredUpload, pieces: readonly Piece[], index: number): Promise<StoredPart> {
    const size = bytesOf(pieces)
    const body = size === 0 ? null : await parts.open(upload, pieces)
    return { index, etag: await store.putPart(stored, index, body, size) }
  }

  /** Some at a time, in their order. */
  async function copyAll(
    upload: PartsUpload,
    stored: StoredUpload,
    divided: readonly (readonly Piece[])[],
  ): Promise<readonly StoredPart[]> {
    const copied: StoredPart[] = []
    let next = 0
    const work = async (): Promise<void> => {
      for (let i = next++; i < divided.length; i = next++) copied[i] = await copy(upload, stored, divided[i] ?? [], i)
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, divided.length) }, work))
    return copied
  }

  async function finish(
    upload: PartsUpload,
    stored: StoredUpload,
    chosen: readonly SentPart[],
  ): Promise<FileInfo | Exclude<JoinedParts, object>> {
    try {
      // An upload that the storage has forgotten was finished before it could be told: then it needs no parts.
      const copied = await copyAll(upload, stored, divideAnew(sourcesOf(chosen))).catch((thrown: unknown) => {
        if (AppError.from(thrown).code === 'upload_not_found') return []
        throw thrown
      })
      return (await store.finish(stored, copied)) ?? 'taken'
    } catch (thrown) {
      const { code } = AppError.from(thrown)
      if (code === 'invalid_body') return 'wrongParts'
      if (code === 'upload_not_found') return 'lost'
      throw thrown
    }
  }

  return {
    /** Begins the storage's own upload. */
    async open({ upload }: PartsSession, chosen: readonly SentPart[]): Promise<BegunJoining> {
      const [first] = divideAnew(sourcesOf(chosen))
      const meta = await metaOf(upload, first?.[0])
      return { storageId: await store.begin(upload.account, upload.path, upload.uploadId, meta), mime: meta.mime }
    },

    /** @throws AppError `storage_unavailable` and the like: it may yet succeed. */
    async join(session: PartsSession, joining: BegunJoining, chosen: readonly SentPart[]): Promise<JoinedParts> {
      const { upload } = session
      const stored = storedUpload(session, joining, sizeOf(chosen))
      const file = await finish(upload, stored, chosen)
      if (typeof file === 'string') {
        await store.abort(stored)
        return file
      }
      if (!stored.exclusive) await replaced(upload.account, upload.path)
      return { etag: file.etag }
    },

    /** Frees what an upload holds besides its file. */
    async clear(session: PartsSession): Promise<void> {
      const { upload, joining, phase } = session
      if (joining && phase !== 'stored') await store.abort(storedUpload(session, joining, 0))
      await parts.clear(upload)
      await ledger.release(upload.account, upload.uploadId)
    },
  }
}

export type JoinSentParts = ReturnType<typeof createJoinSentParts>
