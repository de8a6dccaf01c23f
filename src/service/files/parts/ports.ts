import type { FileBody } from '../../ports.ts'
import type { Piece } from './divide.ts'
import type { ListedPart, PartsSession, PartsUpload, SentPart } from './session.ts'

export type UploadName = Pick<PartsUpload, 'account' | 'uploadId'>

/** Keeps parts until the client says which of them make up its file. */
export interface PartStore {
  /** Stores bytes under a name that is new, and answers their MD5 in hexadecimal digits. @throws AppError `invalid_body` for another length. */
  put(upload: UploadName, name: string, body: FileBody): Promise<string>
  /** The bytes of pieces, one after the other. It fails with AppError `invalid_body`, as its stream does, when one is gone. */
  open(upload: UploadName, pieces: readonly Piece[]): Promise<ReadableStream<Uint8Array>>
  /** Removing what is not there succeeds. */
  remove(upload: UploadName, name: string): Promise<void>
  /** Removes all that an upload has. */
  clear(upload: UploadName): Promise<void>
}

/** A session with some of its parts, in the order of their numbers. */
export interface PartsPage {
  readonly session: PartsSession
  readonly parts: readonly SentPart[]
  readonly hasMore: boolean
}

/** The uploads under way, each in a place of its own that lets one event happen at a time and ends what nobody finishes. */
export interface PartUploadSessions {
  begin(upload: PartsUpload): Promise<void>
  /** @throws AppError `upload_not_found`, here and below. */
  read(upload: UploadName): Promise<PartsSession>
  /** Asks for space for a part before its bytes are stored. @throws AppError `upload_finished`, `file_too_large`. */
  admit(upload: UploadName, number: number, size: number): Promise<PartsSession>
  /** A part is stored. Answers the version that it replaces. @throws AppError `upload_finished`, `file_too_large`. */
  hold(upload: UploadName, part: SentPart): Promise<string | null>
  /** Parts after a number. */
  parts(upload: UploadName, after: number, limit: number): Promise<PartsPage>
  /**
   * Joins the parts of the list; the answer comes when the file is there, and is the same again later.
   * @throws AppError those of `chooseListed`; `forbidden` when the path is taken, `precondition_failed` when only `ifAbsent` minds it; what the joining throws.
   */
  complete(upload: UploadName, list: readonly ListedPart[], ifAbsent: boolean): Promise<PartsSession>
  /** Gives an open upload up. @throws AppError `upload_finished`. */
  abort(upload: UploadName): Promise<void>
}

/** An upload as it is listed. */
export type OpenUpload = Pick<PartsUpload, 'uploadId' | 'path' | 'startedAt' | 'keyId'>

/** Where a page of open uploads begins: after this path, or after this upload of it. */
export interface OpenUploadsWish {
  readonly prefix: string
  readonly afterPath: string
  /** `''`: after all of that path. */
  readonly afterId: string
  readonly limit: number
}

/** The open uploads of an account, by path and in the order in which they began. */
export interface OpenUploads {
  listUploads(account: string, wish: OpenUploadsWish): Promise<readonly OpenUpload[]>
}
