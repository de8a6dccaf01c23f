import { execute, type Encoded } from '../../image/execute.ts'
import type { TransformPlan } from '../../image/plan.ts'
import { planExecution, type Execution } from '../../image/planner.ts'
import type { SourceFile } from '../files/recent-files.ts'
import type { Clock } from '../ports.ts'
import { compute, type ComputeDeps, type OpenContext } from './compute.ts'
import { notePixels } from './pixel-note.ts'
import { type Executable, firstStages, type SecondOpinionDeps, withSecondOpinion } from './second-opinion.ts'
import { openRunMemory, type RunMemory, type RunMemoryDeps } from './run-memory.ts'
import { planInputImages } from './step-inputs.ts'
import { notePlan, type Timings } from './timings.ts'
import { issueTicket, type IsWanted, type Lane, type Ticket } from './ticket.ts'

export interface RunDeps extends RunMemoryDeps, ComputeDeps, SecondOpinionDeps {
  readonly clock: Clock
}

export interface RunRequest {
  readonly account: string
  readonly source: SourceFile
  /** All other files that the plan reads. */
  readonly inputs: readonly SourceFile[]
  readonly plan: TransformPlan
  readonly lane: Lane
  /** Always, when absent. */
  readonly isWanted?: IsWanted
}

export type RunPlan = (request: RunRequest, timings: Timings) => Promise<Encoded>

/**
 * Fetches the files, plans, waits for memory, runs.
 * @throws AppError `file_too_large`, `file_not_found`, `file_changed`, `overloaded`, `abandoned`, and what planning and running may throw.
 */
export const createRunPlan = (deps: RunDeps): RunPlan =>
  async function run({ account, source, inputs, plan, lane, isWanted }, timings) {
    const ticket = issueTicket(lane, deps.clock, isWanted)
    const memory = openRunMemory(deps, account, ticket, timings)
    try {
      await memory.hold([source, ...inputs], 0)
      const execution = await planOn(deps, memory, source, plan, timings)
      return await runExecution(deps, account, memory, { source, inputs, execution }, ticket, timings)
    } finally {
      memory.release()
    }
  }

/** A function of its own, so that nothing keeps the file while the run waits for memory. */
async function planOn(deps: RunDeps, memory: RunMemory, source: SourceFile, plan: TransformPlan, timings: Timings): Promise<Execution> {
  const file = await memory.read(source)
  const stages = await firstStages(deps)
  return timings.measure('probe', () => planExecution(plan, file, deps.limits, stages))
}

/**
 * Runs what is planned, and asks the second engine where the core fails. The run must hold the source and the inputs; that is exchanged for what the
 * work needs.
 * @throws AppError of the inputs, `overloaded`, and what running may throw.
 */
export async function runExecution(
  deps: RunDeps,
  account: string,
  memory: RunMemory,
  work: Executable,
  ticket: Ticket,
  timings: Timings,
): Promise<Encoded> {
  return withSecondOpinion(deps, account, memory, work, (one) => runOnce(deps, memory, one, ticket, timings))
}

async function runOnce(
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
  notePlan(timings, execution.estimatedMs, peakBytes)
  await memory.hold([source, ...inputs], peakBytes - source.size)
  // Who was called because an instance failed trusts no other that has been used.
  const openContext: OpenContext = () => deps.openContext(execution.stages.name === 'second')
  const encoded = await compute({ ...deps, openContext }, ticket, timings, async (context, measure) => {
    const decoded = await drawn.decode(context, read, measure)
    const encoded = await execute(execution, await memory.read(source), decoded, context, measure)
    const bytes = (await context.core()).size() + [source, ...inputs].reduce((sum, { size }) => sum + size, 0)
    timings.note('memory', `${(bytes / 1e6).toFixed(1)} MB`)
    return encoded
  })
  notePixels(timings, execution)
  return encoded
}
