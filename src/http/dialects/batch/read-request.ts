import { checkPublicUrl } from '../../../service/outbound/guard.ts'
import { AppError } from '../../../errors.ts'
import { drawnPaths, type RenderJob } from '../../../service/processes/render-job.ts'
import { invalidField, jsonFields, required, type JsonFields } from './json-fields.ts'
import { storagePath } from './layers.ts'
import { parseTransformations } from './transformations.ts'

/** 1 to 100 jobs (docs/protocols/batch.md §1.1), and as many ids in a retry (§1.3). */
const MAX_ENTRIES = 100
const MAX_WARNINGS = 100

/** One job of a request. */
export type JobWish = Pick<RenderJob, 'source' | 'destination' | 'plan'>

export interface CreateRequest {
  readonly serviceId: number
  readonly callback: string | null
  readonly jobs: readonly JobWish[]
  /** One sentence for each field that was ignored. */
  readonly warnings: readonly string[]
}

/** A number, or its text (docs/protocols/batch.md §1.1) */
function readServiceId(fields: JsonFields): number {
  const id = required(fields.number('service_id', { min: 0, max: Number.MAX_SAFE_INTEGER }), fields.at('service_id'), 'a number')
  if (!Number.isInteger(id)) throw invalidField(fields.at('service_id'), 'a whole number', id)
  return id
}

function readList(fields: JsonFields, name: string): readonly unknown[] {
  const list = fields.raw(name)
  if (!Array.isArray(list) || list.length < 1 || list.length > MAX_ENTRIES)
    throw invalidField(fields.at(name), `an array of 1 to ${MAX_ENTRIES} entries`, list)
  return list
}

/**
 * The body of `POST /request`. Everything is checked before a process exists: with one bad field anywhere, nothing is stored
 * (docs/protocols/batch.md §1.1).
 * @throws AppError `invalid_parameter`, `invalid_path`, with the path of the first bad field.
 */
export function readCreateRequest(body: unknown, allowHosts: readonly string[], ownHost: string): CreateRequest {
  const fields = jsonFields(body, '')
  const serviceId = readServiceId(fields)
  const callback = readCallback(fields, allowHosts, ownHost)
  const source = storagePath(required(fields.text('source'), 'source', 'a path'), 'source')
  const unknown: string[] = []
  const jobs = readList(fields, 'jobs').map((entry, i) => readJob(entry, `jobs[${i}]`, source, (field) => unknown.push(field)))
  checkIndependence(jobs)
  return { serviceId, callback, jobs, warnings: warningsOf([...fields.unread(), ...unknown]) }
}

/** Unknown fields are no errors (docs/batch.md): clients of the vendor may send more than the documentation names. A misspelt field shows here. */
function warningsOf(unknown: readonly string[]): readonly string[] {
  const shown = unknown.slice(0, MAX_WARNINGS).map((field) => `The field ${JSON.stringify(field)} is not known here and was ignored.`)
  return unknown.length > MAX_WARNINGS ? [...shown, `${unknown.length - MAX_WARNINGS} more fields were ignored.`] : shown
}

/**
 * Each job starts from the unmodified source (docs/protocols/batch.md §1.1): jobs run in any order and at the same time, so
 * two jobs cannot write one file, and a job cannot write a file that another one reads. A single job may write onto its own source.
 * @throws AppError `invalid_parameter`, which names both jobs.
 */
function checkIndependence(jobs: readonly JobWish[]): void {
  const refuse = (job: number, reason: string): AppError =>
    new AppError('invalid_parameter', {
      field: `jobs[${job}].destination`,
      reason: `${reason} Send one of the two as a request of its own.`,
    })
  const writers = new Map<string, number>()
  for (const [i, { destination }] of jobs.entries()) {
    const other = writers.get(destination)
    if (other !== undefined) throw refuse(i, `jobs[${other}] and jobs[${i}] have the same destination ${JSON.stringify(destination)}.`)
    writers.set(destination, i)
  }
  for (const [i, { source, plan }] of jobs.entries()) {
    for (const path of [source, ...drawnPaths(plan)]) {
      const writer = writers.get(path)
      if (writer !== undefined && writer !== i)
        throw refuse(writer, `jobs[${writer}] writes ${JSON.stringify(path)}, which jobs[${i}] reads.`)
    }
  }
}

/** A job that stands alone, with its source beside its fields. @throws AppError `invalid_parameter`, `invalid_path`. */
export function readOneJob(entry: unknown): JobWish {
  const source = storagePath(required(jsonFields(entry, 'job').text('source'), 'job.source', 'a path'), 'job.source')
  return readJob(entry, 'job', source, () => undefined)
}

function readJob(entry: unknown, path: string, source: string, ignored: (field: string) => void): JobWish {
  const fields = jsonFields(entry, path)
  const destination = storagePath(required(fields.text('destination'), fields.at('destination'), 'a path'), fields.at('destination'))
  const plan = parseTransformations({ ...(entry as object), destination }, path, ignored) // jsonFields has checked that it is an object
  return { source, destination, plan }
}

/** An `http` or `https` URL. Private addresses are refused unless the operator opened them (docs/protocols/batch.md §1.1, §1.4). */
function readCallback(fields: JsonFields, allowHosts: readonly string[], ownHost: string): string | null {
  const url = fields.text('callback')
  if (url === undefined) return null
  try {
    return checkPublicUrl(url, allowHosts, [ownHost]).href
  } catch (thrown) {
    throw thrown instanceof AppError ? new AppError(thrown.code, { field: 'callback', reason: thrown.reason }) : thrown
  }
}

/** The body of `POST /retry`. */
export function readRetryRequest(body: unknown): { readonly serviceId: number; readonly processIds: readonly string[] } {
  const fields = jsonFields(body, '')
  const serviceId = readServiceId(fields)
  const processIds = readList(fields, 'process_ids').map((id, i) => {
    if (typeof id !== 'string') throw invalidField(`process_ids[${i}]`, 'a string', id)
    return id
  })
  return { serviceId, processIds }
}
