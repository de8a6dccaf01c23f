import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import definition from '../../../emulsion.config.ts'
import { BELIEVED_BEHIND_WORKERS_CACHE_MS } from '../../../src/compose/edge.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { BELIEVED_MS } from '../../../src/service/files/recent-files.ts'
import { sharedCacheBefore, type SharedCache } from '../../support/caching/shared-cache.ts'
import { ACCOUNT, picture, SECRET_KEY, upload } from '../support/client.ts'
import { basic, OPEN, SECURED, signed, store } from '../support/filestack.ts'
import { ownedService, type Send } from '../support/owned-service.ts'

const URL_KEY = btoa('0123456789abcdef0123456789abcdef')
const key = { Authorization: `Bearer ${SECRET_KEY}` }
const front = { freshSeconds: 60, staleSeconds: 30, staleIfErrorSeconds: 300 }
/** Answers that live long at the edge: what is dropped is dropped by a purge. */
const slow = { ...definition, cache: { workersCache: front } }
const OLD = picture('photo.png')
const NEW = picture('half-transparent.png')

/** A service behind a cache that takes its purges, as Workers Cache stands in front of a Worker. */
function behindCache(settings = definition): { readonly cache: SharedCache; readonly service: Send; readonly purges: string[][] } {
  const purges: string[][] = []
  const purge = ({ tags }: { tags: string[] }) => {
    purges.push(tags)
    cache.purge({ tags })
    return Promise.resolve({ success: true, errors: [] })
  }
  const service = ownedService(settings, { EMULSION_SECURE_URL_KEY: URL_KEY }, { findWorkersCache: () => ({ purge }) })
  const cache = sharedCacheBefore(service)
  return { cache, service, purges }
}

const api = (path: string): string => `/v2/accounts/${ACCOUNT}${path}`
const image = (path: string, query: string): string => `/${ACCOUNT}/image${path}?${query}`

async function closeFolder(send: Send, folderPath: string, value: unknown = []): Promise<void> {
  const body = JSON.stringify({ folderPath, folderSettings: { publicPermissions: { set: true, value } } })
  expect((await send(api('/folders'), { method: 'PUT', headers: key, body })).status).toBe(200)
}

/** Of the files that the table names. */
const handles: Record<string, string> = {}

beforeAll(async () => {
  await upload('/shared/photo.png', picture('photo.png'))
  await upload('/shared/text.png', 'no picture')
  await upload('/shared/broken.png', picture('photo.png').slice(0, 20))
  await upload('/closed/photo.png', picture('photo.png'))
  await closeFolder(ownedService(definition), '/closed')
  handles['open'] = (await store(OPEN, picture('photo.png'), 'filename=a.png')).handle
  handles['secured'] = (await store(SECURED, picture('photo.png'), `filename=b.png&${signed({ call: ['store'] }, SECURED)}`)).handle
})

type Kind = readonly [name: string, path: () => string, init: RequestInit, status: number, isKept: boolean]

/** Each kind of answer: whether a cache that many share keeps it. */
const KINDS: readonly Kind[] = [
  ['a picture', () => image('/shared/photo.png', 'w=20'), {}, 200, true],
  ['a picture by HEAD', () => image('/shared/photo.png', 'w=20'), { method: 'HEAD' }, 200, true],
  ['a part of a picture', () => image('/shared/photo.png', 'w=20'), { headers: { Range: 'bytes=0-9' } }, 206, true],
  ['a picture by a preset', () => `/${ACCOUNT}/thumbnail/shared/photo.png`, {}, 200, true],
  ['a picture that follows Accept', () => image('/shared/photo.png', 'w=20&f=auto'), { headers: { Accept: 'image/webp' } }, 200, true],
  ['what is told of a picture', () => image('/shared/photo.png', 'f=json'), {}, 200, true],
  ['a stored file', () => `/${ACCOUNT}/raw/shared/photo.png`, {}, 200, true],
  ['a missing file', () => image('/shared/nothing.png', 'w=20'), {}, 404, true],
  ['a file that is no picture', () => image('/shared/text.png', 'w=20'), {}, 415, false],
  ['a broken picture', () => image('/shared/broken.png', 'w=20'), {}, 422, true],
  ['a picture that nobody shall keep', () => image('/shared/photo.png', 'w=20&cache=false'), {}, 200, false],
  ['a wrong parameter', () => image('/shared/photo.png', 'w=x'), {}, 400, false],
  ['a public picture, asked with a key', () => image('/shared/photo.png', 'w=20'), { headers: key }, 200, false],
  [
    'a public picture, asked with a wrong key',
    () => image('/shared/photo.png', 'w=20'),
    { headers: { Authorization: 'Bearer x' } },
    401,
    false,
  ],
  ['a public picture, asked with a cookie', () => image('/shared/photo.png', 'w=20'), { headers: { Cookie: 'session=1' } }, 200, true],
  ['a public file, asked with a key', () => `/${ACCOUNT}/raw/shared/photo.png`, { headers: key }, 200, false],
  ['a missing file, asked with a key', () => image('/shared/nothing.png', 'w=20'), { headers: key }, 404, false],
  ['a private picture without a key', () => image('/closed/photo.png', 'w=20'), {}, 401, false],
  ['a private picture with a key', () => image('/closed/photo.png', 'w=20'), { headers: key }, 200, false],
  ['a private file with a key', () => `/${ACCOUNT}/raw/closed/photo.png`, { headers: key }, 200, false],
  ['a missing private file with a key', () => image('/closed/nothing.png', 'w=20'), { headers: key }, 404, false],
  ['an explanation', () => image('/shared/photo.png', 'w=20&explain=true'), { headers: key }, 200, false],
  ['the list of a folder', () => api('/folders/list?folderPath=/shared'), { headers: key }, 200, false],
  ['a list without a key', () => api('/folders/list?folderPath=/shared'), {}, 401, false],
  ['details of a file', () => api('/files/details?filePath=/shared/photo.png'), { headers: key }, 200, false],
  ['health', () => '/-/health', {}, 200, false],
  ['metrics', () => '/-/metrics', {}, 200, false],
  ['the way to the console', () => '/', {}, 302, false],
  ['a path that does not exist', () => '/nowhere', {}, 404, false],
  ['an account that does not exist', () => '/W142hJz/image/a.png', {}, 404, false],
  ['a method that is not allowed', () => image('/shared/photo.png', 'w=20'), { method: 'DELETE' }, 405, false],
  ['a preflight', () => image('/shared/photo.png', 'w=20'), { method: 'OPTIONS', headers: { Origin: 'https://a.example' } }, 204, false],
  [
    'a batch that does not exist',
    () => '/request/abcdefghijklmnopqrstu',
    { headers: { Authorization: 'Bearer batch-secret-of-the-tests' } },
    404,
    false,
  ],
  ['a file by its handle, which asks each time', () => `/api/file/${handles['open']}`, {}, 200, false],
  ['a file by its handle that may be kept', () => `/api/file/${handles['open']}?cache=true`, {}, 200, true],
  ['metadata by a handle', () => `/api/file/${handles['open']}/metadata`, { headers: basic(OPEN.secret) }, 200, false],
  ['a processed picture', () => `/resize=width:20/${handles['open']}`, {}, 200, true],
  ['the size of a processed picture', () => `/imagesize/${handles['open']}`, {}, 200, true],
  ['a handle that does not exist', () => '/resize=width:20/AAAAAAAAAAAAAAAAAAAA', {}, 404, false],
  [
    'a file of an app that wants policies',
    () => `/api/file/${handles['secured']}?cache=true&${signed({ call: ['read'] }, SECURED)}`,
    {},
    200,
    false,
  ],
  ['a file of such an app without a policy', () => `/api/file/${handles['secured']}?cache=true`, {}, 403, false],
]

describe('a cache that many share', () => {
  const { service } = behindCache()
  const alone = ownedService(definition, { EMULSION_SECURE_URL_KEY: URL_KEY })

  it.each(KINDS)('%s', async (_, path, init, status, isKept) => {
    const { headers } = await service(path(), { ...init, redirect: 'manual' })
    expect(headers.has('Cache-Tag')).toBe(isKept)
    expect(headers.get('Cloudflare-CDN-Cache-Control')?.startsWith('public, max-age=')).toBe(isKept)
    const cache = sharedCacheBefore(service)
    expect([(await cache.fetch(path(), init)).status, cache.size() > 0]).toEqual([status, isKept])
    if (isKept) expect((await cache.fetch(path(), init)).headers.get('Cf-Cache-Status')).toBe('HIT')
  })

  it.each(KINDS)('reads no more than Cache-Control where Workers Cache is not: %s', async (_, path, init, status, isKept) => {
    const cache = sharedCacheBefore(alone)
    const { headers, status: answered } = await cache.fetch(path(), init)
    expect([answered, headers.has('Cache-Control')]).toEqual([status, true])
    expect([headers.has('Cache-Tag'), headers.has('Cloudflare-CDN-Cache-Control')]).toEqual([false, false])
    expect((await cache.fetch(path(), init)).headers.get('Cf-Cache-Status') === 'HIT').toBe(isKept)
  })
})

const bytesOf = async (response: Response): Promise<Uint8Array> => new Uint8Array(await response.arrayBuffer())

afterEach(() => void vi.useRealTimers())

type Change = (service: Send, path: string) => Promise<unknown>

const uploadAt = (service: Send, path: string, body: BodyInit): Promise<Response> =>
  service(api(`/uploads/binary?filePath=${encodeURIComponent(path)}`), {
    method: 'POST',
    headers: { ...key, 'Content-Type': 'image/png' },
    body,
  })

/** Changes of a file, and the status of a picture of it afterwards. */
const CHANGES: Readonly<Record<string, readonly [change: Change, status: number]>> = {
  'is stored over': [(service, path) => uploadAt(service, path, NEW), 200],
  'is deleted': [(service, path) => service(api(`/files?filePath=${encodeURIComponent(path)}`), { method: 'DELETE', headers: key }), 404],
  'is closed with its folder': [(service, path) => closeFolder(service, path.slice(0, path.lastIndexOf('/'))), 401],
}

/** How a picture shows a file that lies in a folder of its own; the frame lies elsewhere. */
const VIEWS: Readonly<Record<string, (path: string, frame: string) => string>> = {
  'a picture': (path) => image(path, 'w=21&f=png'),
  'a picture of a version': (path) => image(path, 'w=21&f=png&version=7'),
  'a layer of a picture': (path, frame) => image(frame, `f=png&image=${path}`),
  'a preset': (path) => `/${ACCOUNT}/thumbnail${path}`,
  'the stored file': (path) => `/${ACCOUNT}/raw${path}`,
}

describe('a purge drops what shows a file that', () => {
  const rows = Object.keys(CHANGES).flatMap((change) => Object.keys(VIEWS).map((view) => [change, view] as const))
  it.each(rows)('%s: %s', async (changed, view) => {
    const { cache, service, purges } = behindCache(slow)
    const [change, status] = CHANGES[changed] as (typeof CHANGES)[string]
    const folder = `/purged/${crypto.randomUUID()}`
    const frame = await upload(`${folder}-frame.png`, OLD)
    await uploadAt(service, `${folder}/a.png`, OLD)
    const url = (VIEWS[view] as (typeof VIEWS)[string])(`${folder}/a.png`, frame)
    const before = await cache.fetch(url)
    expect(before.status).toBe(200)
    expect((await cache.fetch(url)).headers.get('Cf-Cache-Status')).toBe('HIT')
    await change(service, `${folder}/a.png`)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + BELIEVED_BEHIND_WORKERS_CACHE_MS })
    const after = await cache.fetch(url)
    expect(after.status).toBe(status)
    expect(after.headers.get('Cf-Cache-Status')).not.toBe('HIT')
    if (status === 200) expect(await bytesOf(after)).not.toEqual(await bytesOf(before))
    expect(purges.flat().every((tag) => /^[adfp][0-9a-f]{16}$/.test(tag))).toBe(true)
  })

  it('was missing and is there', async () => {
    const { cache, service } = behindCache(slow)
    const path = `/purged/${crypto.randomUUID()}.png`
    expect((await cache.fetch(image(path, 'w=20'))).status).toBe(404)
    await uploadAt(service, path, OLD)
    expect((await cache.fetch(image(path, 'w=20'))).status).toBe(200)
  })
})

describe('an answer at the edge', () => {
  it('is shown while it is asked for, and stays when nothing has changed', async () => {
    const { cache } = behindCache(slow)
    const url = image('/shared/photo.png', 'w=23')
    const statuses: (string | null)[] = []
    for (const seconds of [0, 60, 0, 90, 0]) {
      cache.pass(seconds)
      statuses.push((await cache.fetch(url)).headers.get('Cf-Cache-Status'))
    }
    expect(statuses).toEqual(['MISS', 'UPDATING', 'HIT', 'REVALIDATED', 'HIT'])
  })

  it('is shown while the service fails; an error is not', async () => {
    const { service } = behindCache(slow)
    let fails = false
    const cache = sharedCacheBefore((path, init) => (fails ? Promise.resolve(new Response(null, { status: 503 })) : service(path, init)))
    const urls = [image('/shared/photo.png', 'w=25'), image('/shared/nothing.png', 'w=25')]
    for (const url of urls) await cache.fetch(url)
    fails = true
    cache.pass(front.freshSeconds + front.staleSeconds + 1)
    const statuses = await Promise.all(urls.map(async (url) => (await cache.fetch(url)).status))
    expect(statuses).toEqual([200, 503])
  })

  it('is no longer kept than clients may keep it, for an URL that expires', async () => {
    const { service } = behindCache(slow)
    const { headers } = await service(image('/shared/photo.png', `w=20&exp=${Date.now() + 70_500}`))
    expect(headers.get('Cloudflare-CDN-Cache-Control')).toBe('public, max-age=60, stale-while-revalidate=10, stale-if-error=10')
  })

  it('goes to those who accept its format', async () => {
    const { cache } = behindCache(slow)
    const typeFor = async (accept: string): Promise<string | null> =>
      (await cache.fetch(image('/shared/photo.png', 'w=24&f=auto'), { headers: { Accept: accept } })).headers.get('Content-Type')
    expect([await typeFor('image/webp'), await typeFor('*/*'), await typeFor('image/webp')]).toEqual([
      'image/webp',
      'image/png',
      'image/webp',
    ])
  })

  it('is not what the holder of a key has who asks for an explanation in a header', async () => {
    const { cache } = behindCache(slow)
    const url = image('/shared/photo.png', 'w=26')
    for (const status of ['MISS', 'HIT']) expect((await cache.fetch(url)).headers.get('Cf-Cache-Status')).toBe(status)
    const explained = await cache.fetch(url, { headers: { ...key, 'Emulsion-Explain': 'true' } })
    expect([explained.status, explained.headers.get('Content-Type')?.split(';')[0]]).toEqual([200, 'application/json'])
    expect((await cache.fetch(url)).headers.get('Cf-Cache-Status')).toBe('HIT')
  })

  it('is as old as an answer without it may be, at most, when every purge is refused', () => {
    const { freshSeconds, staleSeconds } = loadConfig(definition, env as never).cache.workersCache
    expect(BELIEVED_BEHIND_WORKERS_CACHE_MS + (freshSeconds + staleSeconds) * 1000).toBeLessThanOrEqual(BELIEVED_MS)
  })
})
