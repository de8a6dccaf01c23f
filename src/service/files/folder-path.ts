import { checkFilePath } from './path.ts'

/** A folder's path: the root is `/`, any other has no trailing slash, though one is forgiven. @throws AppError `invalid_path`. */
export function checkFolderPath(path: string, field = 'folderPath'): string {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  return trimmed === '/' ? trimmed : checkFilePath(trimmed, field)
}

/** The path of something in a folder. */
export const inFolder = (folder: string, name: string): string => (folder === '/' ? `/${name}` : `${folder}/${name}`)

/** A folder, or a path below it, as it is called below another. */
export const movedPath = (path: string, from: string, to: string): string =>
  path === from ? to : inFolder(to, path.slice(from === '/' ? 1 : from.length + 1))
