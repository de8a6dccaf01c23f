import { doubling, type ProcessPolicy } from './policy.ts'
import type { JobError, JobState, Json } from './record.ts'

/** What a consumer reports of a job. `retry`: whether another attempt may succeed. */
export type ReportedOutcome =
  | { readonly kind: 'finished'; readonly result: Json }
  | { readonly kind: 'continued'; readonly params: Json; readonly result: Json }
  | { readonly kind: 'failed'; readonly error: JobError; readonly retry: boolean }

const LOST: JobError = { code: 'lost', message: 'The worker that did the job stopped answering.' }

export const newJob = (at: number): JobState => ({
  status: 'PENDING',
  attempts: 0,
  sends: 0,
  dueAt: at,
  alone: false,
  lease: null,
  startedAt: null,
  endedAt: null,
  error: null,
  result: null,
  params: undefined,
  log: [],
})

/** Given only to one at a time, and never before its time: a message that comes early (a duplicate) finds nothing. */
export function grantJob(job: JobState, lease: string, at: number, { leaseMs }: ProcessPolicy): JobState {
  if (job.status !== 'PENDING' || job.sends === 0) return job
  return {
    ...job,
    status: 'RUNNING',
    attempts: job.attempts + 1,
    sends: 0,
    dueAt: null,
    lease: { id: lease, until: at + leaseMs },
    startedAt: at,
    endedAt: null,
  }
}

export const renewLease = (job: JobState, lease: string, at: number, { leaseMs }: ProcessPolicy): JobState =>
  job.status === 'RUNNING' && job.lease?.id === lease
    ? { ...job, lease: { id: lease, until: Math.max(job.lease.until, at + leaseMs) } }
    : job

/** A message is on its way; should it get lost, the next one goes after a growing pause. */
export const sendJob = (job: JobState, at: number, { firstResendMs, maxResendMs }: ProcessPolicy): JobState => ({
  ...job,
  sends: job.sends + 1,
  dueAt: at + doubling(firstResendMs, maxResendMs, job.sends + 1),
})

/** Success counts whoever reports it: the work is there. A failure counts only from the one who holds the job now. */
export function reportJob(job: JobState, lease: string, outcome: ReportedOutcome, at: number, policy: ProcessPolicy): JobState {
  if (job.status !== 'RUNNING' && job.status !== 'PENDING') return job
  const current = job.status === 'RUNNING' && job.lease?.id === lease
  if (outcome.kind === 'finished')
    return { ...ended(job, at, null, policy), status: 'FINISHED', dueAt: null, result: outcome.result, params: undefined }
  if (!current) return job
  if (outcome.kind === 'continued')
    return { ...job, status: 'PENDING', attempts: 0, lease: null, dueAt: at, error: null, result: outcome.result, params: outcome.params }
  return outcome.retry
    ? again(ended(job, at, outcome.error, policy), at, policy)
    : { ...ended(job, at, outcome.error, policy), status: 'FAILED', dueAt: null }
}

export const loseLease = (job: JobState, at: number, policy: ProcessPolicy): JobState =>
  job.status === 'RUNNING' && job.lease !== null && job.lease.until <= at
    ? again({ ...ended(job, at, LOST, policy), alone: true }, at, policy)
    : job

export const cancelJob = (job: JobState, at: number): JobState =>
  job.status === 'PENDING' || job.status === 'RUNNING' ? { ...job, status: 'CANCELLED', dueAt: null, lease: null, endedAt: at } : job

function again(job: JobState, at: number, { maxAttempts, firstBackoffMs, maxBackoffMs }: ProcessPolicy): JobState {
  if (job.attempts >= maxAttempts) return { ...job, status: 'FAILED', dueAt: null }
  return { ...job, status: 'PENDING', sends: 0, dueAt: at + doubling(firstBackoffMs, maxBackoffMs, job.attempts) }
}

const ended = (job: JobState, at: number, error: JobError | null, { maxLog }: ProcessPolicy): JobState => ({
  ...job,
  lease: null,
  endedAt: at,
  error,
  log: [...job.log, { startedAt: job.startedAt ?? at, endedAt: at, error }].slice(-maxLog),
})
