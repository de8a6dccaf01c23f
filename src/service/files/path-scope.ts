/** How far below a path something applies. */
export const PATH_SCOPES = ['This', 'Children', 'Grandchildren+'] as const
export type PathScope = (typeof PATH_SCOPES)[number]

export interface PathPattern {
  /** Absolute, without a trailing slash except for the root. */
  readonly path: string
  readonly scope: PathScope
}

/** The scope in which `path` stands to `folder`, or `null` when it is elsewhere. */
export function scopeOf(folder: string, path: string): PathScope | null {
  if (path === folder) return 'This'
  const prefix = folder === '/' ? '/' : `${folder}/`
  if (!path.startsWith(prefix)) return null
  return path.slice(prefix.length).includes('/') ? 'Grandchildren+' : 'Children'
}

/** Each scope stands for its own level only: a recursive permission takes `Children` and `Grandchildren+`. */
export const scopeMatches = ({ path, scope }: PathPattern, target: string): boolean => scopeOf(path, target) === scope

/** The folder that holds the path; the root's is the root. */
export const parentFolder = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

/** The folder itself and those above it, nearest first, the root last. */
export function foldersUpward(folder: string): readonly string[] {
  const folders = [folder]
  for (let current = folder; current !== '/';) {
    current = parentFolder(current)
    folders.push(current)
  }
  return folders
}

/** Whether the path is the folder or lies below it. */
export const isWithin = (folder: string, path: string): boolean => folder === '/' || path === folder || path.startsWith(`${folder}/`)
