import type { Clock, FileStore, Log, RandomBytes } from '../ports.ts'
import { copiesFolder } from './source-copies.ts'

export interface CopySweepDeps {
  readonly files: Pick<FileStore, 'list' | 'delete'>
  /** A file was deleted at this path. */
  readonly replaced: (account: string, path: string) => Promise<void>
  /** Where copies lie, and how long one is kept. */
  readonly folders: readonly { readonly account: string; readonly folder: string; readonly seconds: number }[]
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
}

/** Copies of one sweep that are looked at. */
const LOOKED_AT = 5000
const PAGE = 1000
/** Copies of one sweep that are deleted, each with its results. */
const MOST_DELETED = 500

/**
 * Deletes copies of pictures from elsewhere that are older than they may be. Names of copies are hashes: each sweep begins somewhere among them, so that in
 * the course of many all are looked at without a record of how far they came. A copy that is wanted again is fetched again.
 */
export function createCopySweep({ files, replaced, folders, clock, random, log }: CopySweepDeps) {
  async function sweepFolder({ account, folder, seconds }: CopySweepDeps['folders'][number]): Promise<void> {
    const copies = copiesFolder(folder)
    const start = `${copies}/${(random(1)[0] ?? 0).toString(16).padStart(2, '0')}`
    const oldest = clock.now() - seconds * 1000
    const old: string[] = []
    let after: string | undefined = start
    let isBehind = true
    for (let looked = 0; looked < LOOKED_AT && old.length < MOST_DELETED; looked += PAGE) {
      const page = await files.list(account, copies, { recursive: true, limit: PAGE, after })
      for (const { path, lastModified } of page.files) {
        if (!isBehind && path > start) return deleteAll(account, old)
        if (lastModified.getTime() < oldest && old.length < MOST_DELETED) old.push(path)
      }
      if (page.seenUpTo === null && !isBehind) break
      if (page.seenUpTo === null) isBehind = false
      after = page.seenUpTo ?? undefined
    }
    await deleteAll(account, old)
  }

  async function deleteAll(account: string, paths: readonly string[]): Promise<void> {
    await files.delete(account, paths)
    for (const path of paths) await replaced(account, path)
    if (paths.length > 0) log({ message: 'old copies deleted', account, copies: paths.length })
  }

  return async function sweepCopies(): Promise<void> {
    for (const folder of folders)
      await sweepFolder(folder).catch((error: unknown) =>
        log({ level: 'error', message: 'copies not swept', account: folder.account, detail: String(error) }),
      )
  }
}
