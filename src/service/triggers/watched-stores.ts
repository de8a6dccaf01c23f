import type { MultipartStore } from '../files/multipart-ports.ts'
import type { FileStore, Log } from '../ports.ts'
import type { Triggers } from './triggers.ts'

export interface WatchDeps {
  readonly triggers: Triggers
  readonly log: Log
}

/**
 * Starts the processes of the rules before the write is answered, so that nobody who was told of a stored file waits for an event that is lost.
 * A start that fails does not fail the write, which is done: the storage's own event and the sweep come to the same file again.
 */
async function settleNow({ triggers, log }: WatchDeps, account: string, path: string): Promise<void> {
  try {
    await triggers.settle(account, path)
  } catch (error) {
    log({ level: 'warn', message: 'the rules of a file were not started with its write', account, path, error: String(error) })
  }
}

/** The same store, whose writes and deletions start the rules that match. Other writes cost nothing more. */
export const watchFiles = (files: FileStore, deps: WatchDeps): FileStore => ({
  ...files,
  async put(account, path, ...rest) {
    const file = await files.put(account, path, ...rest)
    if (file && deps.triggers.concerns(account, path)) await settleNow(deps, account, path)
    return file
  },
  async delete(account, paths) {
    await files.delete(account, paths)
    for (const path of paths) if (deps.triggers.concerns(account, path)) await settleNow(deps, account, path)
  },
})

/** The same for files that are joined from parts. */
export const watchUploads = (uploads: MultipartStore, deps: WatchDeps): MultipartStore => ({
  ...uploads,
  async finish(upload, parts) {
    const file = await uploads.finish(upload, parts)
    if (file && deps.triggers.concerns(upload.account, upload.path)) await settleNow(deps, upload.account, upload.path)
    return file
  },
})
