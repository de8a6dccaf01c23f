import type { Context } from 'hono'
import { AppError } from '../../../../errors.ts'
import type { Session } from '../../../../service/handles/parts/session.ts'
import { readJsonBody } from '../../../json-body.ts'
import { requestBody } from '../../../request-body.ts'
import type { FilestackApp } from '../apps.ts'
import { demandCall } from '../security/rights.ts'
import { commitBody, MAX_BODY_BYTES, pieceBody, type UploadBody } from './bodies.ts'
import { checkPartUrl, makePartUrl } from './part-url.ts'
import { locationOf, openApp, type UploadDeps, uriOf } from './start.ts'

/**
 * The upload that a body names, when the body may go on with it. The id, which only who began the upload knows, is right enough for parts: the SDK for
 * Python sends no policy with them. What is sent must hold.
 * @param needsRight for the end, which makes the file.
 * @throws AppError those of `openApp`, `forbidden`, `upload_not_found`, `invalid_parameter`.
 */
export async function openUpload(
  c: Context,
  body: UploadBody,
  deps: UploadDeps,
  needsRight: boolean,
): Promise<{ readonly app: FilestackApp; readonly session: Session }> {
  const { app, rights } = await openApp(c, body, deps)
  const isAsked = needsRight || rights.holder !== 'nobody'
  if (isAsked) demandCall(app, rights, ['pick', 'store'])
  const session = await deps.uploads.find(app.key, body.upload_id)
  const { record, size } = session.upload
  if (body.uri !== uriOf(record)) throw new AppError('invalid_parameter', { field: 'uri', reason: 'Expected the uri that start answered.' })
  if (isAsked) demandCall(app, rights, ['pick', 'store'], { path: record.key, container: record.container, size })
  return { app, session }
}

/** `POST /multipart/upload`: where the bytes of a part or a chunk go (docs/protocols/filestack.md §5). */
export async function answerPartUrl(c: Context, deps: UploadDeps): Promise<Response> {
  const body = await readJsonBody(c, pieceBody, MAX_BODY_BYTES)
  const { app, session } = await openUpload(c, body, deps, false)
  const isChunk = body.fii === true
  const offset = body.offset ?? 0
  if (!isChunk && offset > 0)
    throw new AppError('invalid_parameter', {
      field: 'offset',
      reason: 'Expected an offset with "fii" alone: other parts come as a whole.',
    })
  const ticket = { uploadId: body.upload_id, number: body.part, offset, size: body.size, isChunk, md5: body.md5 ?? null }
  await deps.uploads.expect(app.key, body.upload_id, ticket)
  const { origin } = new URL(c.req.url)
  return c.json({
    url: await makePartUrl(origin, app, ticket, session.upload.expiresAt, deps.clock),
    headers: {},
    location_url: locationOf(origin),
  })
}

/** `PUT` of the bytes. The URL is the only credential. */
export async function answerPutPart(c: Context, deps: UploadDeps): Promise<Response> {
  const { app, ticket } = await checkPartUrl(deps.apps, new URL(c.req.url), deps.clock)
  const declared = c.req.header('Content-Length')
  if (declared !== undefined && Number(declared) !== ticket.size)
    throw new AppError('invalid_body', { field: 'Content-Length', reason: `Expected ${ticket.size} bytes, received ${declared}.` })
  const body = requestBody(c.req.raw)
  if (body === null) throw new AppError('invalid_body', { reason: `Expected ${ticket.size} bytes, received none.` })
  const etag = await deps.uploads.put(app.key, ticket.uploadId, ticket, body, ticket.md5)
  return c.body(null, 200, { ETag: `"${etag}"`, 'Cache-Control': 'no-store' })
}

/** `POST /multipart/commit`: the chunks of a part are complete. */
export async function answerCommit(c: Context, deps: UploadDeps): Promise<Response> {
  const body = await readJsonBody(c, commitBody, MAX_BODY_BYTES)
  const { app, session } = await openUpload(c, body, deps, false)
  demandSize(body.size ?? session.upload.size, session)
  await deps.uploads.commit(app.key, body.upload_id, body.part)
  return c.json({})
}

/** @throws AppError `invalid_parameter` for a size of the file that is not that of the start. */
export function demandSize(size: number, { upload }: Session): void {
  if (size !== upload.size)
    throw new AppError('invalid_parameter', {
      field: 'size',
      reason: `Expected the ${upload.size} bytes that start announced, received ${size}.`,
    })
}
