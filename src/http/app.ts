import { type Context, Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { AppError } from '../errors.ts'
import { allowOtherSites } from './cors.ts'
import { type AppEnv, createDialect } from './dialect.ts'
import { explainJob, type ExplainJobDeps } from './dialects/batch/explain.ts'
import { batchRoutes, type BatchDeps } from './dialects/batch/routes.ts'
import { renderError } from './dialects/bytescale/render-error.ts'
import { bytescaleRoutes, type BytescaleDeps } from './dialects/bytescale/routes.ts'
import { explainTasks } from './dialects/filestack/processing/answer.ts'
import { filestackRoutes, type FilestackDeps } from './dialects/filestack/routes.ts'
import { frameworkRoutes, type FrameworksDeps } from './dialects/frameworks/routes.ts'
import { iiifRoutes, type IiifDeps } from './dialects/iiif/routes.ts'
import { PREFIX as S3_PREFIX } from './dialects/s3/request.ts'
import { s3Routes } from './dialects/s3/routes.ts'
import type { S3Deps } from './dialects/s3/call.ts'
import { forSharedCaches, type SharedCacheDeps } from './caching/shared-caches.ts'
import { answerExplainRequest } from './explain/route.ts'
import { answerIngest, type IngestDeps } from './ingest/route.ts'
import { answerTranslate } from './translate/route.ts'
import { type Answering, createRecentAnswers } from './caching/recent-answers.ts'
import { answerMetrics, countRequests, createCountAnswer, type MetricsDeps } from './metrics/requests.ts'

export interface AppDeps {
  readonly batch: BatchDeps
  readonly bytescale: BytescaleDeps
  readonly filestack: FilestackDeps
  readonly iiif: IiifDeps
  readonly frameworks: FrameworksDeps
  readonly s3: S3Deps
  readonly explainJob: ExplainJobDeps
  readonly ingest: IngestDeps
  readonly metrics: MetricsDeps
  readonly sharedCaches: SharedCacheDeps
  readonly engineVersion: string
}

const ACCESS_TOKENS = '/api/v1/access_tokens/'

/** The HTTP side: what every answer goes through, then the routes. */
export function createApp(deps: AppDeps): Answering {
  const app = new Hono<AppEnv>()
  const count = createCountAnswer(deps.metrics)
  const recent = createRecentAnswers(count)
  app.use(recent.remember)
  app.use(requestId())
  app.use(countRequests(count))
  app.use(forSharedCaches(deps.sharedCaches))
  app.use(allowOtherSites(ACCESS_TOKENS))
  addRoutes(app, deps)
  return recent.before(app)
}

/** The service's own routes are under `/-/`. Then come the dialects; their paths never overlap. */
export function addRoutes(
  app: Hono<AppEnv>,
  { batch, bytescale, filestack, iiif, frameworks, s3, explainJob: jobs, ingest, metrics, engineVersion }: Omit<AppDeps, 'sharedCaches'>,
): void {
  app.get('/', (c) => c.redirect('/-/console/'))
  app.get('/-/health', (c) => c.json({ status: 'ok', engine: engineVersion }, 200, { 'Cache-Control': 'no-store' }))
  app.get('/-/metrics', (c) => answerMetrics(c, metrics))
  const dialects = new Hono<AppEnv>()
  dialects.route('/', batchRoutes(batch))
  // Without an app there is no door.
  if (filestack.apps.length > 0) dialects.route('/', filestackRoutes(filestack))
  dialects.route('/', iiifRoutes(iiif))
  dialects.route('/', frameworkRoutes(frameworks))
  dialects.route('/', bytescaleRoutes(bytescale))
  const explain = createDialect(renderError, bytescale.errors)
  explain.post('/-/explain', (c) =>
    answerExplainRequest(c, {
      fetch: async (request) => dialects.fetch(request, c.env, c.executionCtx),
      job: (context, job) => explainJob(context, job, jobs),
      process: (context, key, tasks, source) => explainTasks(context, key, tasks, source, filestack),
    }),
  )
  explain.get('/-/ingest/:account', (c) => answerIngest(c, ingest))
  explain.post('/-/translate', (c) => answerTranslate(c, bytescale.accounts))
  app.route('/', explain)
  if (s3.accounts.size > 0) app.route(S3_PREFIX, s3Routes(s3))
  app.route('/', dialects)
  for (const each of [app, dialects]) each.notFound(answerNoRoute)
}

function answerNoRoute(c: Context): Response {
  const error = new AppError('not_found', { reason: `No route matches the path ${JSON.stringify(c.req.path.slice(0, 200))}.` })
  return c.json(renderError(error), 404, { 'Cache-Control': 'no-cache' })
}
