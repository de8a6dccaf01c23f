import type { Context } from 'hono'
import type { AppError } from '../errors.ts'
import { INFO_MIME } from '../image/info/inform.ts'
import { type AutoFormat, codec, FORMAT_NAMES } from '../image/plan.ts'
import { readStream } from '../service/files/content/read-stream.ts'
import { splitExtension } from '../service/files/path.ts'
import type { Rendered } from '../service/render/results/render-request.ts'
import type { Timings } from '../service/render/timings.ts'
import { readRange } from './conditional.ts'
import { serverTiming, userContentHeaders } from './user-content.ts'

/** How a picture is delivered, whatever it shows. */
export interface PictureDelivery {
  /** Of the source: the result has it with the extension of its own format. */
  readonly fileName: string
  readonly download: boolean
  readonly cacheControl: string
  readonly timings: Timings
}

/** Answers GET or HEAD with a rendered picture, or a part of it, or 304. @throws AppError `range_not_satisfiable`. */
export function answerPicture(c: Context, rendered: Rendered, delivery: PictureDelivery): Promise<Response> | Response {
  c.set('sourceBytes', rendered.sourceBytes)
  const headers = pictureHeaders(rendered, delivery)
  return rendered.notModified ? new Response(null, { status: 304, headers }) : partOf(c, rendered, headers)
}

/**
 * Answers with a picture that stands in for one that failed: with the failure's status, so that nobody takes it for that one, and whole, for there are
 * no versions of a failure.
 */
export async function answerInstead(
  c: Context,
  rendered: Rendered,
  { code, fault }: AppError,
  delivery: PictureDelivery,
): Promise<Response> {
  const { ETag: _tag, 'Accept-Ranges': _ranges, ...headers } = pictureHeaders(rendered, delivery)
  const body = rendered.body instanceof Uint8Array ? rendered.body : await readStream(rendered.body)
  return new Response(c.req.method === 'HEAD' ? null : (body as BodyInit), {
    status: fault.status,
    headers: { ...headers, 'Content-Length': String(rendered.size), 'Emulsion-Fallback': code },
  })
}

/** @returns whether the client has gone; other requests may ask too, which may not touch the signal. */
export function watchClient(signal: AbortSignal): () => boolean {
  let hasGone = signal.aborted
  signal.addEventListener('abort', () => (hasGone = true))
  return () => hasGone
}

const pictureHeaders = (rendered: Rendered, { fileName, download, cacheControl, timings }: PictureDelivery): Record<string, string> => ({
  ...(rendered.mime !== '' && { 'Content-Type': rendered.mime }),
  ...userContentHeaders(resultFileName(fileName, rendered.mime), download),
  ETag: `"${rendered.etag}"`,
  'Cache-Control': cacheControl,
  'Accept-Ranges': 'bytes',
  'Emulsion-Cache': rendered.tier,
  ...(rendered.warnings !== '' && { 'Emulsion-Warnings': rendered.warnings }),
  ...(rendered.gainMap !== undefined && { 'Emulsion-Gain-Map': rendered.gainMap }),
  ...(rendered.quality !== undefined && { 'Emulsion-Quality': rendered.quality }),
  ...(rendered.later !== undefined && { 'Emulsion-Later': rendered.later }),
  ...(rendered.isLossless && { 'Emulsion-Lossless': 'true' }),
  ...(rendered.engine !== 'core' && { 'Emulsion-Engine': rendered.engine }),
  'Server-Timing': serverTiming(timings),
})

/** `photo.heic` as WebP is downloaded as `photo.webp`. */
export function resultFileName(fileName: string, mime: string): string {
  const format = FORMAT_NAMES.find((name) => codec(name).mime === mime)
  const { name, extension } = splitExtension(fileName)
  if (mime === INFO_MIME) return `${name}.json`
  return format === undefined ? name + extension : `${name}.${codec(format).extension}`
}

async function partOf(c: Context, { body, size, etag }: Rendered, headers: Record<string, string>): Promise<Response> {
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

/** Whether an `Accept` header names a type. A wildcard does not: browsers add one to the newer types that they show. */
export const isNamed = (accept: string | undefined, mime: string): boolean =>
  (accept ?? '').split(',').some((range) => {
    const [type = '', ...params] = range.split(';').map((part) => part.trim().toLowerCase())
    return type === mime && !params.some((param) => /^q=0(\.0*)?$/.test(param))
  })

/** One of three words for all headers there are, so that results are not kept once for each of them. */
export const autoFormat = (accept: string | undefined): AutoFormat =>
  isNamed(accept, 'image/avif') ? 'auto-avif' : isNamed(accept, 'image/webp') ? 'auto-webp' : 'auto'
