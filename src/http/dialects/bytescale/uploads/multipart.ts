import * as z from 'zod'
import { AppError } from '../../../../errors.ts'
import { demandTags, permitOf, type Caller } from '../../../../service/access/access.ts'
import { isWithin } from '../../../../service/files/path-scope.ts'
import type { MultipartUploads } from '../../../../service/files/multipart-upload.ts'
import { partRange, type PendingUpload } from '../../../../service/files/upload-session.ts'
import { addressGroup } from '../../../../service/outbound/ranges.ts'
import type { BytescaleContext } from '../env.ts'
import { readJsonBody } from '../../../json-body.ts'
import { destinationSchema, metadataSchema, tagsSchema } from './destination-schema.ts'
import { rawFileUrl } from '../url.ts'
import type { UploadUrls } from './part-url.ts'

const MAX_BODY_BYTES = 20_000

export const beginSchema = z.strictObject({
  size: z.int().min(0),
  mime: z.string().optional(),
  originalFileName: z.string().optional(),
  path: destinationSchema.optional(),
  metadata: metadataSchema.optional(),
  tags: tagsSchema.optional(),
  protocol: z.enum(['1.0', '1.1']).optional(),
})
export const completeSchema = z.strictObject({ etag: z.string().min(1).max(255) })

export interface MultipartRouteDeps {
  readonly multipart: MultipartUploads
  readonly uploadUrls: UploadUrls
}

/** `POST …/uploads`: BeginMultipartUpload (docs/protocols/bytescale.md §5.2). */
export async function answerBeginUpload(c: BytescaleContext, caller: Caller, deps: MultipartRouteDeps): Promise<Response> {
  const body = await readJsonBody(c, beginSchema, MAX_BODY_BYTES)
  demandTags(caller, body.tags ?? [])
  const upload = await deps.multipart.begin({
    account: caller.account,
    sender: {
      keyId: caller.keyId,
      address: addressGroup(c.req.header('CF-Connecting-IP') ?? ''),
      isTrusted: caller.kind === 'secret',
    },
    destination: body.path,
    defaults: caller.defaults,
    size: body.size,
    mime: body.mime ?? null,
    originalFileName: body.originalFileName ?? null,
    metadata: body.metadata ?? {},
    tags: body.tags ?? [],
    permit: permitOf(caller),
    endsWithItsPart: body.protocol !== '1.1',
  })
  const { origin } = new URL(c.req.url)
  const uploadParts = { count: upload.partCount, first: await describePart(origin, upload, 0, deps) }
  return c.json({ file: describeFile(origin, upload), uploadId: upload.uploadId, uploadParts })
}

/** `GET …/uploads/{uploadId}/parts/{i}` */
export async function answerGetPart(c: BytescaleContext, { account }: Caller, deps: MultipartRouteDeps): Promise<Response> {
  const { uploadId, index } = partOf(c)
  const upload = await deps.multipart.part(account, uploadId, index)
  return c.json(await describePart(new URL(c.req.url).origin, upload, index, deps))
}

/** `PUT …/uploads/{uploadId}/parts/{i}`: CompleteUploadPart. */
export async function answerCompletePart(c: BytescaleContext, { account }: Caller, { multipart }: MultipartRouteDeps): Promise<Response> {
  const { uploadId, index } = partOf(c)
  const { etag } = await readJsonBody(c, completeSchema, MAX_BODY_BYTES)
  const done = await multipart.completePart(account, uploadId, index, unquoted(etag))
  return c.json(done.phase === 'finished' ? { status: 'Completed', etag: `"${done.etag}"` } : { status: 'Pending' })
}

/** `GET …/uploads/{uploadId}/parts` */
export async function answerListParts(c: BytescaleContext, { account }: Caller, { multipart }: MultipartRouteDeps): Promise<Response> {
  return c.json({ remainingUploadParts: await multipart.remainingParts(account, c.req.param('uploadId') ?? '') })
}

/** `DELETE …/uploads/{uploadId}` gives an upload up. It takes the key that began it, or a secret key that reaches its path. */
export async function answerAbortUpload(c: BytescaleContext, caller: Caller, { multipart }: MultipartRouteDeps): Promise<Response> {
  await multipart.abort(
    caller.account,
    c.req.param('uploadId') ?? '',
    ({ keyId, path }) => keyId === caller.keyId || (caller.kind === 'secret' && isWithin(caller.folder, path)),
  )
  return c.json({})
}

/** `PUT uploadUrl`: the bytes of a part. Its URL is the only credential. */
export async function answerPutPart(
  c: BytescaleContext,
  account: string,
  { multipart, uploadUrls }: MultipartRouteDeps,
): Promise<Response> {
  const { uploadId, index } = partOf(c)
  await uploadUrls.check(account, uploadId, index, new URL(c.req.url).searchParams)
  const declared = c.req.header('Content-Length')
  const etag = await multipart.storePart(account, uploadId, index, c.req.raw.body, declared === undefined ? null : Number(declared))
  return c.body(null, 200, { ETag: `"${etag}"`, 'Cache-Control': 'no-store' })
}

function partOf(c: BytescaleContext): { readonly uploadId: string; readonly index: number } {
  const text = c.req.param('index') ?? ''
  if (!/^\d{1,5}$/.test(text))
    throw new AppError('invalid_parameter', {
      field: 'uploadPartIndex',
      reason: `Expected a part's index, received ${JSON.stringify(text.slice(0, 20))}.`,
    })
  return { uploadId: c.req.param('uploadId') ?? '', index: Number(text) }
}

/** The client sends the header as it is, quotes included. */
const unquoted = (etag: string): string => /^"([^"]*)"$/.exec(etag)?.[1] ?? etag

const describeFile = (origin: string, { account, path, startedAt, meta, size }: PendingUpload) => ({
  accountId: account,
  filePath: path,
  fileUrl: rawFileUrl(origin, account, path),
  etag: null,
  lastModified: startedAt,
  ...meta,
  size,
})

/** An empty file is one part with the range 0 to −1. */
async function describePart(origin: string, upload: PendingUpload, index: number, { uploadUrls }: MultipartRouteDeps) {
  const { account, uploadId, expiresAt } = upload
  const { start, end } = partRange(upload, index)
  return {
    uploadId,
    uploadPartIndex: index,
    uploadUrl: await uploadUrls.make(origin, account, uploadId, index, expiresAt),
    range: { inclusiveStart: start, inclusiveEnd: end - 1 },
  }
}
