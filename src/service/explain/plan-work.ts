import { explainExecution, type ExplainedRun } from '../../image/explain/explain.ts'
import { estimateMs } from '../../image/estimate.ts'
import { codec, type PlanLimits, type TransformPlan } from '../../image/plan.ts'
import { type Execution, needsPixels, planExecution } from '../../image/planner.ts'
import { readHead } from '../files/content/read-whole.ts'
import type { SourceFile } from '../files/recent-files.ts'
import type { Clock, FileStore } from '../ports.ts'
import type { MemoryBudget } from '../render/memory-budget.ts'
import { issueTicket } from '../render/ticket.ts'

export interface PlanWorkDeps {
  readonly files: FileStore
  readonly budget: MemoryBudget
  readonly clock: Clock
  /** Of those who run plans. */
  readonly limits: PlanLimits
}

/** A plan on one file, as it would be run. Nothing is decoded. */
export type PlanWork = (account: string, source: SourceFile, plan: TransformPlan) => Promise<ExplainedRun>

/** So much of a file is read for its header; a larger file is planned by its beginning. */
const HEAD_BYTES = 4_000_000

/** @throws AppError `file_not_found`, `file_changed`, `overloaded`, and those of `planExecution`. */
export const createPlanWork = ({ files, budget, clock, limits }: PlanWorkDeps): PlanWork =>
  async function planWork(account, source, plan) {
    const lease = await budget.acquire({ bytes: HEAD_BYTES }, issueTicket('request', clock))
    try {
      const head = await readHead(files, account, source, HEAD_BYTES)
      const execution = ofWholeFile(planExecution(plan, head, limits), source.size)
      return explainExecution(execution, codec(execution.source).probe(head, plan.page))
    } finally {
      lease.release()
    }
  }

/** What was planned by the beginning of a file, with the costs of the whole. */
export function ofWholeFile(execution: Execution, fileBytes: number): Execution {
  if (fileBytes === execution.fileBytes) return execution
  const whole = { ...execution, fileBytes, peakBytes: execution.peakBytes + fileBytes - execution.fileBytes }
  return needsPixels(whole.plan) ? { ...whole, estimatedMs: estimateMs(whole) } : whole
}
