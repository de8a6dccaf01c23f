import type { Context } from 'hono'
import * as z from 'zod'
import { AppError } from '../../../../errors.ts'
import { isHandle } from '../../../../service/handles/handle.ts'
import { fileNameOf } from '../../../../service/files/path.ts'
import type { FileStore } from '../../../../service/ports.ts'
import { readJsonBody } from '../../../json-body.ts'
import { appOfKey, type FilestackApp } from '../apps.ts'
import { demandCall, readRights, type Rights } from '../security/rights.ts'
import { demandStored, type StoredPolicy } from '../security/stored.ts'
import { storeSent, type StoreDeps } from '../store/answer.ts'
import { readStoreOptions } from '../store/options.ts'
import type { Sent } from '../store/sent.ts'
import { readSourceHeaders } from './source-headers.ts'

export interface ProcessDeps extends StoreDeps, StoredPolicy {
  readonly files: Pick<FileStore, 'open'>
  /** Does the tasks of a processing URL, which make another picture. */
  readonly convert: (c: Context, key: string, tasks: unknown, source: string) => Promise<Response>
}

const MAX_BODY_BYTES = 65_536

const source = z.union([z.string(), z.strictObject({ source: z.string(), headers: z.record(z.string(), z.string()).nullish() })])
export const processBody = z.strictObject({
  apikey: z.string().nullish(),
  sources: z.array(source).length(1),
  tasks: z.array(z.strictObject({ name: z.string(), params: z.record(z.string(), z.unknown()).nullish() })).max(20),
  /** Means nothing here. */
  upload_tags: z.unknown().optional(),
})
type Task = z.output<typeof processBody>['tasks'][number]

/** `POST /process`: `client.storeURL` of the SDK, tasks as data (docs/protocols/filestack.md §6). */
export async function answerProcess(c: Context, deps: ProcessDeps): Promise<Response> {
  const body = await readJsonBody(c, processBody, MAX_BODY_BYTES)
  const app = appOfKey(deps.apps, body.apikey ?? undefined, 'apikey')
  const [given] = body.sources
  const wish = typeof given === 'string' || given === undefined ? { source: given ?? '', headers: null } : given
  if (body.tasks.some(({ name }) => name !== 'store' && name !== 'security')) {
    if (Object.keys(wish.headers ?? {}).length > 0)
      throw new AppError('not_implemented', { field: 'headers', reason: 'Headers are sent to sources that are stored as they are.' })
    return deps.convert(c, app.key, body.tasks, wish.source)
  }
  const { location = '', ...params } = textsOf(onlyTask(body.tasks, 'store') ?? missing())
  const { policy, signature } = textsOf(onlyTask(body.tasks, 'security') ?? { name: 'security' })
  const rights = await readRights(app, { policy, signature, authorization: c.req.header('Authorization') }, deps.clock.now())
  const options = readStoreOptions(new URLSearchParams(params), [])
  const sent = isHandle(wish.source) ? await openStored(wish.source, { app, rights }, deps) : sentOf(wish.source, wish.headers ?? {})
  return c.json(await storeSent(sent, { app, rights, location, options }, new URL(c.req.url), deps))
}

function missing(): never {
  throw new AppError('invalid_parameter', { field: 'tasks', reason: 'Expected the task "store".' })
}

/** @throws AppError `invalid_parameter` when there are two of them. */
function onlyTask(tasks: readonly Task[], name: string): Task | undefined {
  const [task, second] = tasks.filter((candidate) => candidate.name === name)
  if (second) throw new AppError('invalid_parameter', { field: 'tasks', reason: `Expected the task ${JSON.stringify(name)} once.` })
  return task
}

/** The parameters of a task as a URL would spell them. */
const textsOf = ({ params }: Task): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(params ?? {})
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )

const nothing = (): void => undefined

const sentOf = (url: string, headers: Readonly<Record<string, string>>): Sent => ({
  kind: 'url',
  url,
  headers: readSourceHeaders(headers),
  fields: [],
  release: nothing,
})

/** A file of the same app is copied to a new handle. @throws AppError `file_not_found`, `forbidden`. */
async function openStored(
  handle: string,
  { app, rights }: { readonly app: FilestackApp; readonly rights: Rights },
  { stored, files, ...policy }: ProcessDeps,
): Promise<Sent> {
  const record = await stored.find(handle)
  if (record.app !== app.key) throw new AppError('file_not_found', { field: handle })
  demandCall(app, rights, ['read'], { handle })
  const { originalFileName, mime, path } = await stored.head(record)
  demandStored(app, rights, path, policy)
  return {
    kind: 'file',
    fileName: originalFileName ?? fileNameOf(path),
    mime,
    unknownMime: mime,
    fields: [],
    release: nothing,
    async open() {
      const file = await files.open(record.account, path)
      if (!file) throw new AppError('file_not_found', { field: handle })
      return { body: { stream: file.body, size: file.info.size }, release: nothing }
    },
  }
}
