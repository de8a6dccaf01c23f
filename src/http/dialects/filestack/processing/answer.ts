import type { Context } from 'hono'
import { AppError } from '../../../../errors.ts'
import { codec, FORMAT_NAMES } from '../../../../image/plan.ts'
import { uprightShape } from '../../../../image/orientation.ts'
import type { Shape } from '../../../../image/raster.ts'
import type { InTime } from '../../../../service/deadline/in-time.ts'
import { readStream } from '../../../../service/files/content/read-stream.ts'
import { fileNameOf } from '../../../../service/files/path.ts'
import type { FileStore } from '../../../../service/ports.ts'
import { type FallbackPicture, isFailureOfSource, showInstead } from '../../../../service/protection/fallback.ts'
import { timeToKeep } from '../../../../service/render/render.ts'
import { createTimings } from '../../../../service/render/timings.ts'
import { show } from '../../../caching/shared-caches.ts'
import { standInControl } from '../../../pictures/in-time.ts'
import { answerInstead, answerPicture } from '../../../picture.ts'
import { answerStoredFile } from '../../../stored-file.ts'
import { userContentHeaders } from '../../../user-content.ts'
import type { FilestackApp } from '../apps.ts'
import { aboutHandle, answerFields, type AskedFile, type MetadataDeps } from '../file/metadata.ts'
import { demandCall, readRights } from '../security/rights.ts'
import { demandStored, isRuled } from '../security/stored.ts'
import { type Address, nameAddress, readAddress } from './address.ts'
import { answerExplain, cutExplain, type ExplainDeps } from './explain.ts'
import { renderSource } from './render-source.ts'
import { openByHandle, openSource, readCredentials, type Source } from './source.ts'
import { storeResult, type StoreResultDeps } from './store-result.ts'
import { TASKS } from './tasks.ts'
import { readWish, type Wish } from './wish.ts'

interface OwnDeps {
  readonly files: Pick<FileStore, 'head' | 'open'>
  /** Of each account that has one. */
  readonly fallbacks: ReadonlyMap<string, FallbackPicture>
}

export type ProcessingDeps = MetadataDeps & StoreResultDeps & ExplainDeps & OwnDeps

/** `GET|HEAD|POST [/cdn][/{key}]/{task}/…/{source}` (docs/protocols/filestack.md §7). */
export async function answerProcessing(c: Context, deps: ProcessingDeps): Promise<Response> {
  const { pathname, search: given } = new URL(c.req.url)
  const { search, isExplained } = cutExplain(c, given)
  const isKey = (text: string): boolean => deps.apps.some(({ key }) => key === text)
  const address = readAddress(pathname, search, isKey, (text) => Object.hasOwn(TASKS, text))
  const wish = readWish(address.tasks, TASKS)
  if (isExplained && c.req.method !== 'POST') return answerExplain(c, address, wish, deps)
  if (c.req.method === 'POST' && wish.answer?.kind !== 'store') throw new AppError('method_not_allowed')
  return answerAddress(c, address, wish, deps)
}

/** The same for tasks as data (docs/protocols/filestack.md §6). @param tasks as a JSON list. */
export const answerTasks = (c: Context, key: string, tasks: unknown, source: string, deps: ProcessingDeps): Promise<Response> => {
  const address = nameAddress(key, tasks, source)
  return answerAddress(c, address, readWish(address.tasks, TASKS), deps)
}

/** What would be done with such tasks. */
export function explainTasks(c: Context, key: string, tasks: unknown, source: string, deps: ProcessingDeps): Promise<Response> {
  const address = nameAddress(key, tasks, source)
  return answerExplain(c, address, readWish(address.tasks, TASKS), deps)
}

async function answerAddress(c: Context, address: Address, wish: Wish, deps: ProcessingDeps): Promise<Response> {
  let source: Source | undefined
  const began = deps.clock.now()
  try {
    source = await openSource(c, address, wish, deps)
    return await answerWish(c, source, wish, address, deps)
  } catch (thrown) {
    if (!isFailureOfSource(thrown)) throw thrown
    const deadlineMs = wish.deadlineMs && Math.max(0, wish.deadlineMs - (deps.clock.now() - began))
    return answerFailure(c, thrown, source, address, { ...wish, deadlineMs }, deps)
  }
}

/** The task's own picture answers as the vendor's does, like any other; the account's with the status of the failure. @throws AppError `failure` without either. */
async function answerFailure(
  c: Context,
  failure: AppError,
  source: Source | undefined,
  address: Address,
  wish: Wish,
  deps: ProcessingDeps,
): Promise<Response> {
  const caller = deps.apps.find(({ key }) => key === address.key)
  const credentials = readCredentials(c, wish, address.source.kind)
  const { fallback } = wish
  if (fallback) {
    const stand = await openByHandle(fallback.handle, caller, credentials, deps)
    const cache = fallback.seconds === undefined ? wish.cache : { use: true as const, seconds: fallback.seconds }
    return answerWish(c, stand, { ...wish, cache }, address, deps)
  }
  const app = source?.app ?? caller
  const own = app && deps.fallbacks.get(app.account)
  if (!own || wish.answer || address.isMetadata) throw failure
  return showInstead(failure, async () => {
    const rights = source?.rights ?? (await readRights(app, credentials, deps.clock.now()))
    const use = source?.use ?? (address.source.kind === 'handle' ? { handle: address.source.handle } : {})
    const stand: Source = { app, rights, use, file: undefined, fileName: fileNameOf(own.path), path: () => Promise.resolve(own.path) }
    const timings = createTimings(deps.clock)
    const cache = wish.cache.use ? { use: true as const, seconds: own.seconds } : wish.cache
    // A failure has no version, so nobody has it yet.
    const options = { fromCurrentFiles: true, deadlineMs: wish.deadlineMs }
    const rendered = await renderSource(c, stand, { ...wish, cache }, timings, deps, options)
    const cached = shownControl(app, rendered, own.seconds)
    return answerInstead(c, rendered, failure, { fileName: stand.fileName, download: false, cacheControl: cached, timings })
  })
}

async function answerWish(c: Context, source: Source, wish: Wish, { isMetadata }: Address, deps: ProcessingDeps): Promise<Response> {
  c.set('isPrivate', source.app.security === 'required')
  const { answer } = wish
  if (isMetadata || answer?.kind === 'metadata') return answerMetadata(c, source, answer?.kind === 'metadata' ? answer.fields : [], deps)
  if (answer?.kind === 'imagesize') return answerSize(c, source, wish, deps)
  const timings = createTimings(deps.clock)
  if (answer?.kind === 'store') return storeResult(c, source, wish, answer.options, timings, deps)
  if (wish.isRaw && !(await showsPicture(source, deps))) return answerRaw(c, source, wish, deps)
  const rendered = await renderSource(c, source, wish, timings, deps, { deadlineMs: wish.deadlineMs })
  if (wish.negotiates) c.header('Vary', 'Accept', { append: true })
  return answerPicture(c, rendered, {
    fileName: source.fileName,
    download: false,
    cacheControl: shownControl(source.app, rendered, wish.cache.use ? wish.cache.seconds : 0),
    timings,
  })
}

/** A file under rules has no other form than its picture. */
const showsPicture = async ({ app, rights, path }: Source, deps: ProcessingDeps): Promise<boolean> =>
  deps.rulesOf(app.account).length > 0 && isRuled(app, rights, await path(), deps)

const cacheControl = ({ security }: FilestackApp, seconds: number): string =>
  seconds <= 0 ? 'no-store' : `${security === 'required' ? 'private' : 'public'}, max-age=${seconds}`

const shownControl = (app: FilestackApp, rendered: InTime, seconds: number): string =>
  rendered.standsIn ? standInControl(app.security === 'required') : cacheControl(app, timeToKeep(rendered, seconds))

async function answerRaw(c: Context, source: Source, wish: Wish, deps: ProcessingDeps): Promise<Response> {
  const { app, rights, use, fileName } = source
  demandCall(app, rights, [source.file ? 'read' : 'convert'], use)
  const path = await source.path()
  demandStored(app, rights, path, deps)
  show(c, { account: app.account, paths: [path] })
  const info = await deps.files.head(app.account, path)
  if (!info) throw new AppError('file_not_found', { field: fileName })
  return answerStoredFile(c, deps.files, app.account, info, {
    'Content-Type': info.mime,
    ...userContentHeaders(info.originalFileName ?? fileName, false),
    'Cache-Control': cacheControl(app, wish.cache.use ? wish.cache.seconds : 0),
  })
}

async function answerMetadata(c: Context, source: Source, fields: readonly string[], deps: ProcessingDeps): Promise<Response> {
  const { app, rights, use, file } = source
  demandCall(app, rights, ['stat'], use)
  return answerFields(c, file ? await aboutHandle(file, deps) : await aboutSource(source, deps), rights, fields, deps)
}

/** Of a picture from elsewhere only what its content tells: it is no file of the app. */
async function aboutSource({ app: { account }, use, fileName, path }: Source, { files }: ProcessingDeps): Promise<AskedFile> {
  const info = await files.head(account, await path())
  if (!info) throw new AppError('file_not_found', { field: fileName })
  const known = { size: info.size, mimetype: info.mime, filename: info.originalFileName ?? fileName }
  return { account, info, known, further: { source_url: use.url ?? null } }
}

/** The width and height of the result. */
async function answerSize(c: Context, source: Source, wish: Wish, deps: ProcessingDeps): Promise<Response> {
  const { body } = await renderSource(c, source, wish, createTimings(deps.clock), deps, { fromCurrentFiles: true })
  const shape = shapeOf(body instanceof Uint8Array ? body : await readStream(body))
  return c.json(shape, 200, { 'Cache-Control': cacheControl(source.app, wish.cache.use ? wish.cache.seconds : 0) })
}

function shapeOf(file: Uint8Array): Shape {
  const format = FORMAT_NAMES.find((name) => codec(name).sniff(file))
  if (format === undefined) throw new AppError('unsupported_format')
  const probe = codec(format).probe(file)
  const { width, height } = uprightShape(probe, probe.orientation)
  return { width, height }
}
