import { AppError } from '../../errors.ts'
import { NO_INPUTS, type ImageContext } from '../../image/context.ts'
import { rasterRows } from '../../image/engine/rows/pixel-rows.ts'
import { decodeRaster, execute, finished, openRowsContext, type Encoded, type Measure } from '../../image/execute.ts'
import { codec, operation, type PlanLimits, type TransformPlan } from '../../image/plan.ts'
import { needsPixels, planExecution, type Execution } from '../../image/planner.ts'
import type { Raster } from '../../image/raster.ts'
import { CORE_STAGES, type Stages } from '../../image/codecs/stages.ts'
import type { SourceFile } from '../files/recent-files.ts'
import { compute } from './compute.ts'
import { findInputs, type FindFile, type InputLimits } from './plan-inputs.ts'
import { openRunMemory, type RunMemory } from './run-memory.ts'
import { firstStages, isEngineFault } from './second-opinion.ts'
import { runExecution, type RunDeps } from './run-plan.ts'
import type { Timings } from './timings.ts'
import { issueTicket, type IsWanted, type Ticket } from './ticket.ts'

export interface SharedRequest {
  readonly account: string
  readonly source: SourceFile
  readonly plans: readonly TransformPlan[]
  /** Always, when absent. */
  readonly isWanted?: IsWanted
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

interface SharedDeps extends RunDeps {
  readonly find: FindFile
  readonly limits: PlanLimits & InputLimits
  /** Of the rasters of plans that share a pass. */
  readonly maxSharedBytes: number
}

/** One run of several plans while it is under way. */
interface SharedRun {
  readonly request: SharedRequest
  readonly ticket: Ticket
  readonly memory: RunMemory
  readonly timings: Timings
}

/**
 * Several plans on one source: it is read once, and plans that one pass of the decoder can serve share it: a JPEG is decoded once for each
 * scale that its results need, other formats once for each size. Every result has the bytes that a render of it alone has.
 * @throws AppError when the source cannot be read; what fails one plan is that plan's outcome.
 */
export const createRunShared = (deps: SharedDeps): RunShared =>
  async function runShared(request, timings, onOutcome) {
    const ticket = issueTicket('batch', deps.clock, request.isWanted)
    const memory = openRunMemory(deps, request.account, ticket, timings)
    const run: SharedRun = { request, ticket, memory, timings }
    try {
      await memory.hold([request.source], 0)
      for (const group of groupsOf(await planAll(deps, run), deps.maxSharedBytes)) {
        if (!(await runGroup(deps, run, group, onOutcome))) return
      }
    } finally {
      memory.release()
    }
  }

async function planAll(deps: SharedDeps, { request, memory, timings }: SharedRun): Promise<readonly Planned[]> {
  const file = await memory.read(request.source)
  const stages = await firstStages(deps)
  return timings.measure('probe', () =>
    request.plans.map((wish, plan): Planned => ({ plan, execution: planOrRefuse(wish, file, deps.limits, stages) })),
  )
}

function planOrRefuse(wish: TransformPlan, file: Uint8Array, limits: PlanLimits, stages: Stages): Execution | AppError {
  try {
    return planExecution(wish, file, limits, stages)
  } catch (thrown) {
    return AppError.from(thrown)
  }
}

/**
 * In the order of their first plans. Plans that draw other images are left alone: what those cost is known only when they are fetched. So are
 * animations, those that look at the picture before they are planned to the end, and those of the second engine.
 */
function groupsOf(planned: readonly Planned[], maxSharedBytes: number): readonly (readonly Planned[])[] {
  const groups: { readonly pass: string | null; readonly members: Planned[]; bytes: number }[] = []
  for (const one of planned) {
    const pass = passOf(one.execution)
    const bytes = one.execution instanceof AppError ? 0 : sharedBytes(one.execution)
    const open = groups.find((group) => pass !== null && group.pass === pass && group.bytes + bytes <= maxSharedBytes)
    if (open) {
      open.members.push(one)
      open.bytes += bytes
    } else groups.push({ pass, members: [one], bytes })
  }
  return groups.map(({ members }) => members)
}

/** What a plan adds to a pass that it shares: its own encoder and file, or its raster. */
const sharedBytes = ({ source, probe, geometry, output, isRecoded }: Execution): number =>
  (isRecoded ? codec(source).recodeBytes?.(probe, [{ geometry, options: output.options }]) : null) ?? geometry.width * geometry.height * 4

function passOf(execution: Execution | AppError): string | null {
  if (execution instanceof AppError) return null
  const { plan, source, probe, geometry, steps, isRecoded, isAnimated, transcoding, spare, stages } = execution
  const draws = steps.some(({ op }) => operation(op).inputs !== undefined || operation(op).files !== undefined)
  const looks = steps.some(({ op }) => operation(op).resolve !== undefined)
  if (draws || looks || isAnimated || (transcoding ?? spare) || !needsPixels(plan) || stages !== CORE_STAGES) return null
  const decoding = codec(source).pass?.of(probe, geometry) ?? JSON.stringify(geometry)
  return `${isRecoded ? 'recode' : 'rows'} ${probe.orientation} ${decoding}`
}

async function runGroup(deps: SharedDeps, run: SharedRun, group: readonly Planned[], onOutcome: OnOutcome): Promise<boolean> {
  const executable = group.filter((one): one is Executable => !(one.execution instanceof AppError))
  const done = new Set<number>()
  let goOn = true
  const told: OnOutcome = async (plan, outcome) => {
    done.add(plan)
    return (goOn = await onOutcome(plan, outcome))
  }
  if (executable.length > 1) await runTogether(deps, run, executable, told)
  for (const { plan, execution } of group) {
    if (!goOn || done.has(plan)) continue
    await told(
      plan,
      execution instanceof AppError
        ? execution
        : await runAlone(deps, run, plan, execution).catch((thrown: unknown) => AppError.from(thrown)),
    )
  }
  return goOn
}

async function runAlone(
  deps: SharedDeps,
  { request, memory, ticket, timings }: SharedRun,
  plan: number,
  execution: Execution,
): Promise<Encoded> {
  const { account, source, plans } = request
  const inputs = await findInputs(deps.find, account, plans[plan] as TransformPlan, deps.limits) // one execution a plan
  if (inputs.length > 0) await memory.hold([source, ...inputs], 0)
  return runExecution(deps, account, memory, { source, inputs, execution }, ticket, timings)
}

/**
 * All in one piece of memory: whoever held the rasters while waiting for more could wait for another that does the same. Ends at the first
 * plan that fails, because what failed may have spoilt the context; the rest is for others.
 */
async function runTogether(
  deps: SharedDeps,
  { request: { source }, memory, ticket, timings }: SharedRun,
  group: readonly Executable[],
  onOutcome: OnOutcome,
): Promise<void> {
  const run = group[0]?.execution.isRecoded ? recodeTogether(group) : renderTogether(group)
  let running = group[0]?.plan ?? -1
  // Too much together may do one by one.
  const isHeld = await memory.hold([source], run.bytes - source.size).then(
    () => true,
    () => false,
  )
  if (!isHeld) return
  try {
    await compute(deps, ticket, timings, async (context, measure) => {
      const outcomes = run.start(await memory.read(source), context, measure)
      for (const { plan } of group) {
        running = plan
        const { value } = await outcomes.next()
        running = -1
        if (!value || !(await onOutcome(plan, value))) return
      }
    })
  } catch (thrown) {
    if (running < 0) throw thrown
    // A failure of the core: that plan runs again alone, where the second engine may help.
    if (!isEngineFault(thrown)) await onOutcome(running, AppError.from(thrown))
  }
}

/** Plans of one pass: what they hold with their source, and their results in the order of the group. */
interface Together {
  readonly bytes: number
  start(file: Uint8Array, context: ImageContext, measure: Measure): AsyncGenerator<Encoded, undefined>
}

/** From file to files in one pass of the codec. */
function recodeTogether(group: readonly Executable[]): Together {
  const { source, probe } = (group[0] as Executable).execution // a group has members
  const { recode, recodeBytes } = codec(source)
  const results = group.map(({ execution: { geometry, output } }) => ({ geometry, options: output.options }))
  const fileBytes = Math.max(...group.map(({ execution }) => execution.fileBytes))
  return {
    bytes: fileBytes + (recodeBytes?.(probe, results) ?? Infinity) + Math.max(...group.map(({ execution }) => execution.finishBytes)),
    async *start(file, context, measure) {
      const rows = await openRowsContext(context)
      const files = (await measure('pass', async () => recode?.(file, probe, results, rows) ?? null)) ?? []
      for (const [i, { execution }] of group.entries()) {
        const body = files[i]
        if (body) yield await finished(execution, file, body, rows, measure)
      }
      return undefined
    },
  }
}

/** Decodes once, then runs each plan on its raster. */
function renderTogether(group: readonly Executable[]): Together {
  const pass = sharedPass(group)
  return {
    bytes: pass.bytes + Math.max(...group.map(({ execution }) => execution.peakBytes)),
    async *start(file, context, measure) {
      const rasters = await measure('pass', () => pass.decode(file, context))
      for (const { execution } of group) {
        const inputs = execution.steps.map(() => NO_INPUTS)
        const raster = rasters.get(JSON.stringify(execution.geometry)) as Raster // decoded above, for each geometry
        yield await execute(execution, file, inputs, context, measure, ({ core }) => Promise.resolve(rasterRows(core, raster)))
      }
      return undefined
    },
  }
}

interface SharedPass {
  readonly bytes: number
  /** The raster of each geometry, by its JSON. */
  decode(file: Uint8Array, context: ImageContext): Promise<ReadonlyMap<string, Raster>>
}

/** Decodes every geometry of the group once: all in one pass where the format can, and there is only one where it cannot. */
function sharedPass(group: readonly Executable[]): SharedPass {
  const [first] = group
  if (!first) return { bytes: 0, decode: () => Promise.resolve(new Map()) }
  const { source, probe } = first.execution
  const geometries = new Map(group.map(({ execution: { geometry } }) => [JSON.stringify(geometry), geometry]))
  const decoder = codec(source)
  const pass = decoder.pass?.of(probe, first.execution.geometry) === null ? undefined : decoder.pass
  return {
    bytes: pass?.bytes(probe, [...geometries.values()]) ?? first.execution.geometry.width * first.execution.geometry.height * 4,
    async decode(file, context) {
      const names = [...geometries.keys()]
      if (!pass) return new Map([[names[0] ?? '', await decodeRaster(context, file, source, probe, first.execution.geometry)]])
      const rasters = await pass.decode(file, probe, [...geometries.values()], await openRowsContext(context))
      return new Map(names.map((name, i) => [name, rasters[i] as Raster])) // one a geometry
    },
  }
}
