import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { createRecentAnswers } from '../../../src/http/caching/recent-answers.ts'
import type { AppEnv, Counted } from '../../../src/http/dialect.ts'

const URL_OF_PICTURE = 'http://emulsion.test/a/image/b.jpg?w=40'
const counted: Counted = { route: '/:account/image/*', method: 'GET', status: 200, bytes: 3, tier: 'edge', sourceBytes: 9 }
const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} } as unknown as ExecutionContext

/** Routes that count their calls, behind what remembers their answers. */
function service({ status = 200, size = 3, isForEveryone = true } = {}) {
  const state = { asked: 0, counts: [] as Counted[], isBelieved: true }
  const recent = createRecentAnswers((answer) => void state.counts.push(answer))
  const app = new Hono<AppEnv>()
  app.use(recent.remember)
  app.all('*', (c) => {
    state.asked++
    const body = new Uint8Array(size).fill(state.asked)
    c.set('counted', counted)
    if (isForEveryone) c.set('forEveryone', { body, isBelieved: () => state.isBelieved })
    return new Response(body, { status, headers: { ETag: '"e"', Vary: 'Accept', 'X-Request-Id': 'first', 'Server-Timing': 'head;dur=3' } })
  })
  const answering = recent.before(app)
  const ask = async (init?: RequestInit, url = URL_OF_PICTURE): Promise<Response> => answering.fetch(new Request(url, init), {}, context)
  return { state, ask }
}

const bytesOf = async (response: Response): Promise<number[]> => [...new Uint8Array(await response.arrayBuffer())]

describe('answers that are remembered', () => {
  it('are given again with the same headers and bytes, and count', async () => {
    const { state, ask } = service()
    const [first, again] = [await ask(), await ask()]
    expect(state).toMatchObject({ asked: 1, counts: [counted] })
    const own = ['x-request-id', 'server-timing']
    const headersOf = ({ headers }: Response) => [...headers].filter(([name]) => !own.includes(name))
    expect(headersOf(again)).toEqual(headersOf(first))
    expect(await bytesOf(again)).toEqual(await bytesOf(first))
    expect(again.headers.get('Server-Timing')).toBeNull()
    const ids = [again, await ask()].map(({ headers }) => headers.get('X-Request-Id'))
    expect(new Set([...ids, 'first', null]).size).toBe(4)
  })

  it('are forgotten when anything they rest on is no longer believed', async () => {
    const { state, ask } = service()
    await ask()
    state.isBelieved = false
    expect(await bytesOf(await ask())).toEqual([2, 2, 2])
  })

  it.each<[string, RequestInit, string?]>([
    ['of another method', { method: 'HEAD' }],
    ['of another method with a body', { method: 'POST' }],
    ...[
      'Authorization',
      'Authorization-Token',
      'Emulsion-Explain',
      'If-None-Match',
      'If-Modified-Since',
      'Range',
      'If-Range',
      'If-Match',
      'Via',
      'X-Request-Id',
    ].map((name): [string, RequestInit] => [`with ${name}`, { headers: { [name]: 'x' } }]),
    ['with another Accept', { headers: { Accept: 'image/webp' } }],
    ['of another URL', {}, `${URL_OF_PICTURE}&h=1`],
    ['of another host', {}, URL_OF_PICTURE.replace('emulsion', 'other')],
  ])('are not given to a request %s', async (_, init, url) => {
    const { state, ask } = service()
    await ask()
    await ask(init, url)
    expect(state.asked).toBe(2)
    // And what such a request is answered, nobody else is given.
    await ask()
    expect(state.asked).toBe(2)
  })

  it.each<[string, Parameters<typeof service>[0]]>([
    ['that are not for everyone', { isForEveryone: false }],
    ['that are errors', { status: 404 }],
    ['that are large', { size: 64_001 }],
  ])('are none %s', async (_, kind) => {
    const { state, ask } = service(kind)
    await ask()
    await ask()
    expect(state.asked).toBe(2)
  })

  it('are bounded in memory, and what was used last stays', async () => {
    const { state, ask } = service({ size: 60_000 })
    const urlOf = (i: number): string => `${URL_OF_PICTURE}&v=${i}`
    for (let i = 0; i < 100; i++) {
      await ask({}, urlOf(i))
      await ask({}, urlOf(0))
    }
    const { asked } = state
    expect(asked).toBe(100)
    for (let i = 0; i < 100; i++) await ask({}, urlOf(i))
    expect(state.asked - asked).toBeGreaterThan(40)
    await ask({}, urlOf(99))
    expect(state.asked - asked).toBeLessThan(101)
  })
})
