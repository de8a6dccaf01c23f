import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError, type ErrorCode } from '../errors.ts'
import type { Shown } from '../service/edge/tags.ts'

/** Of an answer with status 200 that is the same for everyone who sends its URL with the same `Accept`. */
export interface ForEveryone {
  readonly body: Uint8Array
  /** Whether all that the answer rests on is still believed: then the routes would give it again. Called for each answer: it may only look into memory. */
  isBelieved(): boolean
}

/** Whose URLs are of pictures alone. */
export type PictureDialect = 'iiif' | 'ipx' | 'vercel' | 'next' | 'netlify' | 'cloudflare'

/** What an answer counts as. */
export interface Counted {
  /** The pattern of its route, so that single paths do not become series. */
  readonly route: string
  readonly method: string
  readonly status: number
  /** Of its body. */
  readonly bytes: number
  /** Of a picture: who had it. */
  readonly tier: string | null
  /** Of the file of which a picture was made; 0 for other answers. */
  readonly sourceBytes: number
}

export type CountAnswer = (answer: Counted, context: Pick<ExecutionContext, 'waitUntil'>) => void

/** The variables in the context of every route. */
export interface AppEnv {
  readonly Variables: {
    readonly requestId: string
    /** How many seconds caches may keep a 404, from the URL or the account. */
    readonly notFoundTtlSeconds?: number
    /** Not everyone may see the file of this request: shared caches must not keep its errors. */
    readonly isPrivate?: boolean
    /** The size of the file of which a picture was made. */
    readonly sourceBytes?: number
    /** The files that the answer shows. */
    readonly shown?: Shown
    /** Of an answer that is the same for everyone. */
    readonly forEveryone?: ForEveryone
    /** What the answer counts as. */
    readonly counted?: Counted
  }
}

/** Makes the body of an error answer: JSON, or a text. Status and retry headers come from the error itself. */
export type RenderError = (error: AppError) => object | string

export interface ErrorPolicy {
  /** How many seconds caches may keep a 404. */
  readonly notFoundTtlSeconds: number
}

export const RETRY_AFTER_SECONDS = 5
/** A file that cannot be decoded stays so until somebody replaces it. */
const UNDECODABLE_TTL_SECONDS = 600

/** The dialect's own headers of an error answer. */
export type ErrorHeaders = (error: AppError) => Readonly<Record<string, string>>

/** A Hono app whose errors have the shape of one dialect. */
export function createDialect(renderError: RenderError, policy: ErrorPolicy, ownHeaders: ErrorHeaders = () => ({})): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.onError((thrown, c) => {
    const error = AppError.from(thrown)
    const { status, retry } = error.fault
    if (status >= 500) logFailure(error, c.get('requestId'))
    c.header(
      'Cache-Control',
      errorCacheControl(error, c.get('notFoundTtlSeconds') ?? policy.notFoundTtlSeconds, c.get('isPrivate') ?? false),
    )
    if (retry) c.header('Retry-After', String(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS))
    for (const [name, value] of Object.entries(ownHeaders(error))) c.header(name, value)
    if (status === 401) c.header('WWW-Authenticate', 'Bearer, Basic realm="emulsion"')
    const body = renderError(error)
    const withBody = status as ContentfulStatusCode // the table holds only statuses with a body
    return typeof body === 'string' ? c.text(body, withBody) : c.json(body, withBody)
  })
  return app
}

/** How many seconds caches may keep an error; `null` for errors that may pass at any time. */
function errorTtlSeconds(code: ErrorCode, notFoundTtlSeconds: number): number | null {
  if (code === 'file_not_found') return notFoundTtlSeconds
  return code === 'invalid_image' || code === 'too_many_pixels' ? UNDECODABLE_TTL_SECONDS : null
}

function errorCacheControl({ code, fault }: AppError, notFoundTtlSeconds: number, isPrivate: boolean): string {
  const ttlSeconds = errorTtlSeconds(code, notFoundTtlSeconds)
  if (ttlSeconds !== null) return isPrivate ? 'private, max-age=0' : `public, max-age=${ttlSeconds}`
  return fault.kind === 'upstream' || fault.kind === 'internal' ? 'no-store' : 'no-cache'
}

export function logFailure(error: AppError, requestId: string): void {
  const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : error.cause
  console.error(JSON.stringify({ level: 'error', requestId, code: error.code, message: error.message, cause }))
}
