import { AppError } from '../../errors.ts'
import type { JobContext, JobOutcome, JobRunners } from './runner.ts'
import type { ReportedOutcome } from '../processes/job.ts'
import type { GrantedJob, JobMessage, ProcessStore } from '../processes/ports.ts'
import { isTerminal, type ProcessRecord } from '../processes/record.ts'
import type { Clock, Log } from '../ports.ts'
import { createTimings } from '../render/timings.ts'
import type { IsWanted } from '../render/ticket.ts'

/** How soon a cancel reaches a long job. */
const WATCH_MS = 500

export interface RunJobsDeps {
  readonly store: ProcessStore
  readonly runners: JobRunners
  readonly clock: Clock
  /** A name that no other lease has. */
  readonly newLease: () => string
  /** Calls back again and again until stopped. */
  readonly every: (milliseconds: number, work: () => void) => { stop(): void }
  readonly leaseMs: number
  readonly log: Log
  /** Told of each job that has come to an end, for the metrics. */
  readonly observe: (type: string, outcome: JobOutcome['kind'], phases: readonly (readonly [string, number])[]) => void
}

/**
 * What the queue's consumer does with one message: take a lease, do the jobs that are still open, report each.
 * Failures of jobs are reports, not exceptions; @throws only when the process's record cannot be reached, and then the message must be retried.
 */
export function createRunJobs({ store, runners, clock, newLease, every, leaseMs, log, observe }: RunJobsDeps) {
  return async function runJobs({ process: id, run, jobs }: JobMessage): Promise<void> {
    const lease = newLease()
    const taken = await store.dispatch(id, { type: 'take', run, jobs, lease })
    if (!taken || taken.granted.length === 0) return
    const heartbeat = every(leaseMs / 3, () => void store.dispatch(id, { type: 'renew', run, lease }).catch(() => undefined))
    let isWanted = true
    const watch = every(
      WATCH_MS,
      () =>
        void store
          .read(id)
          .then((record) => (isWanted = wants(record, run)))
          .catch(() => undefined),
    )
    try {
      const { definition } = taken.record
      for (const group of byType(taken.granted)) await runGroup(group, { id, run, lease, definition, isWanted: () => isWanted })
    } finally {
      heartbeat.stop()
      watch.stop()
    }
  }

  async function runGroup(group: readonly GrantedJob[], { id, run, lease, definition, isWanted }: Held): Promise<void> {
    const type = group[0]?.type ?? ''
    const open = new Set(group.map(({ index }) => index))
    const timings = createTimings(clock)
    const report = async (index: number, outcome: JobOutcome): Promise<boolean> => {
      open.delete(index)
      if (outcome.kind === 'failed' && outcome.error.code === 'abandoned') return false // nobody waits for a report
      observe(type, outcome.kind, timings.entries())
      // The record keeps what its owner may read; what an operator needs is here.
      if (outcome.kind === 'failed')
        log({
          level: 'warn',
          message: 'job failed',
          processId: id,
          run,
          job: index,
          code: outcome.error.code,
          detail: outcome.error.message,
          cause: causeOf(outcome.error),
        })
      const after = await store.dispatch(id, { type: 'report', run, job: index, lease, outcome: reported(outcome) })
      return wants(after?.record ?? null, run)
    }
    const runner = Object.hasOwn(runners, type) ? runners[type] : undefined
    try {
      if (!runner) throw new AppError('not_implemented', { reason: `This service does not know jobs of the type ${JSON.stringify(type)}.` })
      await runner(group, { process: definition, run, timings, isWanted, report })
    } catch (thrown) {
      for (const index of open) if (!(await report(index, { kind: 'failed', error: AppError.from(thrown) }))) return
    }
  }
}

/** Whether a run still wants its jobs: false once it has failed, was cancelled or retried. */
const wants = (record: ProcessRecord | null, run: number): boolean =>
  record !== null && record.state.run === run && !isTerminal(record.state.status)

const causeOf = ({ cause }: AppError): string | undefined => (cause instanceof Error ? (cause.stack ?? cause.message) : undefined)

/** Of an error in the record, in characters: it may quote what the client sent. */
const MAX_MESSAGE = 500

interface Held {
  readonly id: string
  readonly run: number
  readonly lease: string
  readonly definition: JobContext['process']
  readonly isWanted: IsWanted
}

function byType(jobs: readonly GrantedJob[]): readonly (readonly GrantedJob[])[] {
  const groups = new Map<string, GrantedJob[]>()
  for (const job of jobs) groups.set(job.type, [...(groups.get(job.type) ?? []), job])
  return [...groups.values()]
}

const reported = (outcome: JobOutcome): ReportedOutcome =>
  outcome.kind === 'failed'
    ? {
        kind: 'failed',
        error: { code: outcome.error.code, message: outcome.error.publicText.slice(0, MAX_MESSAGE) },
        retry: outcome.error.fault.retry,
      }
    : outcome
