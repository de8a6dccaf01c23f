import type { Context } from 'hono'
import * as z from 'zod'
import { AppError } from '../../errors.ts'
import { readJsonBody } from '../json-body.ts'
import { EXPLAIN_HEADER } from './wanted.ts'

const MAX_BODY_BYTES = 500_000

/** A wish of one of the dialects: a URL of this service, a job of the batch API, or tasks as Filestack's `POST /process` takes them. */
export const explainBody = z.union(
  [
    z.strictObject({ url: z.string().min(1).max(32_768), accept: z.string().max(1000).optional() }),
    z.strictObject({ job: z.record(z.string(), z.unknown()) }),
    z.strictObject({
      process: z.strictObject({ apikey: z.string(), sources: z.array(z.string()).length(1), tasks: z.array(z.unknown()).max(20) }),
    }),
  ],
  {
    error:
      'Expected one of { "url": text, "accept": text or absent }, { "job": object } and { "process": { "apikey": text, "sources": [one text], "tasks": [at most 20] } }.',
  },
)

export interface ExplainRouteDeps {
  /** Answers a request as the service does. */
  readonly fetch: (request: Request) => Promise<Response>
  readonly job: (c: Context, job: unknown) => Promise<Response>
  readonly process: (c: Context, key: string, tasks: unknown, source: string) => Promise<Response>
}

/**
 * `POST /-/explain`: what would be done with a wish of any dialect. The credentials are those of the dialect, or a secret key of the account. What the
 * URL answers is answered here, errors too.
 * @throws AppError `invalid_parameter`, `invalid_body`, and those of jobs and tasks.
 */
export async function answerExplainRequest(c: Context, { fetch, job, process }: ExplainRouteDeps): Promise<Response> {
  const body = await readJsonBody(c, explainBody, MAX_BODY_BYTES)
  if ('job' in body) return job(c, body.job)
  if ('process' in body) return process(c, body.process.apikey, body.process.tasks, body.process.sources[0] ?? '')
  const url = URL.canParse(body.url, c.req.url) ? new URL(body.url, c.req.url) : null
  if (!url || !/^https?:$/.test(url.protocol))
    throw new AppError('invalid_parameter', { field: 'url', reason: 'Expected a URL or a path.' })
  const headers = new Headers({ [EXPLAIN_HEADER]: 'true', ...(body.accept !== undefined && { Accept: body.accept }) })
  const authorization = c.req.header('Authorization')
  if (authorization !== undefined) headers.set('Authorization', authorization)
  const answer = await fetch(new Request(url, { headers }))
  if (!answer.ok || answer.headers.has(EXPLAIN_HEADER)) return answer
  await answer.body?.cancel()
  throw new AppError('invalid_parameter', { field: 'url', reason: 'Expected the URL of a picture.' })
}
