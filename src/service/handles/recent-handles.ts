import type { Clock } from '../ports.ts'
import type { HandleRecord } from './ports.ts'
import type { StoredFiles } from './stored-files.ts'

/**
 * How long an isolate believes what it read of a handle. A handle names the same path for all its life, and whether the file is still there is
 * another question (files/recent-files.ts). So only a handle that was removed elsewhere while its file stays is found too long.
 */
export const HANDLES_BELIEVED_MS = 60_000
/** About half a kilobyte each. */
const MAX_REMEMBERED = 4000

export interface RecentHandles extends StoredFiles {
  /** As `find`, from memory when that is recent: for pictures, which are asked for often. */
  findRecent(handle: string): Promise<HandleRecord>
}

export function createRecentHandles(stored: StoredFiles, clock: Clock): RecentHandles {
  /** The oldest first. */
  const known = new Map<string, { readonly record: HandleRecord; readonly readAt: number }>()
  return {
    ...stored,
    async findRecent(handle) {
      const last = known.get(handle)
      if (last && clock.now() - last.readAt < HANDLES_BELIEVED_MS) return last.record
      known.delete(handle)
      const readAt = clock.now()
      const record = await stored.find(handle)
      known.set(handle, { record, readAt })
      if (known.size > MAX_REMEMBERED) known.delete(known.keys().next().value ?? '')
      return record
    },
    async remove(record, keepFile) {
      known.delete(record.handle)
      await stored.remove(record, keepFile)
      known.delete(record.handle)
    },
  }
}
