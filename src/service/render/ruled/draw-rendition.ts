import { AppError } from '../../../errors.ts'
import type { Rendition } from '../../protection/rules.ts'
import { OWNER } from '../../protection/standing.ts'
import { readStream } from '../../files/content/read-stream.ts'
import type { SourceFile } from '../../files/recent-files.ts'
import type { Defer } from '../../ports.ts'
import type { FindFile } from '../plan-inputs.ts'
import type { Render, RenderRequest } from '../results/render-request.ts'
import type { Timings } from '../timings.ts'

/** Kept in the result bucket: other pictures draw the same layer. */
const KEPT = { use: true, only: false, permanent: true, ttlSeconds: 0, version: '' } as const

/** How the picture of a layer is asked for: with its rules in the plan, so that none is added. */
export const renditionRequest = (
  account: string,
  { path, plan }: Rendition,
  { cache, lane = 'request', fromCurrentFiles = false }: Pick<RenderRequest, 'cache' | 'lane' | 'fromCurrentFiles'>,
): RenderRequest => ({ account, path, plan, cache: { ...KEPT, use: cache.use }, lane, fromCurrentFiles, standing: OWNER })

/** Makes the picture of a layer, as a file of the name that stands in the plan. @throws AppError of `render`; `file_changed` when the layer has another version than was looked up. */
export async function drawRendition(
  render: Render,
  request: RenderRequest,
  wanted: Pick<SourceFile, 'path' | 'etag'>,
  timings: Timings,
  defer: Defer,
): Promise<SourceFile> {
  const { body, etag } = await render(request, timings, defer)
  const content = body instanceof Uint8Array ? body : await readStream(body)
  if (wanted.etag !== '' && !etag.startsWith(wanted.etag)) throw new AppError('file_changed', { field: request.path })
  return { path: wanted.path, size: content.length, etag, content: content as Uint8Array<ArrayBuffer> } // no memory here is shared
}

/**
 * The same `find` for plans under rules: what it finds by a rendition's name is that picture. The layer itself is looked up first, so that a record's
 * version counts for it too.
 */
export const findRuled =
  (find: FindFile, renditions: ReadonlyMap<string, Rendition>, render: Render, timings: Timings): FindFile =>
  async (account, path) => {
    const rendition = renditions.get(path)
    if (!rendition) return find(account, path)
    if (!(await find(account, rendition.path))) return null
    const deferred: Promise<unknown>[] = []
    const request = renditionRequest(account, rendition, { cache: KEPT, lane: 'batch', fromCurrentFiles: true })
    const drawn = await drawRendition(render, request, { path, etag: '' }, timings, (work) => deferred.push(work.catch(() => undefined)))
    await Promise.all(deferred)
    return drawn
  }
