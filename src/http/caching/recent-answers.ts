import type { Hono, MiddlewareHandler } from 'hono'
import type { AppEnv, CountAnswer, Counted, ForEveryone } from '../dialect.ts'

interface RecentAnswer extends ForEveryone {
  readonly headers: Headers
  readonly counted: Counted
  /** About what it takes of memory. */
  readonly size: number
}

/** Of all that an isolate remembers, and of one body. The isolate has 128 MB, most of which is for pixels. */
const MAX_BYTES = 4_000_000
const MAX_BODY_BYTES = 64_000
/** The headers of one, and its place in the list. */
const OVERHEAD_BYTES = 3000

/** What makes an answer one of its own: a request that has none of these is plain. Cookies count for private files alone. */
const NOT_PLAIN = [
  'Authorization',
  'Authorization-Token',
  'Emulsion-Explain',
  'If-Match',
  'If-Modified-Since',
  'If-None-Match',
  'If-Range',
  'If-Unmodified-Since',
  'Range',
  'Via',
  'X-Request-Id',
] as const

const isPlain = ({ method, headers }: Request): boolean => method === 'GET' && !NOT_PLAIN.some((name) => headers.has(name))

const keyOf = ({ url, headers }: Request): string => `${url}\n${headers.get('Accept') ?? ''}`

/** What answers requests. */
export interface Answering {
  fetch(request: Request, env: object, context: ExecutionContext): Promise<Response> | Response
}

export interface RecentAnswers {
  /** Remembers what the routes answer to plain requests, when it is for everyone. Stands before all other middleware. */
  readonly remember: MiddlewareHandler<AppEnv>
  /** Answers again what is remembered, and leaves all else to the routes. */
  before(app: Hono<AppEnv>): Answering
}

/**
 * Small whole answers in the memory of the isolate. The routes read a URL, check who may have what, look for the newest versions of files and name the result anew
 * each time, which takes several times as long as the answer. An answer is given again only while the routes would come to the same: so it is never older than
 * theirs.
 */
export function createRecentAnswers(count: CountAnswer): RecentAnswers {
  /** What was used last is at the end. */
  const known = new Map<string, RecentAnswer>()
  let bytes = 0

  function forget(key: string): void {
    bytes -= known.get(key)?.size ?? 0
    known.delete(key)
  }

  function find(request: Request): RecentAnswer | undefined {
    if (known.size === 0 || !isPlain(request)) return undefined
    const key = keyOf(request)
    const answer = known.get(key)
    if (!answer) return undefined
    if (!answer.isBelieved()) {
      forget(key)
      return undefined
    }
    known.delete(key)
    known.set(key, answer)
    return answer
  }

  return {
    remember: async (c, next) => {
      await next()
      const [forEveryone, counted] = [c.get('forEveryone'), c.get('counted')]
      if (!forEveryone || !counted || c.res.status !== 200 || forEveryone.body.length > MAX_BODY_BYTES || !isPlain(c.req.raw)) return
      const key = keyOf(c.req.raw)
      const headers = new Headers(c.res.headers)
      // What is in memory takes no time.
      for (const name of ['X-Request-Id', 'Server-Timing']) headers.delete(name)
      forget(key)
      const size = 2 * key.length + forEveryone.body.length + OVERHEAD_BYTES
      known.set(key, { ...forEveryone, headers, counted, size })
      bytes += size
      while (bytes > MAX_BYTES) forget(known.keys().next().value ?? '')
    },
    before: (app) => ({
      fetch(request, env, context) {
        const answer = find(request)
        if (!answer) return app.fetch(request, env, context)
        const response = new Response(answer.body as BodyInit, { headers: answer.headers })
        response.headers.set('X-Request-Id', crypto.randomUUID())
        count(answer.counted, context)
        return response
      },
    }),
  }
}
