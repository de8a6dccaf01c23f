import type { Context } from 'hono'
import { AppError } from '../../../../errors.ts'
import { newHandle } from '../../../../service/handles/handle.ts'
import { storageKey } from '../../../../service/handles/storage-key.ts'
import { readStream } from '../../../../service/files/content/read-stream.ts'
import type { FileBody, FileStore, RandomBytes } from '../../../../service/ports.ts'
import type { Timings } from '../../../../service/render/timings.ts'
import { resultFileName } from '../../../picture.ts'
import { demandCall } from '../security/rights.ts'
import { demandStored, isRuled } from '../security/stored.ts'
import { fileUrl } from '../store/answer.ts'
import { choosePlace } from '../store/place.ts'
import { renderSource, type RenderSourceDeps } from './render-source.ts'
import type { Source } from './source.ts'
import type { StoreWish, Wish } from './wish.ts'

export interface StoreResultDeps extends RenderSourceDeps {
  readonly files: Pick<FileStore, 'open'>
  readonly random: RandomBytes
}

/** The task `store`: the result becomes a file under a new handle, and the answer tells about it. */
export async function storeResult(
  c: Context,
  source: Source,
  wish: Wish,
  options: StoreWish,
  timings: Timings,
  deps: StoreResultDeps,
): Promise<Response> {
  // Looking must change nothing.
  if (c.req.method === 'HEAD') throw new AppError('method_not_allowed')
  const { app, rights, use } = source
  demandCall(app, rights, ['convert'], use)
  demandCall(app, rights, ['store'], sourceOf(use))
  const place = choosePlace(app, options.location, options)
  const { container } = place
  const { body, mime, size } = await contentOf(c, source, wish, timings, deps)
  const fileName = options.fileName ?? resultFileName(source.fileName, wish.isRaw ? '' : mime)
  const key = storageKey({ path: options.path, fileName, id: newHandle(deps.random) })
  demandCall(app, rights, ['store'], { ...sourceOf(use), path: key, container, size })
  const record = { app: app.key, account: app.account, container, key, path: place.path(key), ...place.known }
  const stored = await deps.stored.store(record, { body, mime, unknownMime: 'application/octet-stream', fileName })
  const { handle } = stored.record
  const url = fileUrl(new URL(c.req.url).origin, handle)
  const answer = { container, filename: fileName, key, size: stored.info.size, type: stored.info.mime, url, handle }
  return c.json(answer, 200, { 'Cache-Control': 'no-store' })
}

/** A policy's handle names what is read; a stored result has a handle of its own. */
const sourceOf = ({ url }: Source['use']): Source['use'] => (url === undefined ? {} : { url })

async function contentOf(
  c: Context,
  source: Source,
  wish: Wish,
  timings: Timings,
  deps: StoreResultDeps,
): Promise<{ readonly body: FileBody; readonly mime: string; readonly size: number }> {
  const path = wish.isRaw ? await source.path() : ''
  if (wish.isRaw && !isRuled(source.app, source.rights, path, deps)) {
    demandStored(source.app, source.rights, path, deps)
    const open = await deps.files.open(source.app.account, path)
    if (!open) throw new AppError('file_not_found', { field: source.fileName })
    const { size, mime } = open.info
    return { body: { stream: open.body, size }, mime, size }
  }
  const { body, mime, size } = await renderSource(c, source, wish, timings, deps, { fromCurrentFiles: true })
  return { body: body instanceof Uint8Array ? body : await readStream(body), mime, size }
}
