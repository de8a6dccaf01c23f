import { AppError } from '../../errors.ts'
import type { ChoosePath, PathPermit } from './choose-path.ts'
import { chooseMediaType, isUntold, SNIFFED_BYTES, sniffMediaType } from './content/media-type.ts'
import { peek } from './content/peek.ts'
import { pathTaken } from './path.ts'
import type { Destination, DestinationDefaults } from './upload-destination.ts'
import { checkFileMeta } from './meta.ts'
import type { FileBody, FileInfo, FileMeta, FileOrigin, FileStore } from '../ports.ts'

export interface UploadDeps {
  readonly files: FileStore
  readonly choosePath: ChoosePath
  /** What an account may store as one file. */
  readonly maxUploadBytes: (account: string) => number
  /** The type that a file name suggests, or `null`. */
  readonly mimeOfName: (fileName: string) => string | null
  /** Called after an existing file has been replaced. */
  readonly replaced: (account: string, path: string) => Promise<void>
}

export interface Upload {
  readonly account: string
  readonly destination: Destination | undefined
  readonly defaults?: DestinationDefaults | undefined
  readonly body: FileBody
  /** The type that the client tells. When it tells nothing, the content decides, then the name (`chooseMediaType`). */
  readonly mime: string | null
  /** The type of a file of which nothing tells one; `application/octet-stream` when absent. */
  readonly unknownMime?: string
  readonly originalFileName: string | null
  readonly metadata?: FileMeta['metadata']
  readonly tags?: readonly string[]
  readonly permit: PathPermit
  readonly origin?: FileOrigin
  readonly isPublic?: boolean
  readonly onlyIf?: UploadCondition
}

/** Only while nothing is there, or this version. */
export type UploadCondition = { readonly isAbsent: true } | { readonly etag: string }

/**
 * Stores one file and answers what is stored.
 * @throws AppError `invalid_path`, `invalid_parameter` (metadata), `file_too_large`, `forbidden` (path taken and not to be overwritten), `conflict` (no free path found),
 * `precondition_failed`; `file_not_found` where the version to be replaced is none.
 */
export function createUpload({ files, choosePath, maxUploadBytes, mimeOfName, replaced }: UploadDeps) {
  async function unmet(account: string, path: string, condition: UploadCondition): Promise<AppError> {
    const isGone = 'etag' in condition && (await files.head(account, path)) === null
    return new AppError(isGone ? 'file_not_found' : 'precondition_failed', { field: path })
  }

  return async function upload({
    body,
    mime,
    unknownMime,
    metadata = {},
    tags = [],
    origin,
    isPublic = false,
    onlyIf,
    ...wish
  }: Upload): Promise<FileInfo> {
    const size = body instanceof Uint8Array ? body.length : body.size
    const { account, originalFileName } = wish
    const maxBytes = maxUploadBytes(account)
    if (size > maxBytes) throw new AppError('file_too_large', { reason: `Expected at most ${maxBytes} bytes, received ${size}.` })
    const { path, exclusive } = await choosePath(wish)
    // Who may replace nothing has no version to replace: the file that came to the path since it was chosen is not theirs either.
    if (exclusive && onlyIf && 'etag' in onlyIf) throw new AppError('file_not_found', { field: path })
    const { head, body: whole } = isUntold(mime) ? await peek(body, SNIFFED_BYTES) : { head: null, body }
    const type = chooseMediaType(mime, head && sniffMediaType(head), mimeOfName(path), unknownMime)
    const meta = checkFileMeta({ mime: type, originalFileName, metadata, tags })
    const condition = onlyIf && 'etag' in onlyIf ? { ifEtag: onlyIf.etag } : { ifAbsent: exclusive || onlyIf !== undefined }
    const stored = await files.put(account, path, whole, meta, { ...condition, isPublic, ...(origin && { origin }) })
    if (stored === null) throw onlyIf ? await unmet(account, path, onlyIf) : pathTaken(path)
    if (!exclusive) await replaced(account, path)
    return stored
  }
}

export type StoreUpload = ReturnType<typeof createUpload>
