import type { FileInfo, FileMeta, FileOrigin } from '../ports.ts'
import type { PartState, PendingUpload, UploadPhase, UploadSession } from './upload-session.ts'

/** What the storage must know of an upload. */
export type StoredUpload = Pick<PendingUpload, 'account' | 'uploadId' | 'path' | 'meta' | 'size' | 'storageId' | 'exclusive'> & {
  readonly origin?: FileOrigin
  /** Whether the store's own address of the file is open to everybody; only in configured stores. */
  readonly isPublic?: boolean
}

export type StoredPart = Pick<PartState, 'index' | 'etag'>

/** What the storage does for uploads in parts. Parts are equal in size but the last (R2's rule). */
export interface MultipartStore {
  /** Answers the storage's name of the upload. */
  begin(account: string, path: string, uploadId: string, meta: FileMeta, origin?: FileOrigin): Promise<string>
  /**
   * Stores part `index` of exactly `size` bytes and answers its ETag, unquoted. Storing a part again replaces it.
   * @throws AppError `invalid_body` for another length, `upload_not_found` when the storage has forgotten the upload.
   */
  putPart(upload: StoredUpload, index: number, body: ReadableStream<Uint8Array> | null, size: number): Promise<string>
  /**
   * Joins the parts into the file; doing it again answers the same, or the file that has replaced it. `null`: the upload is exclusive and the
   * path is taken.
   * @throws AppError `upload_not_found` when the storage has forgotten the upload and no file is there; `invalid_body` when it has not these parts.
   */
  finish(upload: StoredUpload, parts: readonly StoredPart[]): Promise<FileInfo | null>
  /** Frees the parts. Aborting what is gone succeeds. */
  abort(upload: StoredUpload): Promise<void>
}

export interface UploadStatus {
  readonly phase: UploadPhase
  readonly etag: string | null
}

/** The uploads under way, each in a place of its own that lets one event happen at a time and ends what nobody finishes. */
export interface UploadSessions {
  begin(upload: PendingUpload): Promise<void>
  /** @throws AppError `upload_not_found`, here and below. */
  read(account: string, uploadId: string): Promise<UploadSession>
  /** @throws AppError `upload_finished`. */
  stored(account: string, uploadId: string, index: number, etag: string): Promise<UploadStatus>
  /** Answers `finished` when this was the last part: the file is there then. @throws AppError `invalid_parameter`, `forbidden`. */
  completed(account: string, uploadId: string, index: number, etag: string): Promise<UploadStatus>
  /** Ends an open upload and frees its parts. Ending it again succeeds. @throws AppError `upload_finished`. */
  abort(account: string, uploadId: string): Promise<void>
  /** Joins the parts of an upload whose last part is stored, if that has not happened. Answers the ETag of the part. */
  resumed(account: string, uploadId: string, index: number): Promise<string>
  /** Indices of the parts that are not completed. */
  remaining(account: string, uploadId: string): Promise<readonly number[]>
}

/** Who begins an upload, and until when it counts. */
export interface UploadClaim {
  readonly uploadId: string
  readonly keyId: string
  /** Of the client; `''` when it is not known. All clients without an address count as one. */
  readonly address: string
  readonly expiresAt: number
  /** For uploads that are listed while they are open. */
  readonly listed?: { readonly path: string; readonly startedAt: number }
}

export interface UploadQuotas {
  /** Unfinished uploads of one key. Keys are counted apart, so that none can use up another's. */
  readonly perKey: number
  /** Of one key from one client address. `null`: not limited. */
  readonly perAddress: number | null
}

/** Which uploads an account has under way. */
export interface UploadLedger {
  /** Answers which quota is used up, or `null` when the upload may begin. */
  admit(account: string, claim: UploadClaim, quotas: UploadQuotas): Promise<keyof UploadQuotas | null>
  /** The upload counts until then. */
  prolong(account: string, uploadId: string, expiresAt: number): Promise<void>
  release(account: string, uploadId: string): Promise<void>
}
