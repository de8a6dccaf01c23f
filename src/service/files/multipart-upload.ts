import { AppError } from '../../errors.ts'
import type { ChoosePath, PathPermit } from './choose-path.ts'
import type { Destination, DestinationDefaults } from './upload-destination.ts'
import { chooseMediaType } from './content/media-type.ts'
import { checkFileMeta } from './meta.ts'
import type { MultipartStore, UploadLedger, UploadSessions, UploadStatus } from './multipart-ports.ts'
import { randomBase58 } from './path-variables.ts'
import type { Clock, FileMeta, RandomBytes } from '../ports.ts'
import { isRepetition, partRange, type PendingUpload, type UploadSession } from './upload-session.ts'

/** R2 takes parts of 5 MiB and more, and 10,000 of them. */
const MIN_PART_BYTES = 5 * 1024 * 1024
const MAX_PARTS = 10_000
const UPLOAD_ID_LENGTH = 16

export interface MultipartUploadDeps {
  readonly store: MultipartStore
  readonly sessions: UploadSessions
  readonly ledger: UploadLedger
  readonly choosePath: ChoosePath
  readonly clock: Clock
  readonly random: RandomBytes
  readonly mimeOfName: (fileName: string) => string | null
  /** What an account may store as one file. */
  readonly maxUploadBytes: (account: string) => number
  readonly expirySeconds: number
  /** An upload of which no part has come ends after this. */
  readonly firstPartSeconds: number
  readonly maxPending: number
  readonly maxPendingPerAddress: number
}

/** Who begins an upload. */
export interface UploadSender {
  readonly keyId: string
  /** Of the client, as `addressGroup` writes it. */
  readonly address: string
  /** Whether only the key's own quota counts: a server uploads for many. */
  readonly isTrusted: boolean
}

export interface MultipartWish {
  readonly account: string
  readonly sender: UploadSender
  readonly destination: Destination | undefined
  readonly defaults: DestinationDefaults
  readonly size: number
  readonly mime: string | null
  readonly originalFileName: string | null
  readonly metadata: FileMeta['metadata']
  readonly tags: readonly string[]
  readonly permit: PathPermit
  /** Protocol 1.0: a file of one part needs no completion. */
  readonly endsWithItsPart: boolean
}

/** Uploads in parts (docs/protocols/bytescale.md §5.2). Everything that the client is told of the file is fixed by `begin`. */
export function createMultipartUploads(deps: MultipartUploadDeps) {
  const { store, sessions, ledger, choosePath, clock, random, maxUploadBytes } = deps

  /** @throws AppError `upload_not_found`, `invalid_parameter` when there is no such part. */
  async function openPart(account: string, uploadId: string, index: number): Promise<UploadSession> {
    const session = await sessions.read(account, uploadId)
    const { partCount } = session.upload
    if (index < partCount) return session
    throw new AppError('invalid_parameter', { field: 'uploadPartIndex', reason: `Expected 0 to ${partCount - 1}, received ${index}.` })
  }

  async function admit(account: string, uploadId: string, { keyId, address, isTrusted }: UploadSender, expiresAt: number): Promise<void> {
    const quotas = { perKey: deps.maxPending, perAddress: isTrusted ? null : deps.maxPendingPerAddress }
    const full = await ledger.admit(account, { uploadId, keyId, address, expiresAt }, quotas)
    if (full === 'perKey') throw new AppError('too_many_requests', { reason: `This key has ${quotas.perKey} unfinished uploads.` })
    if (full === 'perAddress')
      throw new AppError('too_many_requests', { reason: `Your address has ${quotas.perAddress} unfinished uploads. Finish or abort some.` })
  }

  return {
    /** @throws AppError `invalid_path`, `invalid_parameter`, `file_too_large`, `forbidden`, `conflict`, `too_many_requests`. */
    async begin({ sender, size, mime, metadata, tags, endsWithItsPart, ...wish }: MultipartWish): Promise<PendingUpload> {
      const { account, originalFileName } = wish
      const maxBytes = maxUploadBytes(account)
      if (size > maxBytes) throw new AppError('file_too_large', { reason: `Expected at most ${maxBytes} bytes, received ${size}.` })
      const { path, exclusive } = await choosePath(wish)
      const meta = checkFileMeta({ mime: chooseMediaType(mime, null, deps.mimeOfName(path)), originalFileName, metadata, tags })
      const uploadId = randomBase58(UPLOAD_ID_LENGTH, random)
      const startedAt = clock.now()
      const expiresAt = startedAt + deps.expirySeconds * 1000
      const firstPartBy = Math.min(expiresAt, startedAt + deps.firstPartSeconds * 1000)
      await admit(account, uploadId, sender, firstPartBy)
      const { partSize, partCount } = divide(size)
      const storageId = await store.begin(account, path, uploadId, meta)
      const ends = endsWithItsPart && partCount === 1
      const upload: PendingUpload = {
        account,
        uploadId,
        path,
        meta,
        size,
        partSize,
        partCount,
        storageId,
        exclusive,
        endsWithItsPart: ends,
        startedAt,
        firstPartBy,
        expiresAt,
        keyId: sender.keyId,
      }
      await sessions.begin(upload)
      return upload
    },

    /** The upload that a part belongs to. @throws AppError `upload_not_found`, `invalid_parameter`. */
    part: async (account: string, uploadId: string, index: number): Promise<PendingUpload> =>
      (await openPart(account, uploadId, index)).upload,

    /** Stores the bytes of a part and answers its ETag. Bytes that come again while the parts are joined only make sure of that. @throws AppError `invalid_body` for another length than the part's, `upload_finished`. */
    async storePart(
      account: string,
      uploadId: string,
      index: number,
      body: ReadableStream<Uint8Array> | null,
      length: number | null,
    ): Promise<string> {
      const session = await openPart(account, uploadId, index)
      const { upload, phase, deadline } = session
      if (phase !== 'open' && !isRepetition(session)) throw new AppError('upload_finished')
      const { start, end } = partRange(upload, index)
      if (length !== null && length !== end - start) {
        throw new AppError('invalid_body', {
          field: 'Content-Length',
          reason: `Expected ${end - start} bytes for part ${index}, received ${length}.`,
        })
      }
      if (isRepetition(session)) {
        await body?.cancel()
        return sessions.resumed(account, uploadId, index)
      }
      const etag = await store.putPart(upload, index, body, end - start)
      // The ledger first: an upload that lives longer must count for as long.
      if (deadline < upload.expiresAt) await ledger.prolong(account, uploadId, upload.expiresAt)
      await sessions.stored(account, uploadId, index, etag)
      return etag
    },

    completePart: (account: string, uploadId: string, index: number, etag: string): Promise<UploadStatus> =>
      sessions.completed(account, uploadId, index, etag),

    /** Gives an upload up. @throws AppError `upload_not_found`, `forbidden`, `upload_finished`. */
    async abort(account: string, uploadId: string, mayAbort: (upload: PendingUpload) => boolean): Promise<void> {
      const { upload } = await sessions.read(account, uploadId)
      if (!mayAbort(upload)) throw new AppError('forbidden', { reason: 'Another key began this upload.' })
      await sessions.abort(account, uploadId)
    },

    remainingParts: (account: string, uploadId: string): Promise<readonly number[]> => sessions.remaining(account, uploadId),
  }
}

export type MultipartUploads = ReturnType<typeof createMultipartUploads>

/** Equal parts, as small as R2 allows: what a lost connection costs is one of them. An empty file has one empty part. */
export function divide(size: number): { readonly partSize: number; readonly partCount: number } {
  const mebibytes = Math.ceil(size / MAX_PARTS / (1024 * 1024))
  const partSize = Math.max(MIN_PART_BYTES, mebibytes * 1024 * 1024)
  return { partSize, partCount: Math.max(1, Math.ceil(size / partSize)) }
}
