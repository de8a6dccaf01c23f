import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { requestId } from 'hono/request-id'
import { AppError } from '../errors.ts'
import type { AppEnv } from './dialect.ts'
import { batchRoutes, type BatchDeps } from './dialects/batch/routes.ts'
import { renderError } from './dialects/bytescale/render-error.ts'
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

/** The HTTP side: the service's own routes are under `/-/`. Then come the dialects; their paths never overlap. */
export function createApp({ batch, bytescale, metrics, engineVersion }: AppDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(requestId())
  app.use(countRequests(metrics.metrics))
  // Token sessions set a cookie. Only their answers name the site and allow credentials (docs/protocols/bytescale.md §6.6).
  const withCredentials = cors({
    origin: (origin) => origin,
    credentials: true,
    allowMethods: ['PUT', 'DELETE'],
    allowHeaders: ['Content-Type'],
    maxAge: 86_400,
  })
  app.use(`${ACCESS_TOKENS}*`, withCredentials)
  // Each header has a name here, because a wildcard does not cover Authorization (docs/protocols/bytescale.md §6.6).
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
  app.route('/', bytescaleRoutes(bytescale))
  app.notFound((c) => {
    const error = new AppError('not_found', { reason: `No route matches the path ${JSON.stringify(c.req.path.slice(0, 200))}.` })
    return c.json(renderError(error), 404, { 'Cache-Control': 'no-cache' })
  })
  return app
}
