import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { requestId } from 'hono/request-id'
import { AppError } from '../errors.ts'
import type { AppEnv } from './dialect.ts'
import { batchRoutes, type BatchDeps } from './dialects/batch/routes.ts'
import { bytescaleRoutes, type BytescaleDeps } from './dialects/bytescale/routes.ts'
import { answerMetrics, countRequests, type MetricsDeps } from './metrics.ts'
import { EXPOSED_HEADERS } from './user-content.ts'

export interface AppDeps {
  readonly batch: BatchDeps
  readonly bytescale: BytescaleDeps
  readonly metrics: MetricsDeps
  readonly engineVersion: string
}

const ACCESS_TOKENS = '/api/v1/access_tokens/'

/** The whole HTTP side: own routes under `/-/`, then the dialects, whose paths cannot collide. */
export function createApp({ batch, bytescale, metrics, engineVersion }: AppDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(requestId())
  app.use(countRequests(metrics.metrics))
  // Sessions set a cookie, so their answers name the site and allow credentials (docs/protocols/bytescale.md §6.6); nothing else of ours does.
  const withCredentials = cors({
    origin: (origin) => origin,
    credentials: true,
    allowMethods: ['PUT', 'DELETE'],
    allowHeaders: ['Content-Type'],
    maxAge: 86_400,
  })
  app.use(`${ACCESS_TOKENS}*`, withCredentials)
  // Spec/bytescale §6.6: headers named one by one, for a wildcard does not cover Authorization.
  app.use(
    cors({
      origin: (origin, c) => (c.req.path.startsWith(ACCESS_TOKENS) ? origin : '*'),
      allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
      allowHeaders: [
        'Authorization',
        'Authorization-Token',
        'Content-Type',
        'Range',
        'If-None-Match',
        'X-Upload-Metadata',
        'Idempotency-Key',
      ],
      exposeHeaders: EXPOSED_HEADERS.split(', '),
      maxAge: 86_400,
    }),
  )
  app.get('/-/health', (c) => c.json({ status: 'ok', engine: engineVersion }, 200, { 'Cache-Control': 'no-store' }))
  app.get('/-/metrics', (c) => answerMetrics(c, metrics))
  app.route('/', batchRoutes(batch))
  const dialect = bytescaleRoutes(bytescale)
  dialect.notFound((c) => {
    throw new AppError('not_found', { reason: `Nothing is at ${JSON.stringify(c.req.path.slice(0, 200))}.` })
  })
  app.route('/', dialect)
  app.notFound((c) => c.json({ error: { code: 'not_found', message: 'Nothing is here.' } }, 404))
  return app
}
