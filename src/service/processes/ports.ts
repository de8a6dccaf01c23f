import type { ProcessEvent } from './state.ts'
import type { Json, ProcessDefinition, ProcessKind, ProcessOwner, ProcessRecord, ProcessStatus, ProcessSummary } from './record.ts'

/** A job that a consumer has been given. */
export interface GrantedJob {
  /** Position in the process. */
  readonly index: number
  readonly type: string
  readonly params: Json
  /** 1 for the first. */
  readonly attempt: number
  readonly lastAttempt: boolean
}

export interface Dispatched {
  readonly record: ProcessRecord
  /** After `take`: what the lease holds now. */
  readonly granted: readonly GrantedJob[]
  /** Whether the event changed anything. */
  readonly accepted: boolean
}

/** A line of a process's event stream. `seq` counts from 1 and has no gaps. */
export interface ProcessNotice {
  readonly seq: number
  readonly at: number
  readonly event: 'process' | 'job' | 'callback'
  readonly data: Json
}

/** The records of all processes. Each has a single writer, so events of one process never interleave. */
export interface ProcessStore {
  /** `created: false`: the id is taken, and `record` is what is there. */
  create(definition: ProcessDefinition): Promise<{ readonly created: boolean; readonly record: ProcessRecord }>
  /** `null` when there is none. */
  read(id: string): Promise<ProcessRecord | null>
  /** `null` when there is no such process. The store sets the event's time. */
  dispatch(id: string, event: ProcessEvent): Promise<Dispatched | null>
  /** Notices after `seq`; waits up to `waitMs` for one when there is none yet and the process goes on. */
  notices(id: string, seq: number, waitMs: number): Promise<{ readonly notices: readonly ProcessNotice[]; readonly ended: boolean } | null>
}

export interface ListQuery {
  /** Only of this batch service. */
  readonly service?: number | null
  /** Only those that a key of this folder began; all when absent or the root. */
  readonly folder?: string
  readonly kinds?: readonly ProcessKind[]
  readonly names?: readonly string[]
  readonly statuses?: readonly ProcessStatus[]
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface ProcessPage {
  /** Newest first. */
  readonly items: readonly ProcessSummary[]
  readonly cursor: string | null
}

/** The list of the processes of each account. A process is in it within a moment of its creation, and its status may lag behind. */
export interface ProcessIndex {
  /** Keeps the newest revision: an older one that arrives late changes nothing. */
  put(summary: ProcessSummary): Promise<void>
  remove(owner: ProcessOwner, id: string): Promise<void>
  /** Those of the ids that the account has. */
  known(account: string, ids: readonly string[]): Promise<readonly string[]>
  /** Those of the ids whose process has told of itself: a line that was only announced (revision 0) may have no process behind it. */
  recorded(account: string, ids: readonly string[]): Promise<readonly string[]>
  list(account: string, query: ListQuery): Promise<ProcessPage>
  /** Unfinished ones that have not been heard of since, and finished ones that ended before: what a sweep looks at. */
  stale(
    account: string,
    query: { readonly unfinishedBefore: number; readonly finishedBefore: number; readonly limit: number },
  ): Promise<readonly ProcessSummary[]>
  /** How many there are of each kind and status, and when the oldest of them was created, in milliseconds since the epoch. */
  count(
    account: string,
  ): Promise<readonly { readonly kind: ProcessKind; readonly status: ProcessStatus; readonly count: number; readonly oldestAt: number }[]>
}

/** Work for a consumer: some jobs of one run of one process. */
export interface JobMessage {
  readonly process: string
  readonly run: number
  readonly jobs: readonly number[]
}

/** At least once, in any order; may lose everything when it restarts. */
export interface JobQueue {
  send(messages: readonly JobMessage[]): Promise<void>
}
