import { AppError } from '../../errors.ts'
import type { FileStore } from '../ports.ts'

/**
 * Looks files up only in the versions that a record names. Who reads what was looked up reads that version or fails (read-whole.ts).
 * @param versions ETags by path. A path that is not named may have any version.
 * @returns a `head` that throws AppError `source_changed` for another version; what is gone is `null` as ever.
 */
export const pinnedHead =
  (files: Pick<FileStore, 'head'>, versions: Readonly<Record<string, string>>): FileStore['head'] =>
  async (account, path) => {
    const info = await files.head(account, path)
    if (!info || !Object.hasOwn(versions, path) || versions[path] === info.etag) return info
    const reason = `The file at ${JSON.stringify(path)} is another one now. Send a new request for it.`
    throw new AppError('source_changed', { field: path, reason })
  }
