import type { Chunk, Piece } from './choose-parts.ts'
import type { Session, SessionEvent, UploadInParts } from './session.ts'

/** A chunk that is stored; with an ETag, this very one. */
export type HeldChunk = Pick<Chunk, 'offset'> & { readonly etag?: string }

/** Keeps chunks until their part is whole. */
export interface ChunkStore {
  /** Answers the ETag, unquoted. A chunk at the same place is replaced. @throws AppError `invalid_body` for another length than `size`. */
  put(uploadId: string, part: number, chunk: Chunk, body: ReadableStream<Uint8Array>): Promise<string>
  /** The bytes of the chunks, one after the other. It fails with AppError `invalid_body` when one is gone, or has not the ETag that is given. */
  open(uploadId: string, part: number, chunks: readonly HeldChunk[]): ReadableStream<Uint8Array>
  /** Forgets the chunks of a part, or of all parts. Twice is fine. */
  clear(uploadId: string, part: number | null): Promise<void>
  /** Forgets the chunks of all uploads whose ids begin so and come before another id in the order of their letters: some thousand at a time. */
  clearNamed(prefix: string, before: string): Promise<void>
}

/** The same bytes. It fails at its end with AppError `invalid_body` when they have another MD5, given in base64. */
export type VerifyMd5 = (stream: ReadableStream<Uint8Array>, md5: string) => ReadableStream<Uint8Array>

/** A part, and what came for it in chunks since it was stored. */
export interface PartInPieces {
  readonly upload: UploadInParts
  readonly isStored: boolean
  readonly chunks: readonly Chunk[]
}

/** The uploads under way, each in a place of its own that lets one event happen at a time and ends what nobody finishes. */
export interface UploadsInParts {
  begin(upload: UploadInParts): Promise<void>
  /** @param app key of the app that began it: another one's uploads do not exist. @throws AppError `upload_not_found`, here and below. */
  read(app: string, uploadId: string): Promise<Session>
  /** Asks for space for a part or a chunk before its bytes are stored. @throws AppError `upload_finished`, `file_too_large`. */
  admit(app: string, uploadId: string, piece: Piece): Promise<Session>
  /** What is held of a part. @throws AppError `upload_finished`. */
  part(app: string, uploadId: string, number: number): Promise<PartInPieces>
  /**
   * What has happened. After `complete` the parts are joined, and the answer comes when they are.
   * @throws AppError `upload_finished`; `invalid_parameter` when parts are missing or are not those that are listed; what the joining throws.
   */
  apply(app: string, uploadId: string, event: SessionEvent): Promise<Session>
}
