import type { Env } from '../env.ts'
import type { Metrics } from '../service/metrics.ts'
import type { ProcessIndex } from '../service/processes/ports.ts'

const KINDS = ['batch', 'trigger', 'save', 'file-jobs'] as const
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
  metrics.set('emulsion_queue_messages', { queue: 'jobs' }, await backlog(env.JOBS))
  metrics.set('emulsion_queue_messages', { queue: 'storage-events' }, await backlog(env.STORAGE_EVENTS))
}

/** 0 where the platform does not tell. */
const backlog = async (queue: Queue): Promise<number> => (await queue.metrics().catch(() => null))?.backlogCount ?? 0
