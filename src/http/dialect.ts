import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError } from '../errors.ts'

/** The variables in the context of every route. */
export interface AppEnv {
  readonly Variables: {
    readonly requestId: string
    /** How many seconds caches may keep a 404, from the URL or the account. */
    readonly notFoundTtlSeconds?: number
  }
}

/** Makes the body of an error answer. Status and retry headers come from the error itself. */
export type RenderError = (error: AppError) => object

export interface ErrorPolicy {
  /** How many seconds caches may keep a 404. */
  readonly notFoundTtlSeconds: number
}

const RETRY_AFTER_SECONDS = 5
/** A file that cannot be decoded stays so until somebody replaces it. */
const UNDECODABLE_TTL_SECONDS = 600

/** A Hono app whose errors have the shape of one dialect. */
export function createDialect(renderError: RenderError, policy: ErrorPolicy): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.onError((thrown, c) => {
    const error = AppError.from(thrown)
    const { status, retry } = error.fault
    if (status >= 500) logFailure(error, c.get('requestId'))
    c.header('Cache-Control', errorCacheControl(error, { notFoundTtlSeconds: c.get('notFoundTtlSeconds') ?? policy.notFoundTtlSeconds }))
    if (retry) c.header('Retry-After', String(RETRY_AFTER_SECONDS))
    if (status === 401) c.header('WWW-Authenticate', 'Bearer, Basic realm="emulsion"')
    return c.json(renderError(error), status as ContentfulStatusCode) // the table holds only statuses with a body
  })
  return app
}

function errorCacheControl({ code, fault }: AppError, { notFoundTtlSeconds }: ErrorPolicy): string {
  if (code === 'file_not_found') return `public, max-age=${notFoundTtlSeconds}`
  if (code === 'invalid_image' || code === 'too_many_pixels') return `public, max-age=${UNDECODABLE_TTL_SECONDS}`
  return fault.kind === 'upstream' || fault.kind === 'internal' ? 'no-store' : 'no-cache'
}

function logFailure(error: AppError, requestId: string): void {
  const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : error.cause
  console.error(JSON.stringify({ level: 'error', requestId, code: error.code, message: error.message, cause }))
}
