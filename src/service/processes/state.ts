import { callbackEnded, callbackOutcome, dueDelivery, newCallback, replayed, type CallbackOutcome } from './callback.ts'
import { cancelJob, grantJob, loseLease, newJob, renewLease, reportJob, sendJob, type ReportedOutcome } from './job.ts'
import type { ProcessPolicy } from './policy.ts'
import { CANCELLED, isTerminal, type JobError, type JobState, type Json, type ProcessDefinition, type ProcessState } from './record.ts'

/** Everything that can happen to a process. */
export type ProcessEvent =
  /** Time has passed: the alarm, or somebody who asks whether all is well. */
  | { readonly type: 'tick' }
  /** A consumer got a message. It is given those of its jobs that are open. */
  | { readonly type: 'take'; readonly run: number; readonly jobs: readonly number[]; readonly lease: string }
  | { readonly type: 'renew'; readonly run: number; readonly lease: string }
  | { readonly type: 'report'; readonly run: number; readonly job: number; readonly lease: string; readonly outcome: ReportedOutcome }
  /** The queue gave a message up. */
  | { readonly type: 'dead-letter'; readonly run: number; readonly jobs: readonly number[] }
  | { readonly type: 'cancel' }
  | { readonly type: 'retry' }
  | { readonly type: 'callback-outcome'; readonly run: number; readonly attempt: number; readonly outcome: CallbackOutcome }
  | { readonly type: 'replay-callback' }
  | { readonly type: 'listed'; readonly revision: number }

/** What has to be done after the new state is stored. Each may get lost: a later tick asks for it again. */
export type ProcessEffect =
  | { readonly type: 'send'; readonly run: number; readonly jobs: readonly number[] }
  | { readonly type: 'deliver'; readonly run: number; readonly attempt: number }
  | { readonly type: 'list' }
  | { readonly type: 'erase' }
  | { readonly type: 'notice'; readonly event: 'process' | 'job' | 'callback'; readonly data: Json }

export interface Reduced {
  readonly state: ProcessState
  readonly effects: readonly ProcessEffect[]
}

export interface ReduceContext {
  readonly definition: ProcessDefinition
  readonly policy: ProcessPolicy
  /** Time of the event. */
  readonly at: number
}

const DEAD_LETTER: JobError = {
  code: 'dead_letter',
  message: 'The queue gave the job up after repeated deliveries that nobody could handle.',
}

export function initialState(definition: ProcessDefinition): ProcessState {
  return {
    run: 1,
    status: 'PENDING',
    askedAt: definition.createdAt,
    updatedAt: definition.createdAt,
    error: null,
    jobs: definition.jobs.map(() => newJob(definition.createdAt)),
    callback: definition.callback === null ? null : newCallback(),
    revision: 1,
    listedRevision: 0,
    listDueAt: definition.createdAt,
    expiresAt: null,
  }
}

/**
 * Pure and total: any event may come at any time, twice, late or not at all. Invariants, held by test/service/processes/state.test.ts:
 * a finished job stays finished until a retry, an ended process stays as it ended until a retry, an unfinished process always has a time at
 * which something will be done for it (`wakeAt`), and a process is FINISHED exactly when all its jobs are.
 */
export function reduce(state: ProcessState, event: ProcessEvent, context: ReduceContext): Reduced {
  return followUp(state, settle(state, apply(state, event, context), context), event, context)
}

function apply(state: ProcessState, event: ProcessEvent, { definition, policy, at }: ReduceContext): ProcessState {
  switch (event.type) {
    case 'take':
      return event.run === state.run && !isTerminal(state.status)
        ? mapJobs(state, event.jobs, (job) => grantJob(job, event.lease, at, policy))
        : state
    case 'renew':
      return event.run === state.run && !isTerminal(state.status)
        ? mapJobs(state, 'all', (job) => renewLease(job, event.lease, at, policy))
        : state
    case 'report':
      return event.run === state.run && !isTerminal(state.status)
        ? mapJobs(state, [event.job], (job) => reportJob(job, event.lease, event.outcome, at, policy))
        : state
    case 'dead-letter':
      return event.run === state.run && !isTerminal(state.status)
        ? mapJobs(state, event.jobs, (job) =>
            job.status === 'PENDING' ? { ...job, status: 'FAILED', dueAt: null, endedAt: at, error: DEAD_LETTER } : job,
          )
        : state
    case 'cancel':
      return isTerminal(state.status) ? state : { ...state, status: 'FAILED', error: CANCELLED }
    case 'retry':
      return isTerminal(state.status) ? restarted(state, definition, at) : state
    case 'callback-outcome':
      return event.run === state.run && state.callback ? { ...state, callback: callbackOutcome(state.callback, event, at, policy) } : state
    case 'replay-callback':
      return state.callback && isTerminal(state.status) ? { ...state, callback: replayed(state.callback, at) } : state
    case 'listed':
      return { ...state, listedRevision: Math.max(state.listedRevision, Math.min(event.revision, state.revision)) }
    case 'tick':
      return isTerminal(state.status) ? state : mapJobs(state, 'all', (job) => loseLease(job, at, policy))
  }
}

function mapJobs(state: ProcessState, wanted: readonly number[] | 'all', change: (job: JobState) => JobState): ProcessState {
  const chosen = wanted === 'all' ? null : new Set(wanted)
  const jobs = state.jobs.map((job, index) => (chosen === null || chosen.has(index) ? change(job) : job))
  return jobs.some((job, index) => job !== state.jobs[index]) ? { ...state, jobs } : state
}

const restarted = (state: ProcessState, definition: ProcessDefinition, at: number): ProcessState => ({
  ...state,
  run: state.run + 1,
  askedAt: at,
  status: 'PENDING',
  error: null,
  jobs: state.jobs.map(({ log }) => ({ ...newJob(at), log })),
  callback: definition.callback === null ? null : { ...newCallback(), log: state.callback?.log ?? [] },
  expiresAt: null,
})

/** Derives the process's status from its jobs, and begins what follows from an end. */
function settle(before: ProcessState, changed: ProcessState, { policy, at }: ReduceContext): ProcessState {
  const next = isTerminal(changed.status) ? changed : { ...changed, ...statusOf(changed) }
  if (next.status === before.status && next.run === before.run) return next.jobs === before.jobs ? next : { ...next, updatedAt: at }
  const revised: ProcessState = { ...next, updatedAt: at, revision: next.revision + 1, listDueAt: at }
  if (!isTerminal(next.status)) return revised
  return {
    ...revised,
    jobs: next.jobs.map((job) => cancelJob(job, at)),
    callback: next.callback && callbackEnded(next.callback, at),
    expiresAt: at + policy.retentionMs,
  }
}

/** One failed job makes the process FAILED (docs/protocols/batch.md §1.2). */
function statusOf({ jobs, status }: ProcessState): Pick<ProcessState, 'status' | 'error'> {
  const failed = jobs.find((job) => job.status === 'FAILED')
  if (failed) return { status: 'FAILED', error: failed.error }
  if (jobs.every((job) => job.status === 'FINISHED')) return { status: 'FINISHED', error: null }
  return { status: status === 'PENDING' && jobs.every((job) => job.attempts === 0) ? 'PENDING' : 'PROCESSING', error: null }
}

/** The effects of the new state; what is asked for is also written down, so that it is not asked for again at once. */
function followUp(before: ProcessState, next: ProcessState, event: ProcessEvent, context: ReduceContext): Reduced {
  const { policy, at } = context
  const effects: ProcessEffect[] = noticesOf(before, next)
  let state = next
  if (!isTerminal(state.status)) {
    const due = state.jobs.flatMap((job, index) => (job.status === 'PENDING' && job.dueAt !== null && job.dueAt <= at ? [index] : []))
    effects.push(...messages(state, due, context).map((jobs): ProcessEffect => ({ type: 'send', run: state.run, jobs })))
    state = mapJobs(state, due, (job) => sendJob(job, at, policy))
  }
  const delivery = state.callback && dueDelivery(state.callback, at, policy)
  // Only the alarm delivers: whoever reports the last job must not wait for a stranger's server.
  if (delivery && event.type === 'tick') {
    state = { ...state, callback: delivery }
    effects.push({ type: 'deliver', run: state.run, attempt: delivery.attempts })
  }
  if (state.listedRevision < state.revision && state.listDueAt <= at) {
    state = { ...state, listDueAt: at + policy.relistMs }
    effects.push({ type: 'list' })
  }
  if (state.expiresAt !== null && state.expiresAt <= at && state.callback?.status !== 'PENDING') effects.push({ type: 'erase' })
  return { state, effects }
}

/** Jobs of one group together, in order, up to the policy's number; a lonely one by itself. */
function messages(state: ProcessState, due: readonly number[], { definition, policy }: ReduceContext): readonly (readonly number[])[] {
  const chunks = new Map<string, number[][]>()
  for (const index of due) {
    const key = state.jobs[index]?.alone ? `${index}` : `group ${definition.jobs[index]?.type} ${definition.jobs[index]?.group}`
    const ofKey = chunks.get(key) ?? []
    const last = ofKey.at(-1)
    if (last && last.length < policy.maxJobsPerMessage) last.push(index)
    else ofKey.push([index])
    chunks.set(key, ofKey)
  }
  return [...chunks.values()].flat()
}

function noticesOf(before: ProcessState, next: ProcessState): ProcessEffect[] {
  const progress = { run: next.run, finished: next.jobs.filter(({ status }) => status === 'FINISHED').length, jobs: next.jobs.length }
  const notices: ProcessEffect[] = []
  for (const [job, { status, attempts, error }] of next.jobs.entries()) {
    if (status === before.jobs[job]?.status && next.run === before.run) continue
    notices.push({ type: 'notice', event: 'job', data: { ...progress, job, status, attempts, error: error && { ...error } } })
  }
  if (next.status !== before.status || next.run !== before.run) {
    notices.push({ type: 'notice', event: 'process', data: { ...progress, status: next.status, error: next.error && { ...next.error } } })
  }
  const [old, callback] = [before.callback, next.callback]
  const attempt = callback?.log.at(-1)
  if (callback && attempt && attempt !== old?.log.at(-1)) {
    notices.push({
      type: 'notice',
      event: 'callback',
      data: { run: next.run, status: callback.status, attempt: callback.attempts, httpStatus: attempt.status },
    })
  }
  return notices
}

/** When the alarm must ring next; `null` when nothing is left to be done, ever. */
export function wakeAt(state: ProcessState): number | null {
  const times: number[] = []
  if (!isTerminal(state.status)) for (const { dueAt, lease } of state.jobs) times.push(lease?.until ?? dueAt ?? Infinity)
  if (state.callback?.status === 'PENDING') times.push(state.callback.dueAt)
  if (state.listedRevision < state.revision) times.push(state.listDueAt)
  if (state.expiresAt !== null && state.callback?.status !== 'PENDING') times.push(state.expiresAt)
  const first = Math.min(...times)
  return Number.isFinite(first) ? first : null
}
