import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError } from '../errors.ts'

/** What every route finds in its context. */
export interface AppEnv {
  readonly Variables: {
    readonly requestId: string
    /** What the URL or the account says of how long a 404 may be kept. */
    readonly notFoundTtlSeconds?: number
  }
}

/** Status and retry headers come from the error itself; a dialect only chooses the body. */
export type RenderError = (error: AppError) => object

export interface ErrorPolicy {
  /** Seconds for which a 404 may be kept. */
  readonly notFoundTtlSeconds: number
}

const RETRY_AFTER_SECONDS = 5
/** A file that cannot be decoded now cannot be decoded in ten minutes either, unless it is replaced. */
const UNDECODABLE_TTL_SECONDS = 600

/** A sub-app that speaks one vendor's errors and nothing else of it. */
export function createDialect(renderError: RenderError, policy: ErrorPolicy): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.onError((thrown, c) => {
    const error = AppError.from(thrown)
    const { status, retry } = error.fault
    if (status >= 500) logFailure(error, c.get('requestId'))
    c.header('Cache-Control', cacheControl(error, { notFoundTtlSeconds: c.get('notFoundTtlSeconds') ?? policy.notFoundTtlSeconds }))
    if (retry) c.header('Retry-After', String(RETRY_AFTER_SECONDS))
    if (status === 401) c.header('WWW-Authenticate', 'Bearer, Basic realm="emulsion"')
    return c.json(renderError(error), status as ContentfulStatusCode) // the table holds only statuses with a body
  })
  return app
}

function cacheControl({ code, fault }: AppError, { notFoundTtlSeconds }: ErrorPolicy): string {
  if (code === 'file_not_found') return `public, max-age=${notFoundTtlSeconds}`
  if (code === 'invalid_image' || code === 'too_many_pixels') return `public, max-age=${UNDECODABLE_TTL_SECONDS}`
  return fault.kind === 'upstream' || fault.kind === 'internal' ? 'no-store' : 'no-cache'
}

function logFailure(error: AppError, requestId: string): void {
  const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : error.cause
  console.error(JSON.stringify({ level: 'error', requestId, code: error.code, message: error.message, cause }))
}
