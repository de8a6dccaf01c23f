import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { create, details, ended, post, ring } from './support/batch.ts'
import { picture, upload } from './support/client.ts'

/** The secret of vitest.config.ts. */
const SECRET = 'S2V5IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMgbG9uZyEh'
const HOOK = 'https://receiver.example.org/hook'

interface Received {
  readonly url: string
  readonly init: RequestInit
  readonly headers: Headers
  readonly body: string
  readonly at: number
}

/** Stands in for the receiver: objects run in the tests' own isolate. */
function receiver(answer: (n: number) => Response | Error): readonly Received[] {
  const received: Received[] = []
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    received.push({ url: url.href, init, headers: new Headers(init.headers), body: init.body as string, at: Date.now() })
    const response = answer(received.length)
    if (response instanceof Error) throw response
    return response
  })
  return received
}

beforeAll(async () => {
  await upload('/photo.jpg', picture('photo.jpg'))
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const callbackOf = async (id: string) => (await details(id)).callback
const settled = (id: string, status: string) =>
  vi.waitUntil(async () => ((await callbackOf(id))?.status === status ? true : null), { timeout: 10_000, interval: 20 })

async function verify({ headers, body }: Received): Promise<boolean> {
  const [version, signature = ''] = (headers.get('webhook-signature') ?? '').split(',')
  const bytes = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  const key = await crypto.subtle.importKey('raw', bytes(SECRET), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
  const signed = `${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${body}`
  return version === 'v1' && crypto.subtle.verify('HMAC', key, bytes(signature), new TextEncoder().encode(signed))
}

describe('a callback', () => {
  it('is a signed POST of the outcome', async () => {
    const received = receiver(() => new Response('thanks'))
    const id = await create({ callback: HOOK })
    await ended(id)
    await settled(id, 'DELIVERED')
    expect(received).toHaveLength(1)
    const [call] = received
    expect(call?.url).toBe(HOOK)
    expect(call?.init).toMatchObject({ method: 'POST', redirect: 'manual', signal: expect.any(AbortSignal) })
    expect(call?.headers.get('Content-Type')).toBe('application/json')
    expect(JSON.parse(call?.body ?? '')).toEqual({
      process_id: id,
      service_id: 1,
      status: 'FINISHED',
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    })
    expect(call && (await verify(call))).toBe(true)
  })

  it('of a failed process has a message', async () => {
    const received = receiver(() => new Response())
    const id = await create({ callback: HOOK, source: '/none.jpg' })
    await ended(id)
    await settled(id, 'DELIVERED')
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ status: 'FAILED', message: expect.stringContaining('/none.jpg') })
  })

  it.each<[string, () => Response | Error]>([
    ['an error status', () => new Response('', { status: 500 })],
    ['a redirect', () => Response.redirect('https://elsewhere.example.org/')],
    ['no answer', () => new Error('connection refused')],
  ])('is repeated after %s with the same id, and its attempts are visible', async (_, first) => {
    const received = receiver((n) => (n === 1 ? first() : new Response()))
    const id = await create({ callback: HOOK })
    await ended(id)
    await vi.waitUntil(async () => (await callbackOf(id))?.attempts === 1 && (await callbackOf(id))?.log.length === 1)
    await ring(id)
    expect(received, 'not before its time').toHaveLength(1)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5001 })
    await ring(id)
    expect(received).toHaveLength(2)
    expect(received[1]?.headers.get('webhook-id')).toBe(received[0]?.headers.get('webhook-id'))
    expect(await callbackOf(id)).toMatchObject({ status: 'DELIVERED', attempts: 2, log: [{ attempt: 0 }, { http_status: 200 }] })
  })

  it('is not repeated after 410', async () => {
    const received = receiver(() => new Response('', { status: 410 }))
    const id = await create({ callback: HOOK })
    await ended(id)
    await settled(id, 'STOPPED')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 })
    await ring(id)
    expect(received).toHaveLength(1)
  })

  it('waits for Retry-After', async () => {
    const received = receiver((n) => (n === 1 ? new Response('', { status: 503, headers: { 'Retry-After': '100' } }) : new Response()))
    const id = await create({ callback: HOOK })
    await ended(id)
    await vi.waitUntil(async () => (await callbackOf(id))?.log.length === 1)
    const start = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: start + 99_000 })
    await ring(id)
    expect(received).toHaveLength(1)
    vi.setSystemTime(start + 101_000)
    await ring(id)
    expect(received).toHaveLength(2)
  })

  it('is sent again by hand under its old id, and after a retry of the process under a new one', async () => {
    const received = receiver(() => new Response())
    const id = await create({ callback: HOOK })
    await ended(id)
    await settled(id, 'DELIVERED')
    expect((await post(`/request/${id}/callback`, '')).status).toBe(200)
    await vi.waitUntil(() => received.length === 2)
    await settled(id, 'DELIVERED')
    await post('/retry', { service_id: 1, process_ids: [id] })
    await vi.waitUntil(() => received.length === 3, { timeout: 10_000 })
    const ids = received.map(({ headers }) => headers.get('webhook-id'))
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
  })

  it('that nobody asked for cannot be replayed', async () => {
    const id = await create()
    await ended(id)
    expect((await post(`/request/${id}/callback`, '')).status).toBe(409)
  })
})
