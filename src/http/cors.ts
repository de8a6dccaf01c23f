import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { AppEnv } from './dialect.ts'
import { EXPOSED_HEADERS } from './user-content.ts'

const DAY_SECONDS = 86_400

/** Every request header that the service reads and that a page may set, those of S3's clients, and those that the Filestack SDK adds. A wildcard would not cover `Authorization` (Fetch standard §3.3.3). */
export const ALLOWED_HEADERS = [
  'Authorization',
  'Authorization-Token',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Type',
  'Emulsion-Explain',
  'Filestack-Source',
  'Filestack-Trace-Id',
  'Filestack-Trace-Span',
  'Filestack-Upload-Region',
  'Idempotency-Key',
  'If-Match',
  'If-Modified-Since',
  'If-None-Match',
  'If-Range',
  'If-Unmodified-Since',
  'Last-Event-ID',
  'Prefer',
  'Range',
  'X-Amz-Checksum-Algorithm',
  'X-Amz-Checksum-Type',
  'X-Amz-Copy-Source',
  'X-Amz-Copy-Source-Range',
  'X-Amz-Date',
  'X-Amz-Expected-Bucket-Owner',
  'X-Amz-Metadata-Directive',
  'X-Amz-Mp-Object-Size',
  'X-Amz-Security-Token',
  'X-Amz-Trailer',
  'X-Request-Id',
  'X-Upload-Metadata',
] as const

const forEveryone = cors({
  origin: '*',
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
  allowHeaders: [...ALLOWED_HEADERS],
  exposeHeaders: EXPOSED_HEADERS.split(', '),
  maxAge: DAY_SECONDS,
})

const withCredentials = cors({
  origin: (origin) => origin,
  credentials: true,
  allowMethods: ['PUT', 'DELETE'],
  allowHeaders: ['Content-Type'],
  exposeHeaders: EXPOSED_HEADERS.split(', '),
  maxAge: DAY_SECONDS,
})

/**
 * CORS of all routes. Token sessions set a cookie: only their answers, below `sessionPath`, name the site and allow credentials
 * (docs/protocols/bytescale.md §6.6). All other answers are the same for every site, so they do not vary by `Origin`.
 */
export const allowOtherSites =
  (sessionPath: string): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const isSession = c.req.path.startsWith(sessionPath)
    const preflight = await (isSession ? withCredentials : forEveryone)(c, next)
    // hono/cors adds Access-Control-Request-Headers, but the list of allowed headers is fixed.
    for (const headers of preflight instanceof Response ? [preflight.headers, c.res.headers] : []) {
      headers.delete('Vary')
      if (isSession) headers.set('Vary', 'Origin')
    }
    return preflight
  }
