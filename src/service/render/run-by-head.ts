import { AppError } from '../../errors.ts'
import { openRowsContext } from '../../image/execute.ts'
import { INFO_MIME, informByHead } from '../../image/info/inform.ts'
import { needsPixels } from '../../image/planner.ts'
import type { PlanLimits } from '../../image/plan.ts'
import { readStream } from '../files/content/read-stream.ts'
import type { SourceFile } from '../files/recent-files.ts'
import type { Clock, FileStore } from '../ports.ts'
import { compute, type ComputeDeps } from './compute.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { RunPlan } from './run-plan.ts'
import { issueTicket } from './ticket.ts'

export interface RunByHeadDeps extends ComputeDeps {
  readonly files: Pick<FileStore, 'open'>
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
      const head = await timings.measure('fetch', () => readHead(deps.files, account, source))
      const body = await compute(deps, ticket, timings, (context, measure) =>
        measure('probe', async () => informByHead(plan, head, source.size, deps.limits, await openRowsContext(context))),
      )
      if (body) return { body, mime: INFO_MIME, engine: 'core', warnings: [] }
    } finally {
      lease.release()
    }
    return next(request, timings)
  }

/** @throws AppError `file_not_found`, `file_changed`. */
async function readHead(files: Pick<FileStore, 'open'>, account: string, { path, size, etag }: SourceFile): Promise<Uint8Array> {
  const open = await files.open(account, path, size === 0 ? undefined : { start: 0, end: Math.min(size, HEAD_BYTES) })
  if (!open) throw new AppError('file_not_found', { field: path })
  if (open.info.etag === etag) return readStream(open.body)
  await open.body.cancel().catch(() => undefined)
  throw new AppError('file_changed', { field: path })
}
