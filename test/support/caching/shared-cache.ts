/** What stands before the body of an answer. */
interface Stored {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array<ArrayBuffer>
  /** Names and values of the request's headers that the answer varies by. */
  readonly variant: readonly (readonly [name: string, value: string | null])[]
  readonly rules: Rules
  readonly storedAt: number
}

interface Rules {
  readonly freshSeconds: number
  readonly staleWhileRevalidateSeconds: number
  readonly staleIfErrorSeconds: number
}

/** Lives without any header that says how long: Cloudflare's heuristics. */
const HEURISTIC_SECONDS: Readonly<Record<number, number>> = {
  200: 7200,
  203: 7200,
  204: 7200,
  300: 1200,
  301: 1200,
  404: 180,
  405: 60,
  410: 180,
  414: 60,
  501: 60,
}
/** The most specific wins (RFC 9213 §2.2); the first is for Cloudflare alone. */
const CONTROLS = ['Cloudflare-CDN-Cache-Control', 'CDN-Cache-Control', 'Cache-Control'] as const
const MAX_TAGS = 1000
const TAG = /^[\x21-\x7e]{1,1024}$/
const CONDITIONS = ['If-None-Match', 'If-Modified-Since', 'If-Match', 'If-Unmodified-Since', 'If-Range', 'Range'] as const

export interface SharedCache {
  fetch(path: string, init?: RequestInit): Promise<Response>
  purge(options: { readonly tags?: readonly string[] }): void
  /** Lets time pass. */
  pass(seconds: number): void
  /** How many answers are kept. */
  size(): number
}

/**
 * A shared cache in front of a service, as RFC 9111 and RFC 5861 want it, with what Cloudflare's Workers Cache does beyond them: it is keyed by path and query alone,
 * joins no `Authorization` to the key, keeps answers that say nothing by a table of statuses, serves stale on errors without end unless told otherwise,
 * answers ranges from whole answers, purges by tags, and takes its own headers out of what clients get.
 */
export function sharedCacheBefore(origin: (path: string, init: RequestInit) => Promise<Response>): SharedCache {
  const entries = new Map<string, readonly Stored[]>()
  let now = 0

  async function ask(path: string, request: Headers, validators: HeadersInit = {}): Promise<Response> {
    const headers = new Headers(request)
    for (const name of CONDITIONS) headers.delete(name)
    for (const [name, value] of new Headers(validators)) headers.set(name, value)
    return origin(path, { headers, redirect: 'manual' })
  }

  function keep(path: string, stored: Stored): void {
    const others = (entries.get(path) ?? []).filter((other) => !isVariantOf(other, stored))
    entries.set(path, [...others, stored])
  }

  /** Keeps the answer when it may. */
  async function take(path: string, request: Headers, response: Response): Promise<readonly [stored: Stored, isKept: boolean]> {
    const body = new Uint8Array(await response.arrayBuffer())
    const { status, headers } = response
    const rules = rulesOf(request, response)
    const variant = (headers.get('Vary') ?? '')
      .split(',')
      .flatMap((name) => (name.trim() === '' ? [] : [[name.trim().toLowerCase(), request.get(name.trim())] as const]))
    const none = { freshSeconds: 0, staleWhileRevalidateSeconds: 0, staleIfErrorSeconds: 0 }
    const stored = { status, headers: new Headers(headers), body, variant, rules: rules ?? none, storedAt: now }
    if (rules) keep(path, stored)
    return [stored, rules !== null]
  }

  async function renew(path: string, request: Headers, former: Stored): Promise<readonly [stored: Stored, status: string]> {
    const etag = former.headers.get('ETag')
    const lastModified = former.headers.get('Last-Modified')
    const validators = { ...(etag && { 'If-None-Match': etag }), ...(lastModified && { 'If-Modified-Since': lastModified }) }
    const response = await ask(path, request, validators)
    if (response.status === 304) {
      const headers = new Headers(former.headers)
      for (const [name, value] of response.headers) headers.set(name, value)
      const rules = rulesOf(request, new Response(null, { status: former.status, headers }))
      if (!rules) return [{ ...former, headers }, (forget(path, former), 'BYPASS')]
      const renewed = { ...former, headers, rules, storedAt: now }
      keep(path, renewed)
      return [renewed, 'REVALIDATED']
    }
    const age = now - former.storedAt
    if (response.status >= 500 && age < former.rules.freshSeconds + former.rules.staleIfErrorSeconds) return [former, 'STALE']
    forget(path, former)
    const [stored, isKept] = await take(path, request, response)
    return [stored, isKept ? 'EXPIRED' : 'BYPASS']
  }

  const forget = (path: string, stored: Stored): void =>
    void entries.set(
      path,
      (entries.get(path) ?? []).filter((other) => other !== stored),
    )

  return {
    async fetch(path, init = {}) {
      const request = new Headers(init.headers)
      const method = init.method ?? 'GET'
      if (method !== 'GET' && method !== 'HEAD') return withStatus(await origin(path, init), 'DYNAMIC')
      const found = (entries.get(path) ?? []).find(({ variant }) => variant.every(([name, value]) => request.get(name) === value))
      if (!found) {
        const [stored, isKept] = await take(path, request, await ask(path, request))
        return answer(stored, isKept ? 'MISS' : 'BYPASS', method, request, 0)
      }
      const age = now - found.storedAt
      const { freshSeconds, staleWhileRevalidateSeconds } = found.rules
      if (age < freshSeconds) return answer(found, 'HIT', method, request, age)
      if (age < freshSeconds + staleWhileRevalidateSeconds) {
        await renew(path, request, found)
        return answer(found, 'UPDATING', method, request, age)
      }
      const [stored, status] = await renew(path, request, found)
      return answer(stored, status, method, request, now - stored.storedAt)
    },
    purge({ tags = [] }) {
      const purged = new Set(tags.map((tag) => tag.toLowerCase()))
      for (const [path, stored] of entries)
        if (stored.some(({ headers }) => tagsOf(headers).some((tag) => purged.has(tag)))) entries.delete(path)
    },
    pass: (seconds) => void (now += seconds),
    size: () => [...entries.values()].reduce((sum, { length }) => sum + length, 0),
  }
}

const isVariantOf = (a: Stored, b: Stored): boolean => JSON.stringify(a.variant) === JSON.stringify(b.variant)

export const tagsOf = (headers: Headers): readonly string[] =>
  (headers.get('Cache-Tag') ?? '')
    .split(',')
    .map((tag) => tag.trim().toLowerCase())
    .filter((tag) => TAG.test(tag))
    .slice(0, MAX_TAGS)

function directivesOf(headers: Headers): ReadonlyMap<string, string> | null {
  const name = CONTROLS.find((control) => headers.has(control))
  if (name === undefined) return null
  const parts = (headers.get(name) ?? '').split(',').map((part) => part.trim().toLowerCase())
  return new Map(parts.filter(Boolean).map((part) => [part.split('=')[0] ?? '', (part.split('=')[1] ?? '').replaceAll('"', '')]))
}

/** How an answer may be kept; `null`: not at all. */
function rulesOf(request: Headers, { status, headers }: Response): Rules | null {
  if (status === 206 || status === 304 || (status >= 520 && status <= 526)) return null
  const directives = directivesOf(headers)
  if (directives?.has('no-store') || directives?.has('private') || headers.has('Set-Cookie')) return null
  if (
    headers
      .get('Vary')
      ?.split(',')
      .some((name) => name.trim() === '*')
  )
    return null
  const isOpen = ['public', 'must-revalidate', 's-maxage'].some((name) => directives?.has(name))
  if (request.has('Authorization') && !isOpen) return null
  const seconds = (name: string): number | undefined => (directives?.has(name) ? Number(directives.get(name)) : undefined)
  const explicit = directives?.has('no-cache') ? 0 : (seconds('s-maxage') ?? seconds('max-age'))
  const freshSeconds = explicit ?? HEURISTIC_SECONDS[status]
  if (freshSeconds === undefined) return null
  const isStrict = ['s-maxage', 'must-revalidate', 'proxy-revalidate'].some((name) => directives?.has(name))
  return {
    freshSeconds,
    staleWhileRevalidateSeconds: isStrict ? 0 : (seconds('stale-while-revalidate') ?? 0),
    staleIfErrorSeconds: isStrict ? 0 : (seconds('stale-if-error') ?? Infinity),
  }
}

const withStatus = (response: Response, status: string): Response => {
  const answered = new Response(response.body, response)
  answered.headers.set('Cf-Cache-Status', status)
  return answered
}

/** What the client gets: a part, nothing but headers, or 304, where it asks for that. */
function answer({ status, headers: kept, body }: Stored, cacheStatus: string, method: string, request: Headers, age: number): Response {
  const headers = new Headers(kept)
  for (const name of ['Cloudflare-CDN-Cache-Control', 'Cache-Tag']) headers.delete(name)
  headers.set('Cf-Cache-Status', cacheStatus)
  headers.set('Age', String(age))
  const etags = (request.get('If-None-Match') ?? '').split(',').map((etag) => etag.trim())
  if (status === 200 && headers.has('ETag') && etags.includes(headers.get('ETag') ?? ''))
    return new Response(null, { status: 304, headers })
  if (method === 'HEAD' || status === 304 || status === 204) return new Response(null, { status, headers })
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.get('Range') ?? '') ?? []
  if (status !== 200 || from === '') return new Response(body, { status, headers })
  const end = Math.min(to === '' ? body.length : Number(to) + 1, body.length)
  headers.set('Content-Range', `bytes ${from}-${end - 1}/${body.length}`)
  headers.set('Content-Length', String(end - Number(from)))
  return new Response(body.slice(Number(from), end), { status: 206, headers })
}
