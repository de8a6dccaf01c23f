import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { AppError } from '../errors.ts'
import { allowOtherSites } from './cors.ts'
import type { AppEnv } from './dialect.ts'
import { batchRoutes, type BatchDeps } from './dialects/batch/routes.ts'
import { renderError } from './dialects/bytescale/render-error.ts'
import { bytescaleRoutes, type BytescaleDeps } from './dialects/bytescale/routes.ts'
import { filestackRoutes, type FilestackDeps } from './dialects/filestack/routes.ts'
import { forSharedCaches, type SharedCacheDeps } from './caching/shared-caches.ts'
import { answerMetrics, countRequests, type MetricsDeps } from './metrics/requests.ts'

export interface AppDeps {
  readonly batch: BatchDeps
  readonly bytescale: BytescaleDeps
  readonly filestack: FilestackDeps
  readonly metrics: MetricsDeps
  readonly sharedCaches: SharedCacheDeps
  readonly engineVersion: string
}

const ACCESS_TOKENS = '/api/v1/access_tokens/'

/** The HTTP side: the service's own routes are under `/-/`. Then come the dialects; their paths never overlap. */
export function createApp({ batch, bytescale, filestack, metrics, sharedCaches, engineVersion }: AppDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(requestId())
  app.use(countRequests(metrics))
  app.use(forSharedCaches(sharedCaches))
  app.use(allowOtherSites(ACCESS_TOKENS))
  app.get('/', (c) => c.redirect('/-/console/'))
  app.get('/-/health', (c) => c.json({ status: 'ok', engine: engineVersion }, 200, { 'Cache-Control': 'no-store' }))
  app.get('/-/metrics', (c) => answerMetrics(c, metrics))
  app.route('/', batchRoutes(batch))
  // Without an app there is no door.
  if (filestack.apps.length > 0) app.route('/', filestackRoutes(filestack))
  app.route('/', bytescaleRoutes(bytescale))
  app.notFound((c) => {
    const error = new AppError('not_found', { reason: `No route matches the path ${JSON.stringify(c.req.path.slice(0, 200))}.` })
    return c.json(renderError(error), 404, { 'Cache-Control': 'no-cache' })
  })
  return app
}
