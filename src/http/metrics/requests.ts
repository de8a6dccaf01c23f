import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { timingSafeEqual } from 'hono/utils/buffer'
import { AppError } from '../../errors.ts'
import type { Counter } from '../../service/counts/counts.ts'
import type { SharedCounts } from '../../service/counts/shared-counts.ts'
import { readBearer } from '../bearer.ts'
import type { AppEnv } from '../dialect.ts'
import { metricsText } from './text.ts'

export interface MetricsDeps {
  readonly metrics: Pick<Counter, 'add' | 'gauges'>
  readonly shared: SharedCounts
  /** Updates the gauges that are only measured on request. */
  readonly refresh: () => Promise<void>
  /** Callers must send this token as a bearer. `undefined`: everyone may read the metrics. */
  readonly token: string | undefined
}

/** Counts every answer by the pattern of its route, so that single paths do not become series. */
export const countRequests =
  ({ metrics, shared }: Pick<MetricsDeps, 'metrics' | 'shared'>): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    await next()
    const tier = c.res.headers.get('Emulsion-Cache')
    if (tier !== null) metrics.add('emulsion_cache_total', { tier })
    metrics.add('emulsion_http_requests_total', { route: routeOf(c), method: c.req.method, status: String(c.res.status) })
    shared.sendLater((work) => c.executionCtx.waitUntil(work))
  }

/** The last matching route that is not a middleware of all paths, without the patterns of its parameters. */
function routeOf(c: Context): string {
  const path = matchedRoutes(c).findLast((route) => !['*', '/*'].includes(route.path))?.path
  return path === undefined ? 'none' : path.replaceAll(/(:\w+)\{[^/]*\}/g, '$1')
}

/** `GET /-/metrics` */
export async function answerMetrics(c: Context<AppEnv>, { metrics, shared, refresh, token }: MetricsDeps): Promise<Response> {
  const given = readBearer(c.req.header('Authorization')) ?? ''
  if (token !== undefined && !(await timingSafeEqual(token, given))) return c.json({ error: new AppError('unauthorized').publicText }, 401)
  await refresh()
  return c.text(metricsText(await shared.sum(), metrics.gauges()), 200, {
    'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
    'Cache-Control': 'no-store',
  })
}
