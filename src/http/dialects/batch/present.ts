import type { CallbackState, JobState, Json, ProcessRecord, ProcessSummary } from '../../../service/processes/record.ts'

/** `updated_at` is `YYYY-MM-DD HH:MM:SS`, in UTC (docs/protocols/batch.md §1.2). */
export const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')

const optional = (milliseconds: number | null): string | null => (milliseconds === null ? null : timestamp(milliseconds))

/** These two fields and no others (docs/protocols/batch.md §1.2). */
export const presentStatus = ({ state }: ProcessRecord) => ({ status: state.status, updated_at: timestamp(state.updatedAt) })

/** Each process counts its own retries, from 1 (docs/protocols/batch.md §1.3). */
const attempt = (run: number): number => run - 1

/** The answer to `?details=1`. */
export const presentDetails = (record: ProcessRecord) => {
  const { definition, state } = record
  return {
    ...presentStatus(record),
    process_id: definition.id,
    service_id: definition.owner.service,
    kind: definition.kind,
    name: definition.name,
    created_at: timestamp(definition.createdAt),
    attempt: attempt(state.run),
    error: state.error,
    warnings: definition.warnings ?? [],
    expires_at: optional(state.expiresAt),
    jobs: definition.jobs.map(({ params }, i) => presentJob(params, state.jobs[i])),
    callback: definition.callback === null ? null : presentCallback(definition.callback, state.callback),
  }
}

function presentJob(params: Json, job: JobState | undefined) {
  const { source = null, destination = null } = (params ?? {}) as { readonly source?: Json; readonly destination?: Json } // render jobs have both
  return {
    source,
    destination,
    status: job?.status,
    attempts: job?.attempts,
    started_at: optional(job?.startedAt ?? null),
    ended_at: optional(job?.endedAt ?? null),
    milliseconds: job?.startedAt != null && job.endedAt !== null ? job.endedAt - job.startedAt : null,
    error: job?.error ?? null,
    result: job?.result ?? null,
    log: job?.log.map(({ startedAt, endedAt, error }) => ({ started_at: timestamp(startedAt), milliseconds: endedAt - startedAt, error })),
  }
}

const presentCallback = (url: string, callback: CallbackState | null) => ({
  url,
  status: callback?.status,
  attempts: callback?.attempts,
  next_attempt_at: callback?.status === 'PENDING' ? timestamp(callback.dueAt) : null,
  log: callback?.log.map(({ at, run, status, error }) => ({ at: timestamp(at), attempt: attempt(run), http_status: status, error })),
})

export const presentSummary = ({ id, kind, name, status, run, jobs, error, createdAt, updatedAt }: ProcessSummary) => ({
  process_id: id,
  kind,
  name,
  status,
  attempt: attempt(run),
  jobs,
  error,
  created_at: timestamp(createdAt),
  updated_at: timestamp(updatedAt),
})

/** The callback's body (docs/protocols/batch.md §1.4), with `message` when it FAILED. */
export const presentCallbackBody = ({ definition, state }: ProcessRecord) => ({
  process_id: definition.id,
  service_id: definition.owner.service,
  status: state.status,
  updated_at: timestamp(state.updatedAt),
  ...(state.error !== null && { message: state.error.message }),
})
