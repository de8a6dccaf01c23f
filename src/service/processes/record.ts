/** What a process is, as plain JSON: it is stored, sent between objects and shown, so nothing here may be a class. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Who asked: the batch API, a storage rule, an asynchronous save, a job over files (copy, delete, cache reset), or the service itself for a result that took too long. */
export type ProcessKind = 'batch' | 'trigger' | 'save' | 'file-jobs' | 'result'

export type ProcessStatus = 'PENDING' | 'PROCESSING' | 'FINISHED' | 'FAILED'

export interface ProcessOwner {
  readonly account: string
  /** The batch service; `null` for everything else. */
  readonly service: number | null
  /** The folder that the key of the request reached. Without one the process belongs to the whole account. */
  readonly folder?: string
}

/** One piece of work that succeeds or fails by itself. */
export interface JobDefinition {
  /** Names the runner (jobs/runner.ts). */
  readonly type: string
  /** The runner's own parameters. */
  readonly params: Json
  /** Jobs with equal text travel together, so that their runner may share what they have in common: the path of the source. */
  readonly group: string
}

/** What was asked for. Never changes. */
export interface ProcessDefinition {
  readonly id: string
  readonly kind: ProcessKind
  /** What the owner calls this work: a Bytescale job type, the id of a rule. For lists and filters; `''` when there is nothing to say. */
  readonly name: string
  readonly owner: ProcessOwner
  readonly jobs: readonly JobDefinition[]
  /** Receives the outcome. */
  readonly callback: string | null
  /** Hash of the request of an idempotent create: another request under the same id is a conflict. */
  readonly fingerprint: string | null
  /** What the owner should know of the request although it was accepted. */
  readonly warnings?: readonly string[]
  /** The HTTP request or the event that created it, for the logs. */
  readonly requestId: string
  /** Milliseconds since the epoch, as every time here. */
  readonly createdAt: number
}

/** A failure in words that its owner may read. */
export interface JobError {
  readonly code: string
  readonly message: string
}

export type JobStatus = 'PENDING' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'CANCELLED'

export interface JobAttempt {
  readonly startedAt: number
  readonly endedAt: number
  /** `null`: it succeeded. */
  readonly error: JobError | null
}

export interface JobState {
  readonly status: JobStatus
  /** How often a consumer has begun it in this run. */
  readonly attempts: number
  /** Messages sent since the last attempt: the more of them are waiting, the longer until the next one. */
  readonly sends: number
  /** PENDING: when a message is to be sent (again); `null` otherwise. */
  readonly dueAt: number | null
  /** A job whose lease was lost travels alone from then on, so that one that kills its isolate takes no other with it. */
  readonly alone: boolean
  /** RUNNING: who works on it, until when at the latest. */
  readonly lease: { readonly id: string; readonly until: number } | null
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** Why the last attempt failed; `null` after a success. */
  readonly error: JobError | null
  /** What the runner answered, or how far it has come. */
  readonly result: Json
  /** Replaces the definition's parameters when a runner has done a part and asks to be called again. */
  readonly params: Json | undefined
  /** The latest attempts of all runs, oldest first. */
  readonly log: readonly JobAttempt[]
}

export interface CallbackAttempt {
  readonly at: number
  readonly run: number
  /** HTTP status, `null` when none came. */
  readonly status: number | null
  readonly error: string | null
}

export interface CallbackState {
  /** WAITING for the end of the run; PENDING delivery; STOPPED by the receiver with 410. */
  readonly status: 'WAITING' | 'PENDING' | 'DELIVERED' | 'FAILED' | 'STOPPED'
  /** PENDING: when the next attempt is due. While one is under way: when it counts as lost. */
  readonly dueAt: number
  /** Attempts of this run. */
  readonly attempts: number
  /** The latest attempts of all runs, oldest first. */
  readonly log: readonly CallbackAttempt[]
}

/** How far it has come. Replaced as a whole by each event (state.ts). */
export interface ProcessState {
  /** 1 for the first execution; each retry adds one. Messages and reports of an older run mean nothing. */
  readonly run: number
  readonly status: ProcessStatus
  /** When this run was asked for. */
  readonly askedAt: number
  readonly updatedAt: number
  /** Why it failed. */
  readonly error: JobError | null
  readonly jobs: readonly JobState[]
  readonly callback: CallbackState | null
  /** Counts what the list of processes has to know, and what of it the list has confirmed. */
  readonly revision: number
  readonly listedRevision: number
  readonly listDueAt: number
  /** After the end: when the record is erased. */
  readonly expiresAt: number | null
}

export interface ProcessRecord {
  readonly definition: ProcessDefinition
  readonly state: ProcessState
}

export const isTerminal = (status: ProcessStatus): boolean => status === 'FINISHED' || status === 'FAILED'

/** The reason of a process that its owner has cancelled. */
export const CANCELLED: JobError = { code: 'cancelled', message: 'The process was cancelled.' }

/** One line of the list of processes. */
export interface ProcessSummary {
  readonly id: string
  readonly kind: ProcessKind
  readonly name: string
  readonly owner: ProcessOwner
  readonly status: ProcessStatus
  readonly error: JobError | null
  readonly run: number
  readonly jobs: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly revision: number
}

export const summaryOf = ({ definition, state }: ProcessRecord): ProcessSummary => ({
  id: definition.id,
  kind: definition.kind,
  name: definition.name,
  owner: definition.owner,
  status: state.status,
  error: state.error,
  run: state.run,
  jobs: definition.jobs.length,
  createdAt: definition.createdAt,
  updatedAt: state.updatedAt,
  revision: state.revision,
})
