import { AppError } from '../../../errors.ts'
import type { MultipartStore } from '../../files/multipart-ports.ts'
import type { ChunkStore } from './ports.ts'
import type { FileStore } from '../../ports.ts'
import { placeIn } from '../../stores/object-path.ts'

export interface ObjectUploadsDeps {
  /** Uploads into accounts. */
  readonly own: MultipartStore
  /** Where the parts of the others wait. */
  readonly chunks: ChunkStore
  /** Files of accounts and of configured stores. */
  readonly files: Pick<FileStore, 'put'>
}

/** Clients count their parts from 1. The chunks of this one are whole parts, each at the offset that is its number. */
const WHOLE_PARTS = 0

/**
 * Uploads in parts into accounts, and into configured stores by paths of `objectPath`. Stores differ in the sizes and the order that they want of
 * parts, and some of them fail at times: so the parts wait in the chunk store, and joining them sends the file as one stream. Who calls `finish`
 * or `abort` clears the chunks.
 */
export function createObjectUploads({ own, chunks, files }: ObjectUploadsDeps): MultipartStore {
  return {
    begin: async (account, path, ...rest) => (placeIn(path) ? '' : own.begin(account, path, ...rest)),

    async putPart(upload, index, body, size) {
      if (!placeIn(upload.path)) return own.putPart(upload, index, body, size)
      if (body === null) throw new AppError('invalid_body', { reason: `Expected ${size} bytes, received none.` })
      return chunks.put(upload.uploadId, WHOLE_PARTS, { offset: index + 1, size }, body)
    },

    async finish(upload, parts) {
      const { account, path, uploadId, meta, size, origin, isPublic = false } = upload
      if (!placeIn(path)) return own.finish(upload, parts)
      const held = parts.map(({ index, etag }) => ({ offset: index + 1, etag }))
      const body = size === 0 ? new Uint8Array() : { stream: chunks.open(uploadId, WHOLE_PARTS, held), size }
      return files.put(account, path, body, meta, { ...(origin && { origin }), isPublic })
    },

    abort: async (upload) => (placeIn(upload.path) ? undefined : own.abort(upload)),
  }
}
