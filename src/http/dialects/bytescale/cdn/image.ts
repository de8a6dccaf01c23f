import { codec, FORMAT_NAMES } from '../../../../image/plan.ts'
import { cacheGeneration } from '../../../../service/access/account-snapshot.ts'
import { fileNameOf, splitExtension } from '../../../../service/files/path.ts'
import { type CachePolicy, type Render, type Rendered, timeToKeep } from '../../../../service/render/render.ts'
import { createTimings, type Timings } from '../../../../service/render/timings.ts'
import type { Clock, FileStore } from '../../../../service/ports.ts'
import { readStream } from '../../../../service/files/content/read-stream.ts'
import { isNotModified, readRange } from '../../../conditional.ts'
import type { BytescaleContext } from '../env.ts'
import { serverTiming, userContentHeaders } from '../../../user-content.ts'
import type { OpenTarget } from './target.ts'
import type { Delivery } from '../image-query/delivery.ts'
import { readImageWish } from './wish.ts'
import { cacheControl, timeToLive } from './time-to-live.ts'

export interface ImageDeps {
  readonly files: FileStore
  readonly render: Render
  readonly clock: Clock
}

/** `GET|HEAD /{account}/image{path}?…`, and the same for a preset. The target's query already contains the preset's parameters. */
export async function answerImage(c: BytescaleContext, target: OpenTarget, { files, render, clock }: ImageDeps): Promise<Response> {
  const { account, query } = target
  const { path, plan, delivery, variesByAccept, isPrivate } = await readImageWish(target, query, c.req.header('Accept'), files)
  c.set('isPrivate', isPrivate)
  c.set('notFoundTtlSeconds', delivery.notFoundTtlSeconds ?? target.cache.notFoundTtlSeconds)
  const ttlSeconds = timeToLive(delivery, target.cache, clock)
  const timings = createTimings(clock)
  const request = {
    account,
    path,
    plan,
    cache: cachePolicy(delivery, ttlSeconds, target),
    isFresh: (etag: string) => isNotModified(c.req.raw.headers, { etag }),
    isGone: watchClient(c.req.raw.signal),
  }
  const rendered = await render(request, timings, (work) => c.executionCtx.waitUntil(work))
  const cached = cacheControl(delivery, timeToKeep(rendered, ttlSeconds), isPrivate)
  const headers = imageHeaders(rendered, path, delivery, cached, timings)
  // Appended: access by a cookie has already added Origin.
  if (variesByAccept) c.header('Vary', 'Accept', { append: true })
  if (rendered.notModified) return new Response(null, { status: 304, headers })
  return partOf(c, rendered, headers)
}

/** @returns whether the client has gone; other requests may ask too, which may not touch the signal. */
function watchClient(signal: AbortSignal): () => boolean {
  let hasGone = signal.aborted
  signal.addEventListener('abort', () => (hasGone = true))
  return () => hasGone
}

/** `cache=false` makes the result anew and keeps nothing. */
export const cachePolicy = (delivery: Delivery, ttlSeconds: number, { snapshot, processing, path, cache }: OpenTarget): CachePolicy => ({
  use: delivery.cache,
  only: delivery.cacheOnly,
  permanent: delivery.cachePermanently ?? cache.permanent,
  ttlSeconds,
  version: `${cacheGeneration(snapshot, processing, path)}/${delivery.version ?? ''}`,
})

function imageHeaders(rendered: Rendered, path: string, delivery: Delivery, cached: string, timings: Timings): Record<string, string> {
  return {
    ...(rendered.mime !== '' && { 'Content-Type': rendered.mime }),
    ...userContentHeaders(resultFileName(path, rendered.mime), delivery.download),
    ETag: `"${rendered.etag}"`,
    'Cache-Control': cached,
    'Accept-Ranges': 'bytes',
    'Emulsion-Cache': rendered.tier,
    ...(rendered.warnings !== '' && { 'Emulsion-Warnings': rendered.warnings }),
    ...(rendered.engine !== 'core' && { 'Emulsion-Engine': rendered.engine }),
    'Server-Timing': serverTiming(timings),
  }
}

/** `photo.heic` as WebP is downloaded as `photo.webp`. */
export function resultFileName(path: string, mime: string): string {
  const format = FORMAT_NAMES.find((name) => codec(name).mime === mime)
  const { name, extension } = splitExtension(fileNameOf(path))
  return format === undefined ? name + extension : `${name}.${codec(format).extension}`
}

async function partOf(c: BytescaleContext, { body, size, etag }: Rendered, headers: Record<string, string>): Promise<Response> {
  const range = readRange(c, size, { etag })
  if (range === null)
    return new Response(c.req.method === 'HEAD' ? null : (body as BodyInit), { headers: { ...headers, 'Content-Length': String(size) } })
  const bytes = body instanceof Uint8Array ? body : await readStream(body)
  return new Response(bytes.slice(range.start, range.end), {
    status: 206,
    headers: {
      ...headers,
      'Content-Range': `bytes ${range.start}-${range.end - 1}/${size}`,
      'Content-Length': String(range.end - range.start),
    },
  })
}
