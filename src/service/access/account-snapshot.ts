import { matchesName } from './access.ts'
import type { PublicPermission } from '../files/folder-ports.ts'
import { foldersUpward, parentFolder, scopeOf } from '../files/path-scope.ts'
import { concernsFile, matchesReset, readResetPattern, type ResetPattern } from './reset-pattern.ts'

/** A reset of cached answers. Later resets have higher numbers. */
export interface CacheReset {
  readonly id: number
  readonly pattern: string
}

/**
 * What every read of an account must know. The account's Durable Object keeps the data and publishes it as one small R2 object, so a read asks
 * the isolate's memory or that object, and never the Durable Object.
 */
export interface AccountSnapshot {
  readonly publicPermissions: readonly { readonly folderPath: string; readonly value: readonly PublicPermission[] }[]
  readonly resets: readonly CacheReset[]
}

/** How long an isolate believes what it read: no permission and no reset takes longer to be heeded everywhere. */
export const SNAPSHOT_BELIEVED_MS = 5000

export const EMPTY_SNAPSHOT: AccountSnapshot = { publicPermissions: [], resets: [] }

export interface AccountSnapshots {
  /** May be some seconds old. @throws AppError `storage_unavailable`: then nothing is public. */
  read(account: string): Promise<AccountSnapshot>
  /** The very object that `read` would answer without a look at the storage, if there is one. */
  atHand(account: string): AccountSnapshot | undefined
}

/**
 * Closes folders to the public as long as the owner has not given them public permissions of their own: those of a folder above open nothing here,
 * those of one below open that one.
 */
export function closeFolders(snapshots: AccountSnapshots, foldersOf: (account: string) => readonly string[]): AccountSnapshots {
  /** What was made last of each account's. */
  const last = new Map<string, { readonly of: AccountSnapshot; readonly made: AccountSnapshot }>()
  function close(account: string, snapshot: AccountSnapshot): AccountSnapshot {
    const known = last.get(account)
    if (known?.of === snapshot) return known.made
    const closed = foldersOf(account).filter((folder) => !snapshot.publicPermissions.some(({ folderPath }) => folderPath === folder))
    if (closed.length === 0) return snapshot
    const entries = closed.map((folderPath) => ({ folderPath, value: [] }))
    const made = { ...snapshot, publicPermissions: [...snapshot.publicPermissions, ...entries] }
    last.set(account, { of: snapshot, made })
    return made
  }

  return {
    read: async (account) => close(account, await snapshots.read(account)),
    atHand(account) {
      const snapshot = snapshots.atHand(account)
      return snapshot && close(account, snapshot)
    },
  }
}

/** Whether anyone may read this file through this processing. The nearest folder with permissions decides. Without one, everything is public. */
export function isPublic({ publicPermissions }: AccountSnapshot, processing: string, path: string): boolean {
  if (publicPermissions.length === 0) return true
  const byFolder = new Map(publicPermissions.map(({ folderPath, value }) => [folderPath, value]))
  const folder = foldersUpward(parentFolder(path)).find((candidate) => byFolder.has(candidate))
  if (folder === undefined) return true
  const scope = scopeOf(folder, path)
  return (byFolder.get(folder) ?? []).some((entry) => entry.scope === scope && matchesName(entry.permissions.file.downloadFile, processing))
}

/**
 * Changes when a reset concerns this URL, or a file that is drawn in its answer: it is part of the edge's key, so a reset makes older entries
 * unreachable everywhere.
 */
export function cacheGeneration(
  snapshot: AccountSnapshot,
  processing: string,
  path: string,
  layers: readonly { readonly path: string }[] = [],
): string {
  const last = resetsOf(snapshot).findLast(
    ({ pattern }) => matchesReset(pattern, processing, path) || layers.some((layer) => concernsFile(pattern, layer.path)),
  )
  return last === undefined ? '' : String(last.id)
}

/** The number of the last reset that concerns a file by any processing; `null` without one. */
export const lastReset = (snapshot: AccountSnapshot, path: string): number | null =>
  resetsOf(snapshot).findLast(({ pattern }) => concernsFile(pattern, path))?.id ?? null

/** A snapshot is asked for each answer and read every few seconds. */
const readOnce = new WeakMap<readonly CacheReset[], readonly { readonly id: number; readonly pattern: ResetPattern }[]>()

function resetsOf({ resets }: AccountSnapshot): readonly { readonly id: number; readonly pattern: ResetPattern }[] {
  const known = readOnce.get(resets)
  if (known) return known
  const read = resets.map(({ id, pattern }) => ({ id, pattern: readResetPattern(pattern) }))
  readOnce.set(resets, read)
  return read
}
