import { ENDLESS_ROOM, type EdgeCache } from '../service/ports.ts'

/** The Cache API wants URLs. This host is never asked: the entries are ours alone. */
const BASE = 'https://edge.emulsion.invalid/'

/**
 * Results in the Cache API of this data centre. A failure of the cache is a miss, never an error: it may forget anything at any time.
 * Nothing is dropped here: that would reach one data centre of many. What a change makes old is asked for no more, for its key has another version in it.
 * The ETag is kept in a header of its own, for the cache would answer conditional requests from the standard one.
 */
export function createEdgeResultCache(cache: Cache, room = ENDLESS_ROOM): EdgeCache {
  return {
    async get(key) {
      const response = await cache.match(BASE + key).catch(() => undefined)
      const etag = response?.headers.get('X-Result-Etag')
      if (!response?.body || etag == null) return null
      return {
        body: response.body,
        size: Number(response.headers.get('Content-Length')),
        mime: response.headers.get('Content-Type') ?? '',
        etag,
        warnings: response.headers.get('X-Result-Warnings') ?? '',
        engine: response.headers.get('X-Result-Engine') === 'second' ? 'second' : 'core',
        gainMap: response.headers.get('X-Result-Gain-Map') ?? undefined,
        quality: response.headers.get('X-Result-Quality') ?? undefined,
        ...(response.headers.get('X-Result-Later') === 'avif' && { later: 'avif' as const }),
        ...(response.headers.has('X-Result-Lossless') && { isLossless: true }),
      }
    },
    async put(key, { body, mime, etag, warnings, engine, gainMap, quality, later, isLossless }, ttlSeconds) {
      const headers = {
        'Content-Type': mime,
        'Content-Length': String(body.length),
        'Cache-Control': `public, max-age=${ttlSeconds}`,
        'X-Result-Etag': etag,
        ...(warnings !== '' && { 'X-Result-Warnings': warnings }),
        ...(engine !== 'core' && { 'X-Result-Engine': engine }),
        ...(gainMap !== undefined && { 'X-Result-Gain-Map': gainMap }),
        ...(quality !== undefined && { 'X-Result-Quality': quality }),
        ...(later && { 'X-Result-Later': later }),
        ...(isLossless && { 'X-Result-Lossless': 'true' }),
      }
      const put = (): Promise<void> => cache.put(BASE + key, new Response(body as BodyInit, { headers }))
      await room.hold(body.length, put).catch(() => undefined)
    },
    purge: () => Promise.resolve(true),
  }
}
