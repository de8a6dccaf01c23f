import type { Clock, FileInfo, FileStore, Log } from '../ports.ts'
import type { ProcessIndex } from '../processes/ports.ts'
import type { Triggers } from './triggers.ts'

/** How far the sweep of an account has come. */
export interface SweepCursors {
  /** The key after which to go on; `null` at the beginning. */
  load(account: string): Promise<string | null>
  save(account: string, cursor: string | null): Promise<void>
}

export interface TriggerSweepDeps {
  readonly triggers: Triggers
  readonly files: FileStore
  readonly index: ProcessIndex
  readonly cursors: SweepCursors
  /** Those that have rules. */
  readonly accounts: readonly string[]
  readonly clock: Clock
  /** How long records of processes are kept, in milliseconds: for an older file nobody can say whether its rules have run. */
  readonly retentionMs: number
  readonly log: Log
}

/** One sweep of an account lists so many pages of so many files, and then leaves the rest to the next one. */
const MAX_PAGES = 10
const PAGE = 1000
/** Files of one sweep that need more than the list: a look for a source, or a start. */
const MAX_VISITS = 300
const DAY_MS = 24 * 60 * 60_000
/** Files that are older are not looked at: a rule that is new does not work through a whole bucket. */
const MAX_AGE_MS = 3 * DAY_MS

/**
 * Compares what is stored with what the rules have made of it, and starts what is missing: events of the storage get lost, and so does the
 * process that answers a write. A file of the last days without a run of its rules gets one; a derivative whose source is gone is removed when
 * its rule says so. Each call goes on where the last one stopped, so its work is bounded however many files there are.
 */
export function createTriggerSweep({ triggers, files, index, cursors, accounts, clock, retentionMs, log }: TriggerSweepDeps) {
  async function sweepAccount(account: string): Promise<void> {
    let after = await cursors.load(account)
    let visits = 0
    for (let pages = 0; pages < MAX_PAGES && visits < MAX_VISITS; pages++) {
      const page = await files.list(account, '/', { recursive: true, limit: PAGE, ...(after !== null && { after }) })
      const open = await needy(account, page.files)
      const visited = open.slice(0, MAX_VISITS - visits)
      for (const path of visited.map(({ settled }) => settled)) await triggers.settle(account, path)
      visits += visited.length
      after = visited.length < open.length ? (visited.at(-1)?.at ?? after) : page.seenUpTo
      await cursors.save(account, after)
      if (after === null) break
    }
    if (visits > 0) log({ level: 'info', message: 'files swept', account, visits })
  }

  /** Files whose rules have no recorded run, and sources of derivatives that may be gone; in the order of the list. */
  async function needy(account: string, listed: readonly FileInfo[]): Promise<readonly Visit[]> {
    const there = new Set(listed.map(({ path }) => path))
    const runs = await Promise.all(listed.map(async (file) => ({ file, ids: isYoung(file) ? await triggers.runsOf(account, file) : [] })))
    const wanted = runs.flatMap(({ ids }) => ids)
    const recorded = new Set(wanted.length === 0 ? [] : await index.recorded(account, wanted))
    return runs.flatMap(({ file, ids }) => {
      const source = file.origin?.derivation?.source
      if (source !== undefined) return there.has(source) || !triggers.concerns(account, source) ? [] : [{ at: file.path, settled: source }]
      return ids.some((id) => !recorded.has(id)) ? [{ at: file.path, settled: file.path }] : []
    })
  }

  const isYoung = ({ lastModified }: FileInfo): boolean => clock.now() - lastModified.getTime() < Math.min(MAX_AGE_MS, retentionMs)

  return async function sweepTriggers(): Promise<void> {
    for (const account of accounts) {
      await sweepAccount(account).catch((error: unknown) =>
        log({ level: 'error', message: 'files could not be swept', account, error: String(error) }),
      )
    }
  }
}

interface Visit {
  /** Path of the listed file. */
  readonly at: string
  /** Path whose rules are to be started. */
  readonly settled: string
}
