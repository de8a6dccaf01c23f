import type { PathScope } from './path-scope.ts'

/** What the public may do with the files in one scope of a folder. */
export interface PublicPermission {
  readonly permissions: { readonly file: { readonly downloadFile: readonly string[] } }
  readonly scope: PathScope
}

export interface FolderSettings {
  readonly description?: string
  readonly publicPermissions?: readonly PublicPermission[]
}

/** A folder that was put, and so exists without files: "virtual". */
export interface FolderRecord {
  /** Absolute, without a trailing slash except for the root. */
  readonly path: string
  readonly settings: FolderSettings
}

/** The virtual folders of all accounts. */
export interface FolderStore {
  /** Those of the paths that are virtual folders. */
  get(account: string, paths: readonly string[]): Promise<readonly FolderRecord[]>
  /** Stores the folder, and its ancestors without settings where they are not there. */
  put(account: string, folder: FolderRecord): Promise<void>
  /** Answers how many were deleted. */
  delete(account: string, path: string, options: { readonly recursive: boolean }): Promise<number>
  /** Folders below `folder` whose `path + '/'` sorts after `after`, in that order (by code points). */
  list(
    account: string,
    folder: string,
    options: { readonly recursive: boolean; readonly after: string; readonly limit: number },
  ): Promise<readonly FolderRecord[]>
}

export interface CacheResets {
  /** Makes every cached answer that the pattern matches unreachable. Answers the number of the reset. */
  reset(account: string, pattern: string): Promise<number>
}
