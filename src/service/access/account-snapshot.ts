import { matchesName } from './access.ts'
import type { PublicPermission } from '../files/folder-ports.ts'
import { foldersUpward, parentFolder, scopeOf } from '../files/path-scope.ts'

/** A reset of cached answers; later ones have higher numbers. */
export interface CacheReset {
  readonly id: number
  readonly pattern: string
}

/**
 * What every read of an account must know. The account's Durable Object keeps the truth and publishes this as one small object, so that a
 * read asks the isolate's memory or one R2 object, never the Durable Object.
 */
export interface AccountSnapshot {
  readonly publicPermissions: readonly { readonly folderPath: string; readonly value: readonly PublicPermission[] }[]
  readonly resets: readonly CacheReset[]
}

export const EMPTY_SNAPSHOT: AccountSnapshot = { publicPermissions: [], resets: [] }

export interface AccountSnapshots {
  /** May be some seconds old. @throws AppError `storage_unavailable`: then nothing is public. */
  read(account: string): Promise<AccountSnapshot>
}

/** Whether anyone may read this file through this processing. The nearest folder that has permissions decides; without one everything is public. */
export function isPublic({ publicPermissions }: AccountSnapshot, processing: string, path: string): boolean {
  if (publicPermissions.length === 0) return true
  const byFolder = new Map(publicPermissions.map(({ folderPath, value }) => [folderPath, value]))
  const folder = foldersUpward(parentFolder(path)).find((candidate) => byFolder.has(candidate))
  if (folder === undefined) return true
  const scope = scopeOf(folder, path)
  return (byFolder.get(folder) ?? []).some((entry) => entry.scope === scope && matchesName(entry.permissions.file.downloadFile, processing))
}

/** Changes when a reset concerns this URL: it is part of the edge's key, so a reset makes older entries unreachable everywhere. */
export function cacheGeneration({ resets }: AccountSnapshot, processing: string, path: string): string {
  const target = `/${processing}${path}`
  const last = resets.findLast(({ pattern }) => matchesReset(pattern, target))
  return last === undefined ? '' : String(last.id)
}

/** "May end with a `*`"; what follows a `?` is not told apart. */
export function matchesReset(pattern: string, target: string): boolean {
  const query = pattern.indexOf('?')
  if (query >= 0) return pattern.slice(0, query) === target
  return matchesName([pattern], target)
}

/** The sources whose kept results a pattern concerns, as `ResultStore.purge` wants them; `null` when it concerns none. */
export function purgePattern(pattern: string): string | null {
  const withoutQuery = pattern.replace(/\?.*$/s, '')
  const [, slug = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(withoutQuery) ?? []
  if (slug === 'raw') return null
  if (slug.endsWith('*')) return '/*'
  return rest === '' ? null : rest
}
