import type { Clock, FileInfo, FileStore } from '../ports.ts'

/** How long an isolate believes what it read of a file. Nothing that this service shows is older than that. */
export const BELIEVED_MS = 5000
/** About a kilobyte each. */
const MAX_REMEMBERED = 4000

/** Which bytes are at a path. */
export interface SourceFile extends Pick<FileInfo, 'path' | 'size' | 'etag'> {
  /** The bytes of what is in no storage: a picture that was made to be drawn. */
  readonly content?: Uint8Array<ArrayBuffer>
}
/** And of which type they are, as the storage says. */
export type TypedFile = SourceFile & Pick<FileInfo, 'mime'>

/**
 * Which version of a file is current, remembered for some seconds. Results are kept under the versions of their sources, so a replaced or deleted
 * file takes all its results with it, wherever they are kept and whoever changed it.
 */
export interface RecentFiles {
  /** The file as it is, or was at most `BELIEVED_MS` ago; `null` when there is none. Absence is not remembered. One read of the storage at most. */
  find(account: string, path: string): Promise<TypedFile | null>
  /** The file as it is now. */
  lookUp(account: string, path: string): Promise<TypedFile | null>
  /** Whether `find` would answer this very file, without a look at the storage. */
  isBelieved(account: string, file: SourceFile): boolean
  /** The file was changed or is to be looked up again. */
  forget(account: string, path: string): void
}

/** @param believedMs for how long a file is believed, `BELIEVED_MS` at most. */
export function createRecentFiles(files: Pick<FileStore, 'head'>, clock: Clock, believedMs = () => BELIEVED_MS): RecentFiles {
  /** The oldest first. */
  const known = new Map<string, { readonly file: TypedFile; readonly readAt: number }>()
  async function lookUp(account: string, path: string): Promise<TypedFile | null> {
    const key = account + path
    known.delete(key)
    const readAt = clock.now()
    const info = await files.head(account, path)
    if (!info) return null
    const file = { path, size: info.size, etag: info.etag, mime: info.mime }
    known.set(key, { file, readAt })
    if (known.size > MAX_REMEMBERED) known.delete(known.keys().next().value ?? '')
    return file
  }

  function believed(account: string, path: string): TypedFile | undefined {
    const last = known.get(account + path)
    return last && clock.now() - last.readAt < believedMs() ? last.file : undefined
  }

  return {
    find: async (account, path) => believed(account, path) ?? lookUp(account, path),
    lookUp,
    isBelieved: (account, file) => believed(account, file.path) === file,
    forget: (account, path) => void known.delete(account + path),
  }
}
