import { AppError } from '../errors.ts'
import type { Codec } from '../image/codecs/define.ts'
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
  readonly execution: Execution | AppError
}

interface Executable extends Planned {
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
    const planned = await timings.measure('probe', () =>
      plans.map((wish, plan): Planned => ({ plan, execution: planOrRefuse(wish, file, deps.limits) })),
    )
    for (const group of groupsOf(planned, deps.maxSharedBytes)) {
      if (!(await runGroup(deps, account, file, group, timings, onOutcome))) return
    }
  }

function planOrRefuse(wish: TransformPlan, file: Uint8Array, limits: SharedDeps['limits']): Execution | AppError {
  try {
    return planExecution(wish, file, limits)
  } catch (thrown) {
    return AppError.from(thrown)
  }
}

/** In the order of their first plans. Plans that draw other images are left alone: what those cost is known only when they are fetched. */
function groupsOf(planned: readonly Planned[], maxSharedBytes: number): readonly (readonly Planned[])[] {
  const groups = new Map<string, Planned[]>()
  for (const one of planned) {
    const key = sharedDecoding(one.execution, maxSharedBytes) ?? `${one.plan}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

function sharedDecoding(execution: Execution | AppError, maxSharedBytes: number): string | null {
  if (execution instanceof AppError) return null
  const { geometry, steps } = execution
  const draws = steps.some(({ op }) => operation(op).inputs !== undefined || operation(op).files !== undefined)
  return draws || geometry.width * geometry.height * 4 > maxSharedBytes ? null : JSON.stringify(geometry)
}

async function runGroup(
  deps: SharedDeps,
  account: string,
  file: Uint8Array,
  group: readonly Planned[],
  timings: Timings,
  onOutcome: OnOutcome,
): Promise<boolean> {
  const executable = group.filter((one): one is Executable => !(one.execution instanceof AppError))
  const done = new Set<number>()
  let goOn = true
  const told: OnOutcome = async (plan, outcome) => {
    done.add(plan)
    return (goOn = await onOutcome(plan, outcome))
  }
  if (executable.length > 1) await runTogether(deps, file, executable, timings, told)
  for (const { plan, execution } of group) {
    if (!goOn || done.has(plan)) continue
    await told(
      plan,
      execution instanceof AppError
        ? execution
        : await runAlone(deps, account, file, execution, timings).catch((thrown: unknown) => AppError.from(thrown)),
    )
  }
  return goOn
}

async function runAlone(
  { files, limits, ...slot }: SharedDeps,
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

/**
 * One lease for all: whoever held the raster's memory while waiting for more could wait for another that does the same. Ends at the first
 * plan that fails, for what failed may have spoilt the context; the rest is for others.
 */
async function runTogether(
  slot: SharedDeps,
  file: Uint8Array,
  group: readonly Executable[],
  timings: Timings,
  onOutcome: OnOutcome,
): Promise<void> {
  const { width, height } = group[0]?.execution.geometry ?? { width: 0, height: 0 }
  const peakBytes = Math.max(...group.map(({ execution }) => execution.peakBytes)) + width * height * 4
  let running = -1
  const outcome = await inJobSlot(slot, peakBytes, timings, async (context) => {
    let raster: Promise<Raster> | undefined
    for (const { plan, execution } of group) {
      running = plan
      const inputs = execution.steps.map(() => NO_INPUTS)
      const decodeOnce = (...decoding: Parameters<Codec['decode']>): Promise<Raster> =>
        (raster ??= codec(execution.source).decode(...decoding))
      const encoded = await execute(execution, file, inputs, context, timings.measure, decodeOnce)
      running = -1
      if (!(await onOutcome(plan, encoded))) return
    }
  }).catch((thrown: unknown) => thrown)
  if (outcome === undefined) return
  if (running < 0) throw outcome
  await onOutcome(running, AppError.from(outcome))
}
