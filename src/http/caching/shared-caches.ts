import type { Context, MiddlewareHandler } from 'hono'
import { type Shown, tagsOf } from '../../service/edge/tags.ts'
import type { HashText } from '../../service/ports.ts'
import type { AppEnv } from '../dialect.ts'

/** How long a cache in front of the service may answer without it. All in seconds. */
export interface FrontSettings {
  /** Without a question. */
  readonly freshSeconds: number
  /** After that, while it asks (`stale-while-revalidate`, RFC 5861 §3). */
  readonly staleSeconds: number
  /** After `freshSeconds`, when the service fails (`stale-if-error`, RFC 5861 §4). */
  readonly staleIfErrorSeconds: number
}

export interface SharedCacheDeps {
  /** Whether Cloudflare's Workers Cache stands in front of this Worker. */
  readonly isBehindWorkersCache: () => boolean
  readonly front: FrontSettings
  readonly hash: HashText
}

/** What Cloudflare's Workers Cache alone reads (RFC 9213). It takes both out of what clients get. */
const CONTROL = 'Cloudflare-CDN-Cache-Control'
const TAGS = 'Cache-Tag'
/** A request with this header wants another answer, and that cache knows an answer by its URL. Clients never send it. */
const OTHERWISE = 'Emulsion-Explain'

/** Notes what the answer will show, so that it can be dropped by its files, also when it is an error that is kept. */
export function show(c: Context<AppEnv>, shown: Shown): void {
  const former = c.get('shown')
  c.set('shown', former ? { ...shown, paths: [...former.paths, ...shown.paths] } : shown)
}

/**
 * What caches that many clients share may keep of an answer. An answer that says nothing is kept by nobody: caches would guess (RFC 9111 §4.2.2; Workers Cache two hours). What was asked
 * with credentials in a header is for its client alone. Where Cloudflare has Workers Cache in front of this Worker, the answer tells it more: for how long, what to do when that is over,
 * and by which tags it can be dropped; it keeps only what says `public`.
 */
export const forSharedCaches =
  ({ isBehindWorkersCache, front, hash }: SharedCacheDeps): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    await next()
    const { headers, status } = c.res
    const given = headers.get('Cache-Control') ?? 'no-store'
    const control = hasCredentials(c.req.raw.headers) ? given.replace(/\bpublic\b/, 'private') : given
    headers.set('Cache-Control', control)
    if (!isBehindWorkersCache()) return
    const shown = c.get('shown')
    const maxAge = headers.has('Set-Cookie') ? 0 : publicSeconds(control)
    const tags = maxAge > 0 && shown ? await tagsOf(shown, hash) : null
    headers.set(CONTROL, tags === null ? 'no-store' : frontControl(maxAge, status >= 400, front))
    if (tags === null) return
    headers.set(TAGS, tags.join(','))
    headers.append('Vary', OTHERWISE)
  }

/** Credentials in the URL are part of what a cache knows an answer by; those in headers are not. A cookie counts for private files alone. */
const hasCredentials = (headers: Headers): boolean => headers.has('Authorization') || headers.has('Authorization-Token')

/** How long everybody may keep it; 0 for what not everybody may keep, or only when it asks each time. */
function publicSeconds(control: string): number {
  const directives = control.split(',').map((directive) => directive.trim())
  if (!directives.includes('public') || directives.includes('no-cache')) return 0
  return Number(directives.find((directive) => directive.startsWith('max-age='))?.slice('max-age='.length) ?? 0)
}

/** Never longer than clients may keep it: then a URL may have expired. An error is not shown once more when the service fails. */
function frontControl(maxAge: number, isError: boolean, { freshSeconds, staleSeconds, staleIfErrorSeconds }: FrontSettings): string {
  const fresh = Math.min(freshSeconds, maxAge)
  const stale = Math.min(staleSeconds, maxAge - fresh)
  const onError = isError ? 0 : Math.min(staleIfErrorSeconds, maxAge - fresh)
  return `public, max-age=${fresh}, stale-while-revalidate=${stale}, stale-if-error=${onError}`
}
