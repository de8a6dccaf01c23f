import type { Context } from 'hono'
import { AppError } from '../../../errors.ts'
import type { HashText } from '../../../service/ports.ts'
import type { PinVersions } from '../../../service/processes/pin-versions.ts'
import type { Processes } from '../../../service/processes/processes.ts'
import type { ProcessRecord } from '../../../service/processes/record.ts'
import { createDialect, type AppEnv, type ErrorPolicy } from '../../dialect.ts'
import { readBatchBody } from './body.ts'
import { streamNotices } from './events.ts'
import { readListQuery } from './list-query.ts'
import { presentDetails, presentStatus, presentSummary } from './present.ts'
import { renderError } from './render-error.ts'
import { readCreateRequest, readRetryRequest } from './read-request.ts'
import { authenticate, checkAddress, chooseService, type BatchService } from './services.ts'

export interface BatchDeps {
  readonly services: readonly BatchService[]
  readonly processes: Processes
  /** Makes jobs that keep the versions of the files that they read. */
  readonly pinVersions: PinVersions
  readonly hash: HashText
  /** 21 characters of `A-Za-z0-9_-`. */
  readonly newProcessId: () => string
  /** Hosts that callbacks may reach although they are private. */
  readonly allowHosts: readonly string[]
  readonly errors: ErrorPolicy
}

/** The calls of docs/protocols/batch.md §1, and the service's own: idempotent creation, details, events, cancel, list, callback replay. */
export function batchRoutes(deps: BatchDeps) {
  const { services, processes } = deps
  const app = createDialect(renderError, deps.errors)
  const caller = (c: Context<AppEnv>) => authenticate(services, c.req.header('Authorization'))

  app.post('/request', async (c) => createProcess(c, await caller(c), deps))

  app.get('/request', async (c) => {
    const { service, query } = readListQuery(new URL(c.req.url).searchParams, await caller(c))
    const { items, cursor } = await processes.list(service.account, query)
    return c.json({ items: items.map(presentSummary), cursor })
  })

  app.get('/request/:id', async (c) => {
    const record = await ownProcess(c, await caller(c), deps)
    return c.json(isTrue(c.req.query('details')) ? presentDetails(record) : presentStatus(record), 200, { 'Cache-Control': 'no-store' })
  })

  app.get('/request/:id/events', async (c) => {
    const { definition } = await ownProcess(c, await caller(c), deps)
    return streamNotices(c, definition.id, processes)
  })

  app.delete('/request/:id', async (c) => {
    const { definition } = await ownProcess(c, await caller(c), deps)
    const cancelled = await processes.cancel(definition.id)
    return c.json(presentStatus(cancelled ?? notFound()))
  })

  app.post('/request/:id/callback', async (c) => {
    const { definition } = await ownProcess(c, await caller(c), deps)
    const replayed = await processes.replayCallback(definition.id)
    if (!replayed?.accepted) throw new AppError('wrong_state', { reason: 'The process has no callback, or it has not ended.' })
    return c.json({ status: 'SUCCESS', process_id: definition.id })
  })

  app.post('/retry', async (c) => retryProcesses(c, await caller(c), deps))
  return app
}

const notFound = (): never => {
  throw new AppError('job_not_found')
}

const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true'

/** The order of the checks: 401, 400 for the JSON, 400 for the fields, 403 (docs/protocols/batch.md §1). The caller has already checked for 401. */
async function createProcess(
  c: Context<AppEnv>,
  own: readonly BatchService[],
  { processes, pinVersions, hash, newProcessId, allowHosts }: BatchDeps,
): Promise<Response> {
  const { json, text } = await readBatchBody(c)
  const { serviceId, callback, jobs, warnings } = readCreateRequest(json, allowHosts, ownHost(c))
  const key = readIdempotencyKey(c.req.header('Idempotency-Key'))
  const service = chooseService(own, serviceId)
  checkAddress(service, c.req.header('CF-Connecting-IP'))
  const { definition } = await processes.create({
    // Ids have 21 characters of `A-Za-z0-9_-` (docs/protocols/batch.md §1.1)
    id: key === null ? newProcessId() : await processes.idempotentId('batch', String(service.id), key),
    kind: 'batch',
    owner: { account: service.account, service: service.id },
    jobs: await pinVersions(service.account, jobs),
    callback,
    ...(warnings.length > 0 && { warnings }),
    fingerprint: key === null ? null : await hash(text),
    requestId: c.get('requestId'),
  })
  return c.json({ status: 'SUCCESS', process_id: definition.id })
}

/** Host and port of this service. The port tells it from other services on the same machine. */
function ownHost(c: Context): string {
  const { hostname, port, protocol } = new URL(c.req.url)
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
}

function readIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null
  if (!/^[\x21-\x7e]{1,255}$/.test(header))
    throw new AppError('invalid_parameter', { field: 'Idempotency-Key', reason: 'Expected 1 to 255 printable characters.' })
  return header
}

/** Unknown ids are 404, ids of another service 403 (docs/protocols/batch.md §1.2) */
async function ownProcess(c: Context<AppEnv>, own: readonly BatchService[], deps: BatchDeps): Promise<ProcessRecord> {
  const id = c.req.param('id') ?? ''
  const record = (await findProcess(id, deps)) ?? notFound()
  if (!isOwn(record, own)) throw new AppError('forbidden', { reason: 'The process belongs to another service.' })
  return record
}

const findProcess = async (id: string, { processes, services }: BatchDeps): Promise<ProcessRecord | null> =>
  /^[\w-]{21}$/.test(id) ? processes.get(id, [...new Set(services.map(({ account }) => account))]) : null

const isOwn = ({ definition }: ProcessRecord, own: readonly BatchService[]): boolean =>
  own.some(({ id }) => id === definition.owner.service)

/** A valid call is 200 whatever its entries say, in the order of the ids; an id of another service is not found (docs/protocols/batch.md §1.3) */
async function retryProcesses(c: Context<AppEnv>, own: readonly BatchService[], deps: BatchDeps): Promise<Response> {
  const { json } = await readBatchBody(c)
  const { serviceId, processIds } = readRetryRequest(json)
  const service = chooseService(own, serviceId)
  checkAddress(service, c.req.header('CF-Connecting-IP'))
  const answers: { readonly status: number; readonly process_id: string; readonly description: string }[] = []
  // One after the other, so that an id that occurs twice starts only once.
  for (const id of processIds) answers.push({ ...(await retryProcess(id, service, deps)), process_id: id })
  return c.json(answers.map(({ status, process_id, description }) => ({ status, process_id, description })))
}

async function retryProcess(
  id: string,
  service: BatchService,
  deps: BatchDeps,
): Promise<{ readonly status: number; readonly description: string }> {
  const found = await findProcess(id, deps)
  if (!found || !isOwn(found, [service])) return { status: 404, description: 'Process not found' }
  const retried = await deps.processes.retry(id)
  if (!retried) return { status: 404, description: 'Process not found' }
  if (!retried.accepted) return { status: 409, description: 'Process has not ended yet' }
  return { status: 200, description: `Reprocessing process, attempt: ${retried.record.state.run - 1}` }
}
