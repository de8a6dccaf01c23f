import { fileNameInPath } from '../files/upload-destination.ts'
import { checkFilePath } from '../files/path.ts'
import { objectPath } from '../stores/object-path.ts'

export interface KeyWish {
  /** What the client wants: a path, or a folder with a slash at its end. `null`: the root. */
  readonly path: string | null
  readonly fileName: string
  /** Stands before the file name, so that equal names do not meet; `null`: nothing does. */
  readonly id: string | null
}

/**
 * The key inside a container: the wished path, or `<id>_<file name>` in the wished folder or the root (docs/protocols/filestack.md §2).
 * A slash in front is dropped.
 */
export function storageKey({ path, fileName, id }: KeyWish): string {
  const wished = (path ?? '').replace(/^\//, '')
  if (wished !== '' && !wished.endsWith('/')) return wished
  const name = fileNameInPath(fileName) ?? 'file'
  return wished + (id === null ? name : `${id}_${name}`)
}

/** The path of a key inside the account. @throws AppError `invalid_path` with the field `path`. */
export const pathOfKey = (folder: string, key: string): string => checkFilePath(`${folder}/${key}`, 'path')

/** The path of a key in a container of a configured store. @throws AppError `invalid_path` with the field `path`. */
export function pathInStore(store: string, container: string, key: string): string {
  checkFilePath(`/${key}`, 'path')
  // One of a container is counted where the store has none: results are kept below the path, and it must not be too long for that.
  checkFilePath(`/${store}/${container || '-'}/${key}`, 'path')
  return objectPath({ store, container, key })
}
