import { AppError, type ErrorCode } from '../../../errors.ts'
import type { MultipartStore, UploadLedger } from '../../files/multipart-ports.ts'
import type { UploadSender } from '../../files/multipart-upload.ts'
import { chooseMediaType } from '../../files/content/media-type.ts'
import { checkFileMeta } from '../../files/meta.ts'
import type { Clock, RandomBytes, Wait } from '../../ports.ts'
import { newHandle } from '../handle.ts'
import type { HandleRecord } from '../ports.ts'
import { demandPossible, type ListedPart, type Piece, wholePart } from './choose-parts.ts'
import { storedUpload } from './join.ts'
import type { ChunkStore, UploadsInParts, VerifyMd5 } from './ports.ts'
import type { Session, UploadInParts } from './session.ts'

export interface HandleUploadsDeps {
  readonly store: MultipartStore
  readonly chunks: ChunkStore
  readonly sessions: UploadsInParts
  readonly ledger: UploadLedger
  readonly verifyMd5: VerifyMd5
  readonly clock: Clock
  readonly random: RandomBytes
  readonly wait: Wait
  readonly mimeOfName: (fileName: string) => string | null
  /** What an account may store as one file. */
  readonly maxUploadBytes: (account: string) => number
  readonly expirySeconds: number
  /** An upload of which no part has come ends after this. */
  readonly firstPartSeconds: number
  readonly maxPending: number
  readonly maxPendingPerAddress: number
}

export interface UploadWish {
  /** Its path has been checked. */
  readonly place: Omit<HandleRecord, 'handle'>
  /** Bytes of the whole file. */
  readonly size: number
  readonly mime: string | null
  readonly fileName: string
  readonly sender: UploadSender
}

const ENDED: readonly ErrorCode[] = ['upload_not_found', 'upload_finished']
/** How long `complete` waits for the joining before it says that it goes on. */
const PATIENCE_MS = 20_000

/**
 * Uploads in parts of files that get a handle. The client divides the file: it tells the parts one by one, and at the end which ones it were
 * (docs/protocols/filestack.md §5).
 */
export function createHandleUploads(deps: HandleUploadsDeps) {
  const { store, chunks, sessions, ledger, clock, random } = deps

  async function admit(place: UploadWish['place'], uploadId: string, sender: UploadSender, expiresAt: number): Promise<void> {
    const quotas = { perKey: deps.maxPending, perAddress: sender.isTrusted ? null : deps.maxPendingPerAddress }
    const full = await ledger.admit(place.account, { uploadId, keyId: sender.keyId, address: sender.address, expiresAt }, quotas)
    if (full === null) return
    const [whose, limit] = [full === 'perKey' ? 'This app has' : 'Your address has', quotas[full] ?? undefined]
    throw new AppError('too_many_requests', { limit, reason: `${whose} ${limit} unfinished uploads.` })
  }

  return {
    /** @throws AppError `invalid_parameter`, `file_too_large`, `too_many_requests`. */
    async begin({ place, size, mime, fileName, sender }: UploadWish): Promise<UploadInParts> {
      const { account, path } = place
      const most = deps.maxUploadBytes(account)
      if (size > most) throw new AppError('file_too_large', { reason: `Expected at most ${most} bytes, received ${size}.` })
      const type = chooseMediaType(mime, null, deps.mimeOfName(fileName) ?? deps.mimeOfName(path))
      const meta = checkFileMeta({ mime: type, originalFileName: fileName, metadata: {}, tags: [] })
      const [uploadId, handle] = [newHandle(random) + newHandle(random), newHandle(random)]
      const expiresAt = clock.now() + deps.expirySeconds * 1000
      const firstPartBy = Math.min(expiresAt, clock.now() + deps.firstPartSeconds * 1000)
      await admit(place, uploadId, sender, firstPartBy)
      const storageId = await store.begin(account, path, uploadId, meta, { handle })
      const upload: UploadInParts = { uploadId, record: { ...place, handle }, meta, size, storageId, firstPartBy, expiresAt }
      await sessions.begin(upload)
      return upload
    },

    /** @throws AppError `upload_not_found`, also for the upload of another app. */
    find: (app: string, uploadId: string): Promise<Session> => sessions.read(app, uploadId),

    /** Whether the bytes may come. @throws AppError `invalid_parameter`, `upload_not_found`, `upload_finished`, `file_too_large`. */
    async expect(app: string, uploadId: string, piece: Piece): Promise<UploadInParts> {
      const { upload } = await sessions.admit(app, uploadId, piece)
      demandPossible(upload.size, piece.number, piece)
      return upload
    },

    /**
     * Stores the bytes of a part or a chunk and answers their ETag; that of a chunk is of no use.
     * @param md5 of the bytes, in base64. `null`: unknown.
     * @throws AppError those of `expect`; `invalid_body` for bytes of another length or MD5, which leave what was there as it was.
     */
    async put(app: string, uploadId: string, piece: Piece, body: ReadableStream<Uint8Array>, md5: string | null): Promise<string> {
      const { number, offset, size, isChunk } = piece
      const { upload, deadline } = await sessions.admit(app, uploadId, piece)
      const checked = md5 === null ? body : deps.verifyMd5(body, md5)
      // The ledger first: an upload that lives longer must count for as long.
      if (deadline < upload.expiresAt) await ledger.prolong(upload.record.account, uploadId, upload.expiresAt)
      if (!isChunk) {
        const etag = await store.putPart(storedUpload(upload), number - 1, checked, size)
        await sessions.apply(app, uploadId, { type: 'part', number, size, etag })
        return etag
      }
      await chunks.put(uploadId, number, { offset, size }, checked)
      await sessions.apply(app, uploadId, { type: 'chunk', number, offset, size }).catch(async (thrown: unknown) => {
        // The upload ended meanwhile, and nobody would come for what is left of it.
        if (ENDED.includes(AppError.from(thrown).code)) await chunks.clear(uploadId, number)
        throw thrown
      })
      return `${number}-${offset}`
    },

    /** Makes a part of its chunks. @throws AppError `upload_not_found`, `upload_finished`, `invalid_parameter`. */
    async commit(app: string, uploadId: string, number: number): Promise<void> {
      const { upload, isStored, chunks: held } = await sessions.part(app, uploadId, number)
      // Its second time: the part is there, and its chunks are gone.
      if (isStored && held.length === 0) return
      const whole = wholePart(held)
      const etag = await store.putPart(storedUpload(upload), number - 1, chunks.open(uploadId, number, whole.chunks), whole.size)
      await sessions.apply(app, uploadId, { type: 'part', number, size: whole.size, etag })
      await chunks.clear(uploadId, number)
    },

    /**
     * Joins the parts. `joining`: it is not done yet; asking again tells when it is. The answer to the same question stays the same.
     * @throws AppError `upload_not_found`, `invalid_parameter`.
     */
    async complete(app: string, uploadId: string, listed: readonly ListedPart[], joinsRest: boolean): Promise<'stored' | 'joining'> {
      const joined = sessions.apply(app, uploadId, { type: 'complete', listed, joinsRest }).then(({ phase }) => {
        if (phase === 'gone') throw new AppError('upload_not_found')
        return 'stored' as const
      })
      return Promise.race([joined, deps.wait(PATIENCE_MS).then(() => 'joining' as const)])
    },
  }
}

export type HandleUploads = ReturnType<typeof createHandleUploads>
