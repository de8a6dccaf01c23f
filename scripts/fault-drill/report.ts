import type { Receiver } from './receiver.ts'
import { JOBS } from './jobs.ts'
import { writeProblems, type Write } from './writes.ts'

export interface DrillReport {
  /** Processes that were asked for, each under a key of its own. */
  readonly processes: number
  readonly kills: number
  readonly finished: number
  readonly jobs: number
  /** Attempts of all jobs, and those of them that ended in an error or were lost. */
  readonly attempts: number
  readonly failedAttempts: Readonly<Record<string, number>>
  readonly errands: number
  readonly writes: number
  readonly callbacks: { readonly delivered: number; readonly received: number; readonly refused: number }
  /** What is not as it must be; empty: the drill is passed. */
  readonly problems: readonly string[]
}

interface Details {
  readonly status: string
  readonly error: { readonly message: string } | null
  readonly jobs: readonly {
    readonly status: string
    readonly attempts: number
    readonly ended_at: string | null
    readonly log: readonly { readonly error: { readonly code: string } | null }[]
  }[]
}

export interface DrillOutcome {
  readonly ids: readonly string[]
  /** Ids of all batch processes that the service has. */
  readonly listed: readonly string[]
  readonly kills: number
  /** Attempts that the kills must have hit at least. */
  readonly minLost: number
  readonly errands: number
  readonly writes: readonly Write[]
  /** What was found on the way. */
  readonly problems: readonly string[]
  readonly api: (path: string) => Promise<unknown>
  readonly check: (n: number) => Promise<readonly string[]>
  readonly receiver: Receiver
}

/** Looks at every process, destination, write and callback. */
export async function createReport(outcome: DrillOutcome): Promise<DrillReport> {
  const { ids, kills, minLost, errands, writes, api, check, receiver } = outcome
  const problems = [...outcome.problems, ...countProblems(outcome)]
  const failedAttempts: Record<string, number> = {}
  const counts = { finished: 0, jobs: 0, attempts: 0, received: 0, refused: 0 }
  for (const [n, id] of ids.entries()) {
    const { status, error, jobs } = (await api(`/request/${id}?details=1`)) as Details
    if (status === 'FINISHED') counts.finished++
    else problems.push(`${id} is ${status}: ${error?.message}`)
    for (const [i, { attempts, log, ended_at }] of jobs.entries()) {
      counts.jobs++
      counts.attempts += attempts
      if (log.length !== attempts) problems.push(`${id}: ${attempts} attempts, ${log.length} in the log`)
      if (log.filter((attempt) => attempt.error === null).length !== 1) problems.push(`${id}: a job was not finished exactly once`)
      for (const attempt of log) if (attempt.error) failedAttempts[attempt.error.code] = (failedAttempts[attempt.error.code] ?? 0) + 1
      problems.push(...writeProblems(writes, JOBS[i]?.destination(n) ?? '', attempts, ended_at))
    }
    problems.push(...(await check(n)), ...callbackProblems(id, receiver))
    counts.received += receiver.deliveries(id).length
    counts.refused += receiver.deliveries(id).filter(({ accepted }) => !accepted).length
  }
  const lost = failedAttempts['lost'] ?? 0
  if (kills > 0 && lost < minLost) problems.push(`${lost} attempts were lost, not ${minLost}: the kills proved too little`)
  const { finished, jobs, attempts, received, refused } = counts
  const callbacks = { delivered: receiver.deliveredCount(), received, refused }
  return { processes: ids.length, kills, finished, jobs, attempts, failedAttempts, errands, writes: writes.length, callbacks, problems }
}

/** Processes and callbacks against the ids that clients were given. */
function countProblems({ ids, listed, receiver, writes }: DrillOutcome): readonly string[] {
  const known = new Set(ids)
  const strange = receiver.processes().filter((id) => !known.has(id))
  return [
    ...(known.size === ids.length ? [] : ['two requests became one process']),
    ...(listed.length === ids.length ? [] : [`${ids.length} processes were asked for, there are ${listed.length}`]),
    ...(strange.length === 0 ? [] : [`${strange.length} processes that nobody knows sent callbacks`]),
    ...(writes.length === 0 ? ['no write was seen'] : []),
  ]
}

function callbackProblems(id: string, receiver: Receiver): readonly string[] {
  const deliveries = receiver.deliveries(id)
  const problems: string[] = []
  if (!deliveries.some(({ accepted }) => accepted)) problems.push(`${id}: no callback was delivered`)
  if (new Set(deliveries.map(({ webhookId }) => webhookId)).size > 1) problems.push(`${id}: its callbacks have several ids`)
  if (deliveries.some(({ signed }) => !signed)) problems.push(`${id}: a callback has a wrong signature`)
  return problems
}
