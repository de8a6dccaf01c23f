import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { timingSafeEqual } from 'hono/utils/buffer'
import { AppError } from '../errors.ts'
import type { Metrics } from '../service/metrics.ts'
import type { AppEnv } from './dialect.ts'

export interface MetricsDeps {
  readonly metrics: Metrics
  /** Sets the gauges that are looked up when somebody asks. */
  readonly refresh: () => Promise<void>
  /** Who asks must send it as a bearer; without one anybody may ask. */
  readonly token: string | undefined
}

/** Counts every answer by the pattern of its route, so that no path makes a series of its own. */
export const countRequests =
  (metrics: Metrics): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    await next()
    const tier = c.res.headers.get('Emulsion-Cache')
    if (tier !== null) metrics.add('emulsion_cache_total', { tier })
    metrics.add('emulsion_http_requests_total', { route: routeOf(c), method: c.req.method, status: String(c.res.status) })
  }

/** The last route that matched and is not a middleware of everything, without the patterns of its parameters. */
function routeOf(c: Context): string {
  const path = matchedRoutes(c).findLast((route) => !['*', '/*'].includes(route.path))?.path
  return path === undefined ? 'none' : path.replaceAll(/(:\w+)\{[^/]*\}/g, '$1')
}

/** `GET /-/metrics` */
export async function answerMetrics(c: Context<AppEnv>, { metrics, refresh, token }: MetricsDeps): Promise<Response> {
  const given = /^Bearer +(\S+)\s*$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? ''
  if (token !== undefined && !(await timingSafeEqual(token, given))) return c.json({ error: new AppError('unauthorized').publicText }, 401)
  await refresh()
  return c.text(await metrics.text(), 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', 'Cache-Control': 'no-store' })
}
