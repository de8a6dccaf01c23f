import { AppError } from '../../../../errors.ts'
import { demandSecret, reachOf, type Caller } from '../../../../service/access/access.ts'
import { isWithin } from '../../../../service/files/path-scope.ts'
import type { Processes } from '../../../../service/processes/processes.ts'
import { CANCELLED, isTerminal, type JobDefinition, type Json, type ProcessRecord } from '../../../../service/processes/record.ts'
import type { Wait } from '../../../../service/ports.ts'
import type { BytescaleContext } from '../env.ts'
import { rawFileUrl } from '../url.ts'

const JOB_DOCS = 'https://www.bytescale.com/docs/job-api/GetJob'
/** The latest jobs, newest first. */
const RECENT_JOBS = 10

/** Names of docs/protocols/bytescale.md §5.5. This service knows the names of all job types, but has no jobs of the types that it does not run. */
export const JOB_TYPES = [
  'ProcessImageJob',
  'ProcessVideoJob',
  'ProcessAudioJob',
  'AntivirusJob',
  'ResetCacheJob',
  'DeleteFolderBatchJob',
  'DeleteFileBatchJob',
  'CopyFolderBatchJob',
  'CopyFileBatchJob',
] as const
export type JobType = (typeof JOB_TYPES)[number]

const ONLY_DELETE: readonly JobType[] = ['DeleteFolderBatchJob', 'DeleteFileBatchJob', 'ResetCacheJob']

export interface JobDeps {
  readonly processes: Processes
  /** A ULID: 26 characters that sort by time. */
  readonly newJobId: () => string
  readonly wait: Wait
}

/** Starts the work and answers an AsyncResponse, or the whole JobSummary when the work ends within `waitMs`. */
export async function startJob(
  c: BytescaleContext,
  caller: Caller,
  jobType: Exclude<JobType, 'ProcessImageJob'>,
  jobs: readonly JobDefinition[],
  deps: JobDeps,
  waitMs = 0,
): Promise<Response> {
  const { processes, newJobId } = deps
  const owner = { account: caller.account, service: null, folder: reachOf(caller) }
  const requestId = c.get('requestId')
  const onlyDeletes = ONLY_DELETE.includes(jobType)
  const record = await processes.create({ id: newJobId(), kind: 'file-jobs', name: jobType, owner, requestId, jobs, onlyDeletes })
  const end = await endOf(record, waitMs, deps)
  return c.json(end ? describeJob(c, end) : asyncResponse(c, record))
}

/** How often a job is asked whether it has ended. */
const ASKED_EVERY_MS = 100

/** The job as it ended; `null` when it has not within so many milliseconds. */
async function endOf({ definition }: ProcessRecord, waitMs: number, { processes, wait }: JobDeps): Promise<ProcessRecord | null> {
  for (let waited = 0; waited < waitMs; waited += ASKED_EVERY_MS) {
    await wait(ASKED_EVERY_MS)
    const record = await processes.get(definition.id, [definition.owner.account])
    if (record && isTerminal(record.state.status)) return record
  }
  return null
}

/** AsyncResponse */
function asyncResponse(c: BytescaleContext, { definition }: ProcessRecord) {
  const { id, name, owner } = definition
  const jobUrl = `${new URL(c.req.url).origin}/v2/accounts/${owner.account}/jobs/${name}/${id}`
  return { jobDocs: JOB_DOCS, jobId: id, jobType: name, jobUrl }
}

/** JobSummary */
export function describeJob(c: BytescaleContext, record: ProcessRecord) {
  const { definition, state } = record
  const failure =
    state.error && state.error.code !== CANCELLED.code ? { ...state.error, timestamp: new Date(state.updatedAt).toISOString() } : null
  return {
    ...asyncResponse(c, record),
    accountId: definition.owner.account,
    created: definition.createdAt,
    lastUpdated: state.updatedAt,
    status: statusOf(record),
    error: failure,
    summary: { ...savedFile(c, record), ...summarise(state.jobs.map(({ result }) => result)) },
  }
}

/** The job of a save names the file in the same fields as the answer of a save. */
function savedFile(c: BytescaleContext, { definition, state }: ProcessRecord): object {
  const result = definition.kind === 'save' ? state.jobs[0]?.result : undefined
  const path = (result as { readonly path?: string } | null | undefined)?.path // of run-job-save.ts
  if (path === undefined) return {}
  return { filePath: path, fileUrl: rawFileUrl(new URL(c.req.url).origin, definition.owner.account, path) }
}

function statusOf({ state }: ProcessRecord): string {
  switch (state.status) {
    case 'PENDING':
      return 'Pending'
    case 'PROCESSING':
      return 'Running'
    case 'FINISHED':
      return 'Succeeded'
    case 'FAILED':
      return state.error?.code === CANCELLED.code ? 'Cancelled' : 'Failed'
  }
}

/** What the parts of a job answered: numbers add up; of other values the last one counts. */
export function summarise(results: readonly Json[]): Record<string, Json> {
  const summary: Record<string, Json> = {}
  for (const result of results) {
    if (result === null || typeof result !== 'object' || Array.isArray(result)) continue
    for (const [name, value] of Object.entries(result as Readonly<Record<string, Json>>)) {
      const before = summary[name]
      summary[name] = typeof value === 'number' && typeof before === 'number' ? before + value : value
    }
  }
  return summary
}

/** `GET …/jobs/{jobType}/{jobId}` */
export async function answerGetJob(c: BytescaleContext, caller: Caller, deps: JobDeps): Promise<Response> {
  return c.json(describeJob(c, await findJob(c, caller, deps)))
}

/** `DELETE …/jobs/{jobType}/{jobId}`. A job that has ended does not change. */
export async function answerCancelJob(c: BytescaleContext, caller: Caller, deps: JobDeps): Promise<Response> {
  const { definition, state } = await findJob(c, caller, deps)
  if (!isTerminal(state.status)) await deps.processes.cancel(definition.id)
  return c.json({})
}

/** `GET …/jobs?jobType=…`. The SDK sends a list as `0=A&1=B`, the documentation repeats `jobType`. Both work. */
export async function answerListJobs(c: BytescaleContext, caller: Caller, { processes }: JobDeps): Promise<Response> {
  demandSecret(caller, 'jobs')
  const entries = [...new URL(c.req.url).searchParams]
  const names = entries.map(([name, value]) => {
    if (name !== 'jobType' && !/^\d{1,2}$/.test(name)) throw new AppError('unknown_parameter', { field: name })
    return jobTypeOf(value)
  })
  if (names.length === 0) throw new AppError('invalid_parameter', { field: 'jobType', reason: 'Expected at least one "jobType".' })
  const { items } = await processes.list(caller.account, {
    folder: caller.folder,
    kinds: ['file-jobs', 'save'],
    names,
    limit: RECENT_JOBS,
  })
  const records = await Promise.all(items.map(({ id }) => processes.get(id, [caller.account])))
  return c.json({ items: records.flatMap((record) => (record ? [describeJob(c, record)] : [])) })
}

/** @throws AppError `job_not_found`, also when the job belongs to another account, to another folder than the key's, or has another type. */
async function findJob(c: BytescaleContext, caller: Caller, { processes }: JobDeps): Promise<ProcessRecord> {
  demandSecret(caller, 'jobs')
  const jobType = jobTypeOf(c.req.param('jobType') ?? '')
  const record = await processes.get(c.req.param('jobId') ?? '', [caller.account])
  if (!record || record.definition.name !== jobType) throw new AppError('job_not_found')
  const { account, folder = '/' } = record.definition.owner
  if (account !== caller.account || !isWithin(caller.folder, folder)) throw new AppError('job_not_found')
  return record
}

function jobTypeOf(text: string): JobType {
  const found = JOB_TYPES.find((type) => type === text)
  if (!found)
    throw new AppError('invalid_parameter', {
      field: 'jobType',
      reason: `Expected one of ${JOB_TYPES.join(', ')}, received ${JSON.stringify(text.slice(0, 100))}.`,
    })
  return found
}
