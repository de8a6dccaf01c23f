import type { FileStore } from '../ports.ts'

export interface DeleteUnclaimedDeps {
  readonly files: Pick<FileStore, 'head' | 'delete'>
  /** Called after a file has been deleted. */
  readonly removed: (account: string, path: string) => Promise<void>
}

/** Deletes a file that no handle names any more; with `storedFor` only when it was stored for this handle, and otherwise leaves what is there. */
export const createDeleteUnclaimed = ({ files, removed }: DeleteUnclaimedDeps) =>
  async function deleteUnclaimed(account: string, path: string, storedFor: string | null): Promise<void> {
    if (storedFor !== null && (await files.head(account, path))?.origin?.handle !== storedFor) return
    await files.delete(account, [path])
    await removed(account, path)
  }
