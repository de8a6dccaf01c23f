import { AppError } from '../../errors.ts'
import type { ListQuery, ProcessIndex, ProcessPage, ProcessStore } from './ports.ts'
import { summaryOf, type JobDefinition, type ProcessKind, type ProcessOwner, type ProcessRecord } from './record.ts'
import { initialState } from './state.ts'
import { RECORD_BYTES, type Clock, type HashText, type Room } from '../ports.ts'

/**
 * Everything that is not answered within its own request is a process: some jobs, executed at least once each, whose outcome is kept and
 * can be asked for. How to use it:
 *
 *   const record = await processes.create({ id, kind: 'file-jobs', name: 'CopyFolderBatchJob', owner: { account, service: null }, requestId,
 *     jobs: [{ type: 'copy-folder', params: { from, to }, group: from }] })
 *
 * - `jobs` are plain JSON. `type` names the runner that executes them: add one to the table in compose/runners.ts (see jobs/runner.ts). Runners are
 *   called again after a failure that may pass, and may be called twice, so the same job run twice must leave what it leaves once.
 * - The id is the caller's: 21 characters of nanoid for batch, a ULID for Bytescale's jobs. With an idempotency key make it by
 *   `idempotentId` and give the request's hash as `fingerprint`: an equal create answers the process that exists.
 * - `status` is PENDING, PROCESSING, FINISHED or FAILED; FAILED with `error.code === 'cancelled'` is what `cancel` leaves.
 * - The first job that fails for good fails the process; what has not been begun by then is not begun.
 */
export interface NewProcess {
  readonly id: string
  readonly kind: ProcessKind
  readonly name?: string
  readonly owner: ProcessOwner
  readonly jobs: readonly JobDefinition[]
  readonly callback?: string | null
  readonly fingerprint?: string | null
  readonly warnings?: readonly string[]
  readonly requestId: string
  /** Its jobs only delete: it is recorded on a full disk too. */
  readonly onlyDeletes?: boolean
}

export interface ProcessesDeps {
  readonly store: ProcessStore
  readonly index: ProcessIndex
  readonly clock: Clock
  readonly hash: HashText
  readonly room: Room
}

/** One R2-triggered or batch process has at most so many jobs: its record is one row of at most 2 MB. */
const MAX_JOBS = 1000

export function createProcesses({ store, index, clock, hash, room }: ProcessesDeps) {
  return {
    /**
     * Records the process and sends its jobs. Answers the record; an equal idempotent create answers the one that exists.
     * @throws AppError `idempotency_conflict` when the id belongs to another request; `storage_full`.
     */
    async create({ onlyDeletes = false, ...wish }: NewProcess): Promise<ProcessRecord> {
      if (wish.jobs.length < 1 || wish.jobs.length > MAX_JOBS) {
        throw new AppError('invalid_parameter', { field: 'jobs', reason: `Expected 1 to ${MAX_JOBS} jobs, received ${wish.jobs.length}.` })
      }
      const { name = '', callback = null, fingerprint = null } = wish
      const definition = { ...wish, name, callback, fingerprint, createdAt: clock.now() }
      const recordIt = async (): ReturnType<ProcessStore['create']> => {
        // Listed first, so that whoever is told of an id is not told that it is unknown. A line whose process never came is swept away.
        await index.put({ ...summaryOf({ definition, state: initialState(definition) }), revision: 0 })
        return store.create(definition)
      }
      const { created, record } = await (onlyDeletes ? room.free(recordIt) : room.hold(RECORD_BYTES, recordIt))
      const equal = fingerprint !== null && record.definition.fingerprint === fingerprint
      if (!created && !equal) throw new AppError('idempotency_conflict')
      return record
    },

    /**
     * `null` when there is none in these accounts. The lists are asked first, because a question for an id that nobody has would leave an
     * empty record behind. The caller checks the owner.
     */
    async get(id: string, accounts: readonly string[]): Promise<ProcessRecord | null> {
      const found = await Promise.all(accounts.map((account) => index.known(account, [id])))
      return found.some((ids) => ids.length > 0) ? store.read(id) : null
    },

    /** Newest first; `cursor` of one page asks for the next. */
    list: (account: string, query: ListQuery): Promise<ProcessPage> => index.list(account, query),

    /** Ends a process that has not ended; otherwise changes nothing. `null` when there is none. */
    cancel: async (id: string): Promise<ProcessRecord | null> => (await store.dispatch(id, { type: 'cancel' }))?.record ?? null,

    /** Executes a process that has ended once more, from its stored definition. `accepted: false`: it has not ended. */
    async retry(id: string): Promise<{ readonly record: ProcessRecord; readonly accepted: boolean } | null> {
      return store.dispatch(id, { type: 'retry' })
    },

    /** Sends the callback of a process that has ended once more, under the same `webhook-id`. */
    async replayCallback(id: string): Promise<{ readonly record: ProcessRecord; readonly accepted: boolean } | null> {
      return store.dispatch(id, { type: 'replay-callback' })
    },

    /** The process's events after `seq`, in order; waits up to `waitMs` when there is none yet. `ended`: nothing will follow unless it is retried. */
    notices: (id: string, seq: number, waitMs: number) => store.notices(id, seq, waitMs),

    /** The same 21 characters of `A-Za-z0-9_-` for the same texts: an id that makes a create idempotent. */
    async idempotentId(...texts: readonly string[]): Promise<string> {
      const hex = (await hash(JSON.stringify(texts))).slice(0, 32)
      const binary = hex.replaceAll(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16)))
      return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').slice(0, 21)
    },
  }
}

export type Processes = ReturnType<typeof createProcesses>
