import type { Env } from '../env.ts'
import type { Metrics } from '../service/metrics.ts'
import type { ProcessIndex } from '../service/processes/ports.ts'
import { clock } from './platform.ts'

const KINDS = ['batch', 'trigger', 'save', 'file-jobs'] as const
const UNFINISHED: readonly string[] = ['PENDING', 'PROCESSING']
const STATUSES = ['PENDING', 'PROCESSING', 'FINISHED', 'FAILED'] as const

/** Sets the gauges that only others know: the lists of processes, the platform's queues. */
export async function refreshQueueMetrics(metrics: Metrics, env: Env, index: ProcessIndex, accounts: readonly string[]): Promise<void> {
  const counts = (await Promise.all(accounts.map((id) => index.count(id)))).flat()
  for (const kind of KINDS) {
    for (const status of STATUSES) {
      const rows = counts.filter((row) => row.kind === kind && row.status === status)
      const total = rows.reduce((sum, { count }) => sum + count, 0)
      metrics.set('emulsion_processes', { kind, status }, total)
    }
  }
  for (const kind of KINDS) {
    const since = counts.filter((row) => row.kind === kind && UNFINISHED.includes(row.status)).map(({ oldestAt }) => oldestAt)
    metrics.set('emulsion_process_age_seconds', { kind }, ageOf(Math.min(...since)))
  }
  for (const [queue, { messages, oldestAt }] of Object.entries({
    jobs: await stateOf(env.JOBS),
    'storage-events': await stateOf(env.STORAGE_EVENTS),
  })) {
    metrics.set('emulsion_queue_messages', { queue }, messages)
    metrics.set('emulsion_queue_age_seconds', { queue }, ageOf(oldestAt))
  }
}

/** Of nothing: none. */
const ageOf = (milliseconds: number): number => (Number.isFinite(milliseconds) ? Math.max(0, clock.now() - milliseconds) / 1000 : 0)

/** Nothing where the platform does not tell. */
async function stateOf(queue: Queue): Promise<{ readonly messages: number; readonly oldestAt: number }> {
  const state = await queue.metrics().catch(() => null)
  return { messages: state?.backlogCount ?? 0, oldestAt: state?.oldestMessageTimestamp?.getTime() ?? Infinity }
}
