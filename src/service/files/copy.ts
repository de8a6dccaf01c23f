import { AppError } from '../../errors.ts'
import { checkFileMeta } from './meta.ts'
import { checkFilePath, pathTaken } from './path.ts'
import type { FileInfo, FileMeta, FileOrigin, FileStore } from '../ports.ts'

/** Values for a new file that is made of another: alone, or over those of the other. */
export interface Merge<T> {
  readonly value: T
  readonly merge?: boolean | undefined
}

/** Values for the copy: without them it takes those of its source. */
export interface CopiedMeta {
  readonly metadata?: Merge<FileMeta['metadata']> | undefined
  readonly tags?: Merge<readonly string[]> | undefined
}

export interface CopyRequest extends CopiedMeta, Partial<Pick<FileMeta, 'mime' | 'originalFileName'>> {
  readonly account: string
  readonly source: string
  readonly destination: string
  readonly mayOverwrite: boolean
  /** The job that copies: a copy that it has stored before is no obstacle. */
  readonly origin?: FileOrigin
}

export interface CopyFileDeps {
  readonly files: FileStore
  readonly replaced: (account: string, path: string) => Promise<void>
}

/**
 * Copies a file with its type, name, metadata and tags, where the request does not give others. The bytes stream through: R2's bindings have no copy of their own.
 * @throws AppError `file_not_found`, `invalid_path`, `forbidden` when the destination is taken and may not be overwritten.
 */
export const createCopyFile = ({ files, replaced }: CopyFileDeps) =>
  async function copyFile({ account, source, destination, mayOverwrite, origin, ...changes }: CopyRequest): Promise<FileInfo> {
    const open = await files.open(account, checkFilePath(source, 'source'))
    if (!open) throw new AppError('file_not_found', { field: source })
    const { info, body } = open
    const { mime = info.mime, originalFileName = info.originalFileName } = changes
    const meta = checkFileMeta({ mime, originalFileName, ...mergedMeta(info, changes) })
    const path = checkFilePath(destination, 'destination')
    const copy = await files.put(account, path, { stream: body, size: info.size }, meta, {
      ifAbsent: !mayOverwrite,
      ...(origin && { origin }),
    })
    if (copy === null) return earlierCopy(await files.head(account, path), origin, path)
    if (mayOverwrite) await replaced(account, path)
    return copy
  }

/** What an attempt of the same job has stored before it could say so. @throws AppError `forbidden` for anybody else's file. */
function earlierCopy(there: FileInfo | null, origin: FileOrigin | undefined, path: string): FileInfo {
  if (there?.origin?.job === undefined || there.origin.job !== origin?.job) throw pathTaken(path)
  return there
}

export type CopyFile = ReturnType<typeof createCopyFile>

/**
 * What a request gives for the copies must fit by itself. With `merge` it may turn out to be too much later, together with what a source has.
 * @throws AppError `invalid_parameter`.
 */
export function checkCopiedMeta({ metadata, tags }: CopiedMeta): void {
  checkFileMeta({ mime: 'application/octet-stream', originalFileName: null, metadata: metadata?.value ?? {}, tags: tags?.value ?? [] })
}

/** "`{value, merge=false}`": with `merge` the source's values are kept and the given ones win; without, only the given ones count. */
export const mergedMeta = (source: FileMeta, { metadata, tags }: CopiedMeta): Pick<FileMeta, 'metadata' | 'tags'> => ({
  metadata: metadata ? { ...(metadata.merge && source.metadata), ...metadata.value } : source.metadata,
  tags: tags ? [...new Set([...(tags.merge ? source.tags : []), ...tags.value])] : source.tags,
})
