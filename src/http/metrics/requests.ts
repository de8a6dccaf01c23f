import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { timingSafeEqual } from 'hono/utils/buffer'
import { AppError } from '../../errors.ts'
import type { Counter } from '../../service/counts/counts.ts'
import type { SharedCounts } from '../../service/counts/shared-counts.ts'
import { readBearer } from '../bearer.ts'
import type { AppEnv, CountAnswer } from '../dialect.ts'
import { metricsText } from './text.ts'

export interface MetricsDeps {
  readonly metrics: Pick<Counter, 'add' | 'gauges'>
  readonly shared: SharedCounts
  /** Updates the gauges that are only measured on request. */
  readonly refresh: () => Promise<void>
  /** Callers must send this token as a bearer. `undefined`: everyone may read the metrics. */
  readonly token: string | undefined
}

export const createCountAnswer =
  ({ metrics, shared }: Pick<MetricsDeps, 'metrics' | 'shared'>): CountAnswer =>
  ({ route, method, status, bytes, tier, sourceBytes }, context) => {
    metrics.add('emulsion_http_requests_total', { route, method, status: String(status) })
    if (bytes > 0) metrics.add('emulsion_http_body_bytes_total', { route }, bytes)
    if (tier !== null) {
      metrics.add('emulsion_cache_total', { tier })
      metrics.add('emulsion_image_bytes_total', { tier }, bytes)
      if (status === 200 && bytes > 0 && sourceBytes > bytes) metrics.add('emulsion_saved_bytes_total', {}, sourceBytes - bytes)
    }
    shared.sendLater((work) => context.waitUntil(work))
  }

/** Counts every answer of the routes. */
export const countRequests =
  (count: CountAnswer): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    await next()
    const { headers, status } = c.res
    const { method } = c.req
    const bytes = method === 'HEAD' || status === 304 ? 0 : Number(headers.get('Content-Length') ?? 0)
    const tier = headers.get('Emulsion-Cache')
    const counted = { route: routeOf(c), method, status, bytes, tier, sourceBytes: c.get('sourceBytes') ?? 0 }
    c.set('counted', counted)
    count(counted, c.executionCtx)
  }

/** The last matching route that is not a middleware of all paths, without the patterns of its parameters. */
function routeOf(c: Context): string {
  const path = matchedRoutes(c).findLast((route) => !['*', '/*'].includes(route.path))?.path
  return path === undefined ? 'none' : path.replaceAll(/(:\w+)\{[^/]*\}/g, '$1')
}

const HEADERS = { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', 'Cache-Control': 'no-store' }

/** `GET /-/metrics` */
export async function answerMetrics(c: Context<AppEnv>, { metrics, shared, refresh, token }: MetricsDeps): Promise<Response> {
  const given = readBearer(c.req.header('Authorization')) ?? ''
  if (token !== undefined && !(await timingSafeEqual(token, given))) return c.json({ error: new AppError('unauthorized').publicText }, 401)
  try {
    await refresh()
    return c.text(metricsText(await shared.sum(), metrics.gauges()), 200, HEADERS)
  } catch (thrown) {
    // A part of the sum would be lower than what was told before.
    const error = AppError.from(thrown)
    return c.json({ error: error.publicText }, error.fault.status as ContentfulStatusCode, { 'Cache-Control': 'no-store' })
  }
}
