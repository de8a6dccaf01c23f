import { AppError } from '../errors.ts'
import { resolveDestination, type Destination } from './destination.ts'
import { checkFileMeta } from './file-meta.ts'
import type { Clock, FileBody, FileInfo, FileMeta, FileStore, RandomBytes } from './ports.ts'

/** Draws of a path with random digits before a taken path is an error. */
const MAX_DRAWS = 5

export interface UploadDeps {
  readonly files: FileStore
  readonly clock: Clock
  readonly random: RandomBytes
  readonly maxUploadBytes: number
  /** The type that a file name suggests, or `null`. */
  readonly mimeOfName: (fileName: string) => string | null
  /** Called after an existing file has been replaced. */
  readonly replaced: (account: string, path: string) => Promise<void>
}

export interface Upload {
  readonly account: string
  readonly destination: Destination | undefined
  readonly body: FileBody
  /** Without a type the name decides, and without that it is `application/octet-stream`. */
  readonly mime: string | null
  readonly originalFileName: string | null
  readonly metadata?: FileMeta['metadata']
  readonly tags?: readonly string[]
  /** A public key may only create. */
  readonly mayOverwrite: boolean
}

/**
 * Stores one file and answers what is stored.
 * @throws AppError `invalid_path`, `invalid_parameter` (metadata), `file_too_large`, `forbidden` (path taken and `mayOverwrite` is false), `conflict` (no free path found).
 */
export const createUpload =
  ({ files, clock, random, maxUploadBytes, mimeOfName, replaced }: UploadDeps) =>
  async function upload({ account, destination, body, mime, originalFileName, metadata = {}, tags = [], mayOverwrite }: Upload): Promise<FileInfo> {
    const size = body instanceof Uint8Array ? body.length : body.size
    if (size > maxUploadBytes) throw new AppError('file_too_large', { reason: `Expected at most ${maxUploadBytes} bytes, received ${size}.` })
    for (let draw = 1; ; draw++) {
      const { path, canVary } = resolveDestination(destination, { now: new Date(clock.now()), originalFileName, random })
      const meta = checkFileMeta({ mime: mime ?? mimeOfName(path) ?? 'application/octet-stream', originalFileName, metadata, tags })
      const taken = (canVary || !mayOverwrite) && (await files.head(account, path)) !== null
      if (!taken) {
        const stored = await files.put(account, path, body, meta, { ifAbsent: canVary || !mayOverwrite })
        if (stored !== null) {
          if (!canVary && mayOverwrite) await replaced(account, path)
          return stored
        }
      }
      if (!canVary) throw new AppError('forbidden', { field: 'filePath', reason: `A file exists at ${path}, and this key may not overwrite.` })
      if (taken && draw < MAX_DRAWS) continue
      throw new AppError('conflict', { field: 'fileName', reason: `No free path was found in ${draw} draws.` })
    }
  }

