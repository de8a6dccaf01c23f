import { openRowsContext } from '../../image/execute.ts'
import { INFO_MIME, informByHead } from '../../image/info/inform.ts'
import { needsPixels } from '../../image/planner.ts'
import type { PlanLimits } from '../../image/plan.ts'
import { readHead } from '../files/content/read-whole.ts'
import type { Clock, FileStore } from '../ports.ts'
import { compute, type ComputeDeps } from './compute.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { RunPlan } from './run-plan.ts'
import { issueTicket } from './ticket.ts'

export interface RunByHeadDeps extends ComputeDeps {
  readonly files: FileStore
  readonly budget: MemoryBudget
  readonly clock: Clock
  readonly limits: PlanLimits
}

/** Bytes at the beginning of a file in which its header is looked for. */
const HEAD_BYTES = 1_000_000
/** The head, and what is read out of it. */
const RUN_BYTES = 5 * HEAD_BYTES

/**
 * Answers plans that tell of a file's header by the file's beginning, in this isolate. All other plans, and files whose beginning is not enough, are
 * for `next`.
 */
export const createRunByHead = (deps: RunByHeadDeps, next: RunPlan): RunPlan =>
  async function run(request, timings) {
    const { account, source, plan, lane, isWanted } = request
    if (needsPixels(plan)) return next(request, timings)
    const ticket = issueTicket(lane, deps.clock, isWanted)
    const lease = await timings.measure('queue', () => deps.budget.acquire({ bytes: RUN_BYTES }, ticket))
    try {
      const head = await timings.measure('fetch', () => readHead(deps.files, account, source, HEAD_BYTES))
      const body = await compute(deps, ticket, timings, (context, measure) =>
        measure('probe', async () => informByHead(plan, head, source.size, deps.limits, await openRowsContext(context))),
      )
      if (body) return { body, mime: INFO_MIME, engine: 'core', warnings: [] }
    } finally {
      lease.release()
    }
    return next(request, timings)
  }
