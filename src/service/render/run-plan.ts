import { execute, type Encoded } from '../../image/execute.ts'
import type { PlanLimits, TransformPlan } from '../../image/plan.ts'
import { planExecution, type Execution } from '../../image/planner.ts'
import { inJobSlot, type JobSlotDeps } from './slot.ts'
import type { FileInfo, FileStore } from '../ports.ts'
import { readWhole } from '../files/read-whole.ts'
import { fetchInputs } from './step-inputs.ts'
import type { Timings } from './timings.ts'

export interface RunPlanDeps extends JobSlotDeps {
  readonly files: FileStore
  readonly limits: PlanLimits & { readonly maxFileBytes: number }
}

export interface RunRequest {
  readonly account: string
  readonly source: FileInfo
  readonly plan: TransformPlan
}

export type RunPlan = (request: RunRequest, timings: Timings) => Promise<Encoded>

/**
 * Fetches the source, plans, waits for memory, runs.
 * @throws AppError `file_too_large`, `file_not_found`, `overloaded`, and what planning and running may throw.
 */
export const createRunPlan = (deps: RunPlanDeps): RunPlan =>
  async function run({ account, source, plan }, timings) {
    const { files, limits } = deps
    const file = await timings.measure('fetch', () => readWhole(files, account, source, limits.maxFileBytes))
    const execution = await timings.measure('probe', () => planExecution(plan, file, limits))
    return runExecution(deps, account, file, execution, timings)
  }

/** Fetches what the steps draw, waits for memory, runs. @throws AppError of the inputs, `overloaded`, and what running may throw. */
export async function runExecution(
  { files, limits, ...slot }: RunPlanDeps,
  account: string,
  file: Uint8Array,
  execution: Execution,
  timings: Timings,
): Promise<Encoded> {
  const drawn = await timings.measure('inputs', () => fetchInputs(files, account, execution, limits))
  return inJobSlot(slot, execution.peakBytes + drawn.peakBytes, timings, async (context) =>
    execute(execution, file, await drawn.decode(context), context, timings.measure),
  )
}
