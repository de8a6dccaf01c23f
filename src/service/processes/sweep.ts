import type { ProcessPolicy } from './policy.ts'
import type { ProcessIndex, ProcessStore } from './ports.ts'
import type { Clock, Log } from '../ports.ts'

export interface SweepDeps {
  readonly store: ProcessStore
  readonly index: ProcessIndex
  readonly accounts: readonly string[]
  readonly clock: Clock
  readonly policy: ProcessPolicy
  readonly log: Log
}

/** A process that works says so at least this often, by an alarm of its own. */
const SILENT_MS = 15 * 60_000
/** Looks of one sweep at an account; what is left waits for the next. */
const MAX_PER_SWEEP = 500

/**
 * Asks every process that has been silent for too long to look after itself: its alarm may have been lost. Ended ones that are past their
 * time erase themselves the same way, and lines of the list whose process is gone are removed.
 */
export const createProcessSweep = ({ store, index, accounts, clock, policy, log }: SweepDeps) =>
  async function sweep(): Promise<void> {
    const now = clock.now()
    for (const account of accounts) {
      const stale = await index.stale(account, {
        unfinishedBefore: now - SILENT_MS,
        finishedBefore: now - policy.retentionMs - SILENT_MS,
        limit: MAX_PER_SWEEP,
      })
      for (const { id, owner, status } of stale) {
        try {
          if ((await store.dispatch(id, { type: 'tick' })) === null) await index.remove(owner, id)
          log({ level: 'warn', message: 'process swept', processId: id, status })
        } catch (error) {
          log({ level: 'error', message: 'process could not be swept', processId: id, error: String(error) })
        }
      }
    }
  }
