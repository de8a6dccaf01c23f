import { AppError } from '../errors.ts'
import { NO_INPUTS } from '../image/context.ts'
import { execute, type Encoded } from '../image/execute.ts'
import { codec, operation, type TransformPlan } from '../image/plan.ts'
import { planExecution, type Execution } from '../image/planner.ts'
import type { Raster } from '../image/raster.ts'
import { inJobSlot } from './job-slot.ts'
import type { FileInfo } from './ports.ts'
import { readWhole } from './read-whole.ts'
import type { RunPlanDeps } from './run-plan.ts'
import { fetchInputs } from './step-inputs.ts'
import type { Timings } from './timings.ts'

export interface SharedRequest {
  readonly account: string
  readonly source: FileInfo
  readonly plans: readonly TransformPlan[]
}

/** Told of each plan's outcome as soon as it is known; answers whether to go on with the others. */
export type OnOutcome = (plan: number, outcome: Encoded | AppError) => Promise<boolean>

export type RunShared = (request: SharedRequest, timings: Timings, onOutcome: OnOutcome) => Promise<void>

interface Planned {
  readonly plan: number
  readonly execution: Execution
}

interface SharedDeps extends RunPlanDeps {
  /** A raster larger than this is not kept for the next plan. */
  readonly maxSharedBytes: number
}

/**
 * Several plans on one source: it is fetched once, and plans whose decoding is the same (same window, same size) share one raster. Plans of
 * different sizes decode each for itself: the decoder makes its size directly, which costs less than a decoding of the whole and gives the
 * same bytes as a single render.
 * @throws AppError when the source cannot be fetched; what fails one plan is that plan's outcome.
 */
export const createRunShared = (deps: SharedDeps): RunShared =>
  async function runShared({ account, source, plans }, timings, onOutcome) {
    const file = await timings.measure('fetch', () => readWhole(deps.files, account, source, deps.limits.maxFileBytes))
    const planned: Planned[] = []
    for (const [plan, wish] of plans.entries()) {
      try {
        planned.push({ plan, execution: await timings.measure('probe', () => planExecution(wish, file, deps.limits)) })
      } catch (thrown) {
        if (!(await onOutcome(plan, AppError.from(thrown)))) return
      }
    }
    for (const group of groupsOf(planned, deps.maxSharedBytes)) {
      const goOn =
        group.length > 1
          ? await runGroup(deps, file, group, timings, onOutcome)
          : await runAlone(deps, account, file, group, timings, onOutcome)
      if (!goOn) return
    }
  }

/** Plans that draw other images are left alone: what those cost is known only when they are fetched. */
function groupsOf(planned: readonly Planned[], maxSharedBytes: number): readonly (readonly Planned[])[] {
  const groups = new Map<string, Planned[]>()
  for (const one of planned) {
    const { geometry, steps } = one.execution
    const draws = steps.some(({ op }) => operation(op).inputs !== undefined || operation(op).files !== undefined)
    const key = draws || geometry.width * geometry.height * 4 > maxSharedBytes ? `${one.plan}` : JSON.stringify(geometry)
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

async function runAlone(
  deps: SharedDeps,
  account: string,
  file: Uint8Array,
  group: readonly Planned[],
  timings: Timings,
  onOutcome: OnOutcome,
): Promise<boolean> {
  for (const { plan, execution } of group) {
    const run = async (): Promise<Encoded> => {
      const drawn = await timings.measure('inputs', () => fetchInputs(deps.files, account, execution, deps.limits))
      return inJobSlot(deps, execution.peakBytes + drawn.peakBytes, timings, async (context) =>
        execute(execution, file, await drawn.decode(context), context, timings.measure),
      )
    }
    if (!(await onOutcome(plan, await run().catch((thrown: unknown) => AppError.from(thrown))))) return false
  }
  return true
}

/** One lease for all: whoever held the raster's memory while waiting for more could wait for another that does the same. */
async function runGroup(
  deps: SharedDeps,
  file: Uint8Array,
  group: readonly Planned[],
  timings: Timings,
  onOutcome: OnOutcome,
): Promise<boolean> {
  const { width, height } = group[0]?.execution.geometry ?? { width: 0, height: 0 }
  const peakBytes = Math.max(...group.map(({ execution }) => execution.peakBytes)) + width * height * 4
  return inJobSlot(deps, peakBytes, timings, async (context) => {
    let raster: Promise<Raster> | undefined
    for (const { plan, execution } of group) {
      const inputs = execution.steps.map(() => NO_INPUTS)
      const outcome = await execute(
        execution,
        file,
        inputs,
        context,
        timings.measure,
        (...decoding) => (raster ??= codec(execution.source).decode(...decoding)),
      ).catch((thrown: unknown) => AppError.from(thrown))
      if (!(await onOutcome(plan, outcome))) return false
    }
    return true
  })
}
