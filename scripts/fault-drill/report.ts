import type { Receiver } from './receiver.ts'

export interface DrillReport {
  readonly processes: number
  readonly kills: number
  readonly finished: number
  readonly jobs: number
  /** Attempts of all jobs, and those of them that ended in an error or were lost. */
  readonly attempts: number
  readonly failedAttempts: Readonly<Record<string, number>>
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
    readonly log: readonly { readonly error: { readonly code: string } | null }[]
  }[]
}

export interface DrillOutcome {
  readonly ids: readonly string[]
  readonly kills: number
  readonly api: (path: string) => Promise<unknown>
  readonly check: (n: number) => Promise<readonly string[]>
  readonly receiver: Receiver
}

/** Looks at every process, destination and callback. */
export async function createReport({ ids, kills, api, check, receiver }: DrillOutcome): Promise<DrillReport> {
  const problems: string[] = []
  const failedAttempts: Record<string, number> = {}
  const counts = { finished: 0, jobs: 0, attempts: 0, received: 0, refused: 0 }
  if (new Set(ids).size !== ids.length) problems.push('two requests became one process')
  for (const [n, id] of ids.entries()) {
    const { status, error, jobs } = (await api(`/request/${id}?details=1`)) as Details
    if (status === 'FINISHED') counts.finished++
    else problems.push(`${id} is ${status}: ${error?.message}`)
    for (const { attempts, log } of jobs) {
      counts.jobs++
      counts.attempts += attempts
      if (log.length !== attempts) problems.push(`${id}: ${attempts} attempts, ${log.length} in the log`)
      if (log.filter((attempt) => attempt.error === null).length !== 1) problems.push(`${id}: a job was not finished exactly once`)
      for (const attempt of log) if (attempt.error) failedAttempts[attempt.error.code] = (failedAttempts[attempt.error.code] ?? 0) + 1
    }
    problems.push(...(await check(n)), ...callbackProblems(id, receiver))
    counts.received += receiver.deliveries(id).length
    counts.refused += receiver.deliveries(id).filter(({ accepted }) => !accepted).length
  }
  const { finished, jobs, attempts, received, refused } = counts
  return {
    processes: ids.length,
    kills,
    finished,
    jobs,
    attempts,
    failedAttempts,
    callbacks: { delivered: receiver.deliveredCount(), received, refused },
    problems,
  }
}

function callbackProblems(id: string, receiver: Receiver): readonly string[] {
  const deliveries = receiver.deliveries(id)
  const problems: string[] = []
  if (!deliveries.some(({ accepted }) => accepted)) problems.push(`${id}: no callback was delivered`)
  if (new Set(deliveries.map(({ webhookId }) => webhookId)).size > 1) problems.push(`${id}: its callbacks have several ids`)
  if (deliveries.some(({ signed }) => !signed)) problems.push(`${id}: a callback has a wrong signature`)
  return problems
}
