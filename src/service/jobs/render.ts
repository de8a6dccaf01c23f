import { AppError } from '../../errors.ts'
import { INFO_MIME } from '../../image/info/inform.ts'
import { codec, FORMAT_NAMES } from '../../image/plan.ts'
import type { Encoded } from '../../image/execute.ts'
import { OWNER } from '../files/choose-path.ts'
import { readStream } from '../files/content/read-stream.ts'
import { checkFilePath } from '../files/path.ts'
import { pinnedHead } from '../files/pinned-head.ts'
import type { StoreUpload } from '../files/upload.ts'
import type { FileInfo, FileStore } from '../ports.ts'
import type { GrantedJob } from '../processes/ports.ts'
import type { Json } from '../processes/record.ts'
import { readRenderJob, type FileVersions, type RenderJob } from '../processes/render-job.ts'
import { ruledPlan, type RulesOf } from '../protection/rules.ts'
import type { Standing } from '../protection/standing.ts'
import type { FindFile } from '../render/plan-inputs.ts'
import type { Render } from '../render/results/render-request.ts'
import { findRuled } from '../render/ruled/draw-rendition.ts'
import type { RunShared } from '../render/run-shared.ts'
import { nameOfJob, type JobContext, type JobRunner } from './runner.ts'
import type { StoreDerivative } from './store-derivative.ts'

export interface RenderJobsDeps {
  readonly files: FileStore
  /** Renders files that the given function finds. */
  readonly runSharedOn: (find: FindFile) => RunShared
  /** Makes the pictures that stand in for layers under rules. */
  readonly render: Render
  readonly rulesOf: RulesOf
  /** Whose wish the jobs of a batch service, or of a storage rule, are. */
  readonly standingOf: (owner: { readonly service: number | null; readonly rule: string | null }) => Standing
  /** Stores what a request asked for, over what is there. */
  readonly upload: StoreUpload
  /** Stores what a rule made. */
  readonly storeDerivative: StoreDerivative
}

/** A job with what its parameters say. */
interface Task extends RenderJob {
  readonly job: GrantedJob
}

/** Jobs of one source: each starts from the unmodified source, which is decoded once for jobs of equal scale (docs/protocols/batch.md §1.1). */
export const createRenderJobs =
  (deps: RenderJobsDeps): JobRunner =>
  async (jobs, context) => {
    const open = await withoutDone(
      jobs.map((job) => ({ job, ...readRenderJob(job.params) })),
      context,
      deps,
    )
    const faults = open.map(faultOf)
    const possible = open.filter((_, i) => faults[i] === null)
    if (possible.length > 0 && !(await renderTasks(possible, context, deps))) return
    // Last, so that what can be made is made: a job that failed ends its process.
    for (const [i, { job }] of open.entries()) {
      const error = faults[i]
      if (error && !(await context.report(job.index, { kind: 'failed', error }))) return
    }
  }

/** Reports the tasks whose result an earlier attempt has stored before it died, and answers the others. */
async function withoutDone(tasks: readonly Task[], context: JobContext, { files }: RenderJobsDeps): Promise<readonly Task[]> {
  const { account } = context.process.owner
  const left: Task[] = []
  for (const task of tasks) {
    const { job, source, destination } = task
    const there = job.attempt > 1 && faultOf(task) === null ? await files.head(account, destination) : null
    const stored = there?.origin?.job === nameOfJob(context, job) ? await files.open(account, destination) : null
    if (stored === null) {
      left.push(task)
      continue
    }
    const sourceSize = source === destination ? null : ((await files.head(account, source))?.size ?? null)
    const body = await readStream(stored.body)
    if (!(await context.report(job.index, { kind: 'finished', result: resultOf(stored.info, body, sourceSize) }))) return []
  }
  return left
}

/** Why the destination of a rule can hold no file, `null` when it can. A request's destinations were checked when it came. */
function faultOf({ source, destination, rule }: Task): AppError | null {
  if (rule !== null && destination === source)
    return new AppError('conflict', { field: 'destination', reason: `The rule would replace its source ${JSON.stringify(source)}.` })
  try {
    checkFilePath(destination, 'destination')
    return null
  } catch (thrown) {
    const { code, field, reason } = AppError.from(thrown)
    return new AppError(code, { field, reason: `${reason} The source is ${JSON.stringify(source.slice(0, 120))}.` })
  }
}

/** Answers whether the process still wants the jobs that are left. */
async function renderTasks(tasks: readonly Task[], context: JobContext, deps: RenderJobsDeps): Promise<boolean> {
  const { timings, report, process, isWanted } = context
  const { account } = process.owner
  const path = tasks[0]?.source ?? ''
  const source = await timings.measure('head', () => deps.files.head(account, path))
  if (!source) throw new AppError('file_not_found', { field: path, reason: `There is no file at ${JSON.stringify(path)}.` })
  const recorded: FileVersions = Object.assign({}, ...tasks.map(({ versions }) => versions)) as FileVersions
  const isReplaced = Object.hasOwn(recorded, path) && recorded[path] !== source.etag
  let goOn = true
  if (isReplaced && tasks.every(({ rule }) => rule !== null)) {
    const skipped = 'The source was replaced. Its new version has a run of its own.'
    for (const { job } of tasks) goOn &&= await report(job.index, { kind: 'finished', result: { skipped } })
    return goOn
  }
  const find = pinnedHead(deps.files, { [path]: source.etag, ...recorded })
  if (isReplaced) await find(account, path) // throws
  const ruled = tasks.map(({ plan, rule }) => {
    const standing = deps.standingOf({ service: process.owner.service, rule })
    return ruledPlan(deps.rulesOf(account), standing, path, plan)
  })
  const plans = ruled.map(({ plan }) => plan)
  const renditions = new Map(ruled.flatMap((one) => [...one.renditions]))
  await deps.runSharedOn(findRuled(find, renditions, deps.render, timings))(
    { account, source, plans, isWanted },
    timings,
    async (i, outcome) => {
      const task = tasks[i] as Task // one plan a task
      const finished = outcome instanceof AppError ? outcome : await store(task, source, outcome, context, deps)
      return (goOn = await report(
        task.job.index,
        finished instanceof AppError ? { kind: 'failed', error: finished } : { kind: 'finished', result: finished },
      ))
    },
  )
  return goOn
}

/** Stores what was rendered and answers the job's result. What goes wrong is an answer too. */
async function store(
  { job, rule, destination }: Task,
  source: FileInfo,
  { body, mime }: Encoded,
  context: JobContext,
  deps: RenderJobsDeps,
): Promise<Json | AppError> {
  const { account } = context.process.owner
  const origin = { job: nameOfJob(context, job) }
  const write = async (): Promise<FileInfo | null> => {
    if (rule === null) return deps.upload({ account, destination, body, mime, originalFileName: null, permit: OWNER, origin })
    const derivation = { rule, source: source.path, sourceEtag: source.etag, sourceTime: source.lastModified.getTime() }
    return deps.storeDerivative({ account, path: destination, body, mime, origin: { ...origin, derivation } })
  }
  try {
    const stored = await context.timings.measure('save', write)
    return stored ? resultOf(stored, body, source.size) : { skipped: 'A newer version of the source has its derivative there.' }
  } catch (thrown) {
    return AppError.from(thrown)
  }
}

/** What a finished job says of its file. `sourceBytes` is `null` when the source is not there any more. */
function resultOf({ path, mime, etag }: FileInfo, body: Uint8Array, sourceBytes: number | null): Json {
  if (mime === INFO_MIME)
    return { path, mime, bytes: body.length, etag, sourceBytes, info: JSON.parse(new TextDecoder().decode(body)) as Json }
  const format = FORMAT_NAMES.find((name) => codec(name).mime === mime)
  const { width, height } = format === undefined ? { width: 0, height: 0 } : codec(format).probe(body)
  return { path, mime, bytes: body.length, width, height, etag, sourceBytes }
}
