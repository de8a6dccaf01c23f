import { AppError } from '../../errors.ts'
import type { PathPermit } from '../files/choose-path.ts'
import type { DestinationDefaults } from '../files/upload-destination.ts'
import { inFolder } from '../files/folder-path.ts'
import { isWithin, scopeMatches, type PathPattern } from '../files/path-scope.ts'

/** What may be done to a file or folder, in the words of the tokens' permissions (docs/protocols/bytescale.md §6.3). */
export type Action =
  | 'getFileDetails'
  | 'createFile'
  | 'overwriteFile'
  | 'deleteFile'
  | 'listFolderChildren'
  | 'getFolderDescription'
  | 'getFolderPublicPermissions'
  | 'createVirtualFolder'
  | 'deleteVirtualFolder'
  | 'setFolderDescription'
  | 'setFolderPublicPermissions'

/** Permissions of a token for the paths that it names. The key decides about everything else. */
export interface PathGrant {
  readonly match: PathPattern
  readonly actions: Readonly<Partial<Record<Action, boolean>>>
  /** Names of processings (`raw`, `image`, a preset), or beginnings of names that end in `*`. */
  readonly download: readonly string[] | undefined
}

/** Who sends a request, and what that permits. */
export interface Caller {
  readonly account: string
  readonly keyId: string
  /** `token`: an access token alone, which permits what it grants and nothing else. */
  readonly kind: 'secret' | 'public' | 'token'
  /** The key reaches this folder and everything below it. */
  readonly folder: string
  /** Rules for destinations that the caller leaves open. */
  readonly defaults: DestinationDefaults
  readonly grants: readonly PathGrant[]
  /** Tags that the token's owner may give, or beginnings of tags that end in `*`. `null`: any tag. */
  readonly tags: readonly string[] | null
}

/** A public key may store new files. Everything else needs a secret key or a token (docs/protocols/bytescale.md §6.1). */
const PUBLIC_KEY_ACTIONS: readonly Action[] = ['createFile']

/**
 * Whether the caller may do this to this path. Permissions of key and token add up. Where both speak of an action for the path, the token
 * decides.
 */
export function permits(caller: Caller, action: Action, path: string): boolean {
  const said = caller.grants.filter(({ match }) => scopeMatches(match, path)).flatMap(({ actions }) => actions[action] ?? [])
  if (said.length > 0) return said.includes(true)
  return isWithin(caller.folder, path) && (caller.kind === 'secret' || (caller.kind === 'public' && PUBLIC_KEY_ACTIONS.includes(action)))
}

/** Whether the caller may read this file through this processing although the public may not. A public key may read what everyone may read. */
export function permitsDownload(caller: Caller, processing: string, path: string): boolean {
  if (caller.kind === 'secret' && isWithin(caller.folder, path)) return true
  return caller.grants.some(({ match, download = [] }) => scopeMatches(match, path) && matchesName(download, processing))
}

/** @throws AppError `forbidden`, naming the action and the path. */
export function demand(caller: Caller, action: Action, path: string): void {
  if (!permits(caller, action, path))
    throw new AppError('forbidden', {
      field: path,
      reason: `Expected credentials with the permission ${action} for ${JSON.stringify(path)}.`,
    })
}

/** Paths in a folder, and with `recursive` below its folders, that stand for all others there: no grant can name them. */
export function samplesBelow(folder: string, recursive: boolean): readonly string[] {
  const anything = inFolder(folder, '\u0000')
  return recursive ? [anything, `${anything}/\u0000`] : [anything]
}

/** Whether the caller may do this to everything in a folder, and with `recursive` in the folders below it. */
export function permitsBelow(caller: Caller, action: Action, folder: string, recursive: boolean): boolean {
  const isExcepted = caller.grants.some(({ match, actions }) => actions[action] === false && isWithin(folder, match.path))
  return !isExcepted && samplesBelow(folder, recursive).every((path) => permits(caller, action, path))
}

/** @throws AppError `forbidden`. */
export function demandBelow(caller: Caller, action: Action, folder: string, recursive: boolean): void {
  if (permitsBelow(caller, action, folder, recursive)) return
  throw new AppError('forbidden', {
    field: folder,
    reason: `Expected credentials with the permission ${action} for everything in ${JSON.stringify(folder)}.`,
  })
}

/** The folder and everything below it. @throws AppError `forbidden`. */
export function demandTree(caller: Caller, action: Action, folder: string, recursive: boolean): void {
  demand(caller, action, folder)
  if (recursive) demandBelow(caller, action, folder, true)
}

/** The folder that holds everything this caller can change. A token's grants may lie outside of its key's folder. */
export const reachOf = ({ folder, grants }: Caller): string => (grants.length === 0 ? folder : '/')

/** @throws AppError `forbidden` for everyone but a secret key: jobs and the cache belong to the owner of the account. */
export function demandSecret({ kind }: Caller, what: string): void {
  if (kind !== 'secret') throw new AppError('forbidden', { reason: `Expected a secret key for ${what}, received other credentials.` })
}

/** @throws AppError `forbidden` naming the first tag that the token does not grant. */
export function demandTags({ tags }: Caller, wanted: readonly string[]): void {
  const refused = tags === null ? undefined : wanted.find((tag) => !matchesName(tags, tag))
  if (refused !== undefined)
    throw new AppError('forbidden', { field: 'tags', reason: `The token does not grant the tag ${JSON.stringify(refused)}.` })
}

/** Whether one of the names is this, or ends in `*` and begins it. */
export const matchesName = (names: readonly string[], name: string): boolean =>
  names.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern))

/** The caller's rights over paths, as storing a file asks for them. */
export const permitOf = (caller: Caller): PathPermit => ({
  create: (path) => permits(caller, 'createFile', path),
  overwrite: (path) => permits(caller, 'overwriteFile', path),
})
