import { describe, expect, it } from 'vitest'
import { sharedCacheBefore, type SharedCache } from './shared-cache.ts'

type Answer = (request: Headers) => Response

/** A cache before a service whose answer can be exchanged, and how often that was asked. */
function before(answer: Answer): { readonly cache: SharedCache; readonly asked: () => number; answer: Answer } {
  let asked = 0
  const origin = { answer, asked: () => asked, cache: null as unknown as SharedCache }
  origin.cache = sharedCacheBefore((_path, { headers }) => {
    asked++
    return Promise.resolve(origin.answer(new Headers(headers)))
  })
  return origin
}

const saying =
  (control: string | null, more: Record<string, string> = {}, status = 200): Answer =>
  () =>
    new Response('body', { status, headers: { ...(control !== null && { 'Cache-Control': control }), ...more } })

const statusOf = async (cache: SharedCache, init?: RequestInit): Promise<string | null> =>
  (await cache.fetch('/a', init)).headers.get('Cf-Cache-Status')

describe('an answer is kept', () => {
  const CASES: readonly (readonly [name: string, answer: Answer, request: Record<string, string>, isKept: boolean])[] = [
    ['that says for how long (RFC 9111 §3)', saying('max-age=10'), {}, true],
    ['that says nothing, by its status (§4.2.2)', saying(null), {}, true],
    ['of a status without a time', saying(null, {}, 400), {}, false],
    ['that is private (§5.2.2.7)', saying('private, max-age=10'), {}, false],
    ['that nobody may store (§5.2.2.5)', saying('no-store'), {}, false],
    ['to a request with credentials (§3.5)', saying('max-age=10'), { Authorization: 'x' }, false],
    ['to such a request, when it is public', saying('public, max-age=10'), { Authorization: 'x' }, true],
    ['with a cookie', saying('public, max-age=10', { 'Set-Cookie': 'a=b' }), {}, false],
    ['that varies by everything (§4.1)', saying('public, max-age=10', { Vary: '*' }), {}, false],
    ['that the CDN may not store (RFC 9213)', saying('public, max-age=10', { 'CDN-Cache-Control': 'no-store' }), {}, false],
    [
      'that Cloudflare may not store',
      saying('public, max-age=10', { 'CDN-Cache-Control': 'max-age=1', 'Cloudflare-CDN-Cache-Control': 'no-store' }),
      {},
      false,
    ],
  ]
  it.each(CASES)('%s', async (_, answer, headers, isKept) => {
    const { cache } = before(answer)
    await cache.fetch('/a', { headers })
    expect([cache.size(), await statusOf(cache, { headers })]).toEqual(isKept ? [1, 'HIT'] : [0, 'BYPASS'])
  })
})

it('an answer goes to those who sent what it varies by', async () => {
  const { cache, asked } = before(
    (request) => new Response(request.get('Accept'), { headers: { 'Cache-Control': 'max-age=9', Vary: 'Accept' } }),
  )
  const bodyFor = async (accept: string): Promise<string> => (await cache.fetch('/a', { headers: { Accept: accept } })).text()
  expect([await bodyFor('x'), await bodyFor('y'), await bodyFor('x'), asked()]).toEqual(['x', 'y', 'x', 2])
})

describe('an old answer', () => {
  it('is asked for anew, and stays when it has not changed (§4.3)', async () => {
    const origin = before(saying('max-age=10', { ETag: '"1"' }))
    await statusOf(origin.cache)
    origin.cache.pass(10)
    origin.answer = (request) =>
      new Response(null, { status: request.get('If-None-Match') === '"1"' ? 304 : 500, headers: { 'Cache-Control': 'max-age=10' } })
    expect(await statusOf(origin.cache)).toBe('REVALIDATED')
    expect(await (await origin.cache.fetch('/a')).text()).toBe('body')
    expect(origin.asked()).toBe(2)
  })

  it('is shown while it is asked for, for as long as it may (RFC 5861 §3)', async () => {
    const { cache } = before(saying('max-age=10, stale-while-revalidate=5'))
    await statusOf(cache)
    cache.pass(14)
    expect([await statusOf(cache), await statusOf(cache)]).toEqual(['UPDATING', 'HIT'])
    cache.pass(15)
    expect(await statusOf(cache)).toBe('EXPIRED')
  })

  it('is shown when the service fails, for as long as it may (RFC 5861 §4)', async () => {
    const origin = before(saying('max-age=10, stale-if-error=5'))
    await statusOf(origin.cache)
    origin.answer = saying('no-store', {}, 503)
    origin.cache.pass(14)
    expect(await statusOf(origin.cache)).toBe('STALE')
    origin.cache.pass(1)
    expect((await origin.cache.fetch('/a')).status).toBe(503)
  })

  it('is never shown when it must be asked for (§5.2.2.2)', async () => {
    const { cache } = before(saying('max-age=10, stale-while-revalidate=50, must-revalidate'))
    await statusOf(cache)
    cache.pass(10)
    expect(await statusOf(cache)).toBe('EXPIRED')
  })
})

it('tags drop all variants of an answer, in whatever case; what is no tag is none', async () => {
  const { cache } = before(
    (request) =>
      new Response('x', {
        headers: { 'Cache-Control': 'max-age=9', Vary: 'Accept', 'Cache-Tag': `Ab, c d,${'x'.repeat(1025)},${request.get('Accept')}` },
      }),
  )
  for (const accept of ['one', 'two']) await cache.fetch('/a', { headers: { Accept: accept } })
  cache.purge({ tags: ['c d', 'x'.repeat(1025)] })
  expect(cache.size()).toBe(2)
  cache.purge({ tags: ['aB'] })
  expect(cache.size()).toBe(0)
})

it('clients get parts, headers alone and 304 of what is kept, and no header that is for the cache', async () => {
  const { cache, asked } = before(saying('max-age=9', { ETag: '"1"', 'Cache-Tag': 'a', 'Cloudflare-CDN-Cache-Control': 'max-age=9' }))
  const part = await cache.fetch('/a', { headers: { Range: 'bytes=1-2' } })
  expect([part.status, part.headers.get('Content-Range'), await part.text()]).toEqual([206, 'bytes 1-2/4', 'od'])
  const head = await cache.fetch('/a', { method: 'HEAD' })
  expect([await head.text(), head.headers.has('Cache-Tag'), head.headers.has('Cloudflare-CDN-Cache-Control')]).toEqual(['', false, false])
  expect((await cache.fetch('/a', { headers: { 'If-None-Match': '"1"' } })).status).toBe(304)
  expect(asked()).toBe(1)
})
