import { AppError } from '../../../errors.ts'
import type { Encoded } from '../../../image/execute.ts'
import type { TransformPlan } from '../../../image/plan.ts'
import type { SourceFile } from '../../files/recent-files.ts'
import type { Clock } from '../../ports.ts'
import type { MemoryBudget } from '../memory-budget.ts'
import { findInputs, type FindFile, type InputLimits } from '../plan-inputs.ts'
import type { PlanRunner } from '../plan-runner.ts'
import type { OnOutcome } from '../run-shared.ts'
import type { EngineFault, SecondOpinionDeps } from '../second-opinion.ts'
import type { Timings } from '../timings.ts'
import { issueTicket, type IsWanted, type Lane, type Ticket } from '../ticket.ts'
import { exchange, RendererFailed, type OpenVersion } from './exchange.ts'
import type { Renderer, Renderers } from './pool.ts'

export interface RunOnRenderersDeps extends Pick<SecondOpinionDeps, 'engine' | 'reportFault'> {
  readonly renderers: Renderers
  /** For results on their way; files stream through. */
  readonly budget: MemoryBudget
  readonly openVersion: OpenVersion
  readonly clock: Clock
  readonly limits: InputLimits
}

/** Plans on one source and what they draw. */
interface Work {
  readonly account: string
  /** The source first. Each path once. */
  readonly files: readonly SourceFile[]
  readonly plans: readonly TransformPlan[]
  readonly lane: Lane
  readonly isWanted: IsWanted | undefined
}

/** A task that failed on so many renderers is no renderer's fault alone. */
const MAX_ATTEMPTS = 3
/** Errors that speak of one renderer at one moment: another may do better. */
const ELSEWHERE: readonly string[] = ['renderer_unavailable', 'overloaded', 'abandoned']

/**
 * Runs plans on the least loaded renderer, on another when that fails.
 * Its plans throw AppErrors as in the isolate, and `renderer_unavailable` when no renderer did the work.
 */
export function createRendererRunner(deps: RunOnRenderersDeps): PlanRunner {
  return {
    async run({ account, source, inputs, plan, lane, isWanted }, timings) {
      let outcome: Encoded | AppError | undefined
      await doWork(deps, { account, files: eachOnce([source, ...inputs]), plans: [plan], lane, isWanted }, timings, (_, told) => {
        outcome = told
        return Promise.resolve(true)
      })
      if (outcome === undefined || outcome instanceof AppError) throw outcome ?? new AppError('internal', { detail: 'A run told nothing.' })
      return outcome
    },
    runSharedOn: (find) => (request, timings, onOutcome) => runShared(deps, find, request, timings, onOutcome),
  }
}

/** Plans that draw nothing go over together with one copy of the source; each of the others with the files that it draws. */
async function runShared(
  deps: RunOnRenderersDeps,
  find: FindFile,
  { account, source, plans, isWanted }: Parameters<ReturnType<PlanRunner['runSharedOn']>>[0],
  timings: Timings,
  onOutcome: OnOutcome,
): Promise<void> {
  const drawing: { readonly plan: number; readonly inputs: readonly SourceFile[] }[] = []
  const together: number[] = []
  const refused = new Map<number, AppError>()
  for (const [i, plan] of plans.entries()) {
    const inputs = await findInputs(find, account, plan, deps.limits).catch((thrown: unknown) => AppError.from(thrown))
    if (inputs instanceof AppError) refused.set(i, inputs)
    else if (inputs.length > 0) drawing.push({ plan: i, inputs })
    else together.push(i)
  }
  const groups = [
    ...(together.length > 0 ? [{ members: together, inputs: [] }] : []),
    ...drawing.map(({ plan, inputs }) => ({ members: [plan], inputs })),
  ]
  for (const { members, inputs } of groups) {
    let goOn = true
    const mine = members.map((i) => plans[i] as TransformPlan)
    const work: Work = { account, files: eachOnce([source, ...inputs]), plans: mine, lane: 'batch', isWanted }
    await doWork(deps, work, timings, async (i, outcome) => (goOn = await onOutcome(members[i] as number, outcome)))
    if (!goOn) return
  }
  for (const [plan, error] of refused) if (!(await onOutcome(plan, error))) return
}

/** @throws AppError `file_changed` when one was replaced while all were looked up. */
function eachOnce(files: readonly SourceFile[]): readonly SourceFile[] {
  const byPath = new Map<string, SourceFile>()
  for (const file of files) {
    const { path, etag } = byPath.get(file.path) ?? file
    if (etag !== file.etag) throw new AppError('file_changed', { field: path })
    byPath.set(path, file)
  }
  return [...byPath.values()]
}

/** @throws AppError that no plan alone has: of the files, and `renderer_unavailable` for plans that are still open. */
async function doWork(deps: RunOnRenderersDeps, work: Work, timings: Timings, onOutcome: OnOutcome): Promise<void> {
  const ticket = issueTicket(work.lane, deps.clock, work.isWanted)
  let open = work.plans.map((_, i) => i)
  let last: AppError | undefined
  const failed = new Set<Renderer>()
  for (let attempt = 0; attempt < MAX_ATTEMPTS && open.length > 0; attempt++) {
    const attempted = await attemptOn(deps, work, { open, ticket, failed }, timings, onOutcome)
    if (!attempted.goOn) return
    open = attempted.open
    last = attempted.error ?? last
  }
  if (open.length > 0) throw new AppError('renderer_unavailable', { detail: `${MAX_ATTEMPTS} renderers failed.`, cause: last })
}

interface Attempt {
  readonly open: readonly number[]
  readonly ticket: Ticket
  /** Who has failed so far. */
  readonly failed: Set<Renderer>
}

interface Attempted {
  /** Plans that have no outcome yet. */
  readonly open: number[]
  readonly goOn: boolean
  readonly error?: AppError
}

async function attemptOn(
  { renderers, budget, openVersion, clock, engine, reportFault }: RunOnRenderersDeps,
  { account, files, plans, lane }: Work,
  { open, ticket, failed }: Attempt,
  timings: Timings,
  onOutcome: OnOutcome,
): Promise<Attempted> {
  const place = await timings.measure('queue', () => renderers.take(ticket, failed))
  const left = new Set(open)
  let goOn = true
  const told: OnOutcome = async (i, outcome) => {
    if (outcome instanceof AppError && ELSEWHERE.includes(outcome.code)) return true
    const plan = open[i]
    if (plan === undefined || !left.delete(plan)) throw new RendererFailed('It answered a plan that nobody asked for.')
    return (goOn = await onOutcome(plan, outcome))
  }
  try {
    const task = { lane, engine, plans: open.map((i) => plans[i] as TransformPlan), files }
    const hold = (bytes: number) => budget.acquire({ bytes }, ticket)
    const openFile = (file: SourceFile) => openVersion(account, file)
    const onFault = (fault: EngineFault): void => reportFault(account, fault)
    const error = await exchange(place.renderer, { task, open: openFile, hold, clock, timings, isWanted: ticket.isWanted, onFault }, told)
    if (error && !ELSEWHERE.includes(error.code)) throw error
    return { open: [...left], goOn, ...(error && { error }) }
  } catch (thrown) {
    if (!(thrown instanceof RendererFailed)) throw thrown
    place.failed(thrown)
    failed.add(place.renderer)
    return { open: [...left], goOn, error: new AppError('renderer_unavailable', { cause: thrown, detail: thrown.message }) }
  } finally {
    place.release()
  }
}
