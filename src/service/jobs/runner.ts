import { AppError } from '../../errors.ts'
import type { GrantedJob } from '../processes/ports.ts'
import type { Json, ProcessDefinition } from '../processes/record.ts'
import type { IsWanted } from '../render/ticket.ts'
import type { Timings } from '../render/timings.ts'

/** How a job ended. `continued`: a part is done; the runner will be called again with `params`, as a new message and without counting an attempt. */
export type JobOutcome =
  | { readonly kind: 'finished'; readonly result: Json }
  | { readonly kind: 'continued'; readonly params: Json; readonly result: Json }
  | { readonly kind: 'failed'; readonly error: AppError }

export interface JobContext {
  /** Whose process it is. */
  readonly process: Pick<ProcessDefinition, 'id' | 'kind' | 'name' | 'owner' | 'createdAt'>
  /** Which execution of the process this is: 1 for the first, one more for each retry. */
  readonly run: number
  readonly timings: Timings
  /** Whether the process still wants the jobs that are not reported yet, as it was known some moments ago. */
  readonly isWanted: IsWanted
  /**
   * Every granted job must be reported, in any order, as soon as its outcome is known. Answers whether the process still wants the others:
   * false once it has failed or was cancelled.
   */
  report(index: number, outcome: JobOutcome): Promise<boolean>
}

/**
 * Executes the jobs of one type that came in one message: all of one process and of one group. May be called again with jobs that it has
 * already done. What it throws fails those jobs that it has not reported; whether an error is worth another attempt stands in its code's row.
 */
export type JobRunner = (jobs: readonly GrantedJob[], context: JobContext) => Promise<void>

/** The name of one job of one run, the same for each of its attempts: what it stores carries the name (`FileOrigin`). */
export const nameOfJob = ({ process, run }: JobContext, { index }: GrantedJob): string => `${process.id}/${run}/${index}`

export type JobRunners = Readonly<Record<string, JobRunner>>

/** A runner for jobs that have nothing to share: one after the other. */
export const oneByOne =
  (run: (job: GrantedJob, context: JobContext) => Promise<Exclude<JobOutcome, { kind: 'failed' }>>): JobRunner =>
  async (jobs, context) => {
    for (const job of jobs) {
      const outcome = await run(job, context).catch((thrown: unknown): JobOutcome => ({ kind: 'failed', error: AppError.from(thrown) }))
      if (!(await context.report(job.index, outcome))) return
    }
  }
