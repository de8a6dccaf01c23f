import type { Context } from 'hono'
import { readJsonBody } from '../../../json-body.ts'
import { fileUrl } from '../store/answer.ts'
import { completeBody, MAX_COMPLETE_BYTES } from './bodies.ts'
import { demandSize, openUpload } from './pieces.ts'
import { demandPlain, type UploadDeps } from './start.ts'

/** `POST /multipart/complete`: joins the parts; 202 while that goes on (docs/protocols/filestack.md §5). */
export async function answerComplete(c: Context, deps: UploadDeps): Promise<Response> {
  const body = await readJsonBody(c, completeBody, MAX_COMPLETE_BYTES)
  const { app, session } = await openUpload(c, body, deps, true)
  demandPlain(body.store)
  demandSize(body.size, session)
  const listed = (body.parts ?? []).map(({ part_number, etag }) => ({ number: part_number, etag: unquoted(etag) }))
  const state = await deps.uploads.complete(app.key, body.upload_id, listed, body.fii === true)
  if (state === 'joining') return c.json({ status: 'Pending' }, 202)
  const { record, meta, size } = session.upload
  return c.json({
    handle: record.handle,
    url: fileUrl(new URL(c.req.url).origin, record.handle),
    container: record.container,
    key: record.key,
    filename: meta.originalFileName,
    type: meta.mime,
    mimetype: meta.mime,
    size,
    status: 'Stored',
  })
}

/** The client sends the header as it is, quotes included. */
const unquoted = (etag: string): string => /^"([^"]*)"$/.exec(etag)?.[1] ?? etag
