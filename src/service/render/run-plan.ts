import { execute, type Encoded } from '../../image/execute.ts'
import type { PlanLimits, TransformPlan } from '../../image/plan.ts'
import { planExecution, type Execution } from '../../image/planner.ts'
import type { SourceFile } from '../files/recent-files.ts'
import type { Clock } from '../ports.ts'
import { compute, type ComputeDeps } from './compute.ts'
import { openRunMemory, type RunMemory, type RunMemoryDeps } from './run-memory.ts'
import { planInputImages } from './step-inputs.ts'
import type { Timings } from './timings.ts'
import { issueTicket, type Lane, type Ticket } from './turns.ts'

export interface RunDeps extends RunMemoryDeps, ComputeDeps {
  readonly clock: Clock
  readonly limits: PlanLimits
}

export interface RunRequest {
  readonly account: string
  readonly source: SourceFile
  /** All other files that the plan reads. */
  readonly inputs: readonly SourceFile[]
  readonly plan: TransformPlan
  readonly lane: Lane
}

export type RunPlan = (request: RunRequest, timings: Timings) => Promise<Encoded>

/**
 * Fetches the files, plans, waits for memory, runs.
 * @throws AppError `file_too_large`, `file_not_found`, `file_changed`, `overloaded`, and what planning and running may throw.
 */
export const createRunPlan = (deps: RunDeps): RunPlan =>
  async function run({ account, source, inputs, plan, lane }, timings) {
    const ticket = issueTicket(lane, deps.clock)
    const memory = openRunMemory(deps, account, ticket, timings)
    try {
      await memory.hold([source, ...inputs], 0)
      const execution = await planOn(memory, source, plan, deps.limits, timings)
      return await runExecution(deps, memory, { source, inputs, execution }, ticket, timings)
    } finally {
      memory.release()
    }
  }

/** A function of its own, so that nothing keeps the file while the run waits for memory. */
async function planOn(
  memory: RunMemory,
  source: SourceFile,
  plan: TransformPlan,
  limits: PlanLimits,
  timings: Timings,
): Promise<Execution> {
  const file = await memory.read(source)
  return timings.measure('probe', () => planExecution(plan, file, limits))
}

export interface Executable {
  readonly source: SourceFile
  readonly inputs: readonly SourceFile[]
  readonly execution: Execution
}

/**
 * Runs what is planned. The run must hold the source and the inputs; it is exchanged for what the work needs.
 * @throws AppError of the inputs, `overloaded`, and what running may throw.
 */
export async function runExecution(
  deps: RunDeps,
  memory: RunMemory,
  { source, inputs, execution }: Executable,
  ticket: Ticket,
  timings: Timings,
): Promise<Encoded> {
  const byPath = new Map(inputs.map((file) => [file.path, file]))
  const read = (path: string): Promise<Uint8Array> => memory.read(byPath.get(path) as SourceFile) // all that the plan names were looked up
  const drawn = await planInputImages(execution, read, deps.limits)
  const peakBytes = execution.peakBytes + drawn.rasterBytes
  timings.note('plan', `${Math.ceil(execution.estimatedMs)} ms in ${(peakBytes / 1e6).toFixed(1)} MB`)
  await memory.hold([source, ...inputs], peakBytes - source.size)
  return compute(deps, ticket, timings, async (context, measure) => {
    const decoded = await drawn.decode(context, read, measure)
    return execute(execution, await memory.read(source), decoded, context, measure)
  })
}
