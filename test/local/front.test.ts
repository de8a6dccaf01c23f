import { describe, expect, it } from 'vitest'
import front, { type FrontEnv } from '../../src/local/front.ts'

/** Says what reached the service. */
const ENV: Omit<FrontEnv, 'PROXY'> = {
  SERVICE: {
    fetch: async (request) => Response.json({ url: request.url, method: request.method, headers: Object.fromEntries(request.headers) }),
  },
  PUBLIC: {
    fetch: async (url) => (url === 'http://public/-/console/index.html' ? new Response('<p>') : new Response('', { status: 404 })),
  },
  FILES: {
    '/-/console/': { headers: { 'content-type': 'text/html', etag: '"1"', 'x-rule': 'yes' }, path: '/-/console/index.html' },
    '/gone.txt': { headers: { 'content-type': 'text/plain', etag: '"2"' }, path: '/gone.txt' },
  },
  REDIRECTS: { '/-/console': '/-/console/' },
}

interface Seen {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

const ask = (path: string, init: RequestInit = {}, clientIp?: string): Promise<Response> =>
  front.fetch(Object.assign(new Request(new URL(path, 'http://host.test'), init), { cf: { clientIp } }) as unknown as Request, ENV)
const seen = async (headers: Record<string, string>, clientIp?: string): Promise<Seen> =>
  (await (await ask('/a?b=%20c', { headers }, clientIp)).json()) as Seen

describe('what reaches the service', () => {
  it.each(['MF-Original-URL', 'mf-cf-blob', 'MF-Route-Override', 'MF-Proxy-Shared-Secret', 'CF-IPCountry', 'CF-Ray'])(
    'is free of %s',
    async (name) => {
      const { url, headers } = await seen({ [name]: 'http://elsewhere.test/', 'X-Other': '1' })
      expect(url).toBe('http://host.test/a?b=%20c')
      expect(headers).toEqual({ 'x-other': '1' })
    },
  )

  it.each([
    ['192.0.2.1:5000', '192.0.2.1'],
    ['[2001:db8::1]:5000', '2001:db8::1'],
    [undefined, undefined],
  ])('carries the address that connected: %s', async (clientIp, expected) => {
    expect((await seen({ 'CF-Connecting-IP': '10.0.0.1' }, clientIp)).headers['cf-connecting-ip']).toBe(expected)
  })

  it.each([
    ['https', 'https:'],
    ['HTTPS, http', 'https:'],
    ['javascript', 'http:'],
  ])('has the scheme of a proxy in front: %s', async (scheme, expected) => {
    expect(new URL((await seen({ 'X-Forwarded-Proto': scheme })).url).protocol).toBe(expected)
  })

  it('keeps method and body', async () => {
    const echo: typeof ENV = { ...ENV, SERVICE: { fetch: async (request) => new Response(`${request.method} ${await request.text()}`) } }
    const request = new Request('http://host.test/-/console/', { method: 'POST', body: 'text' })
    expect(await (await front.fetch(request as never, echo)).text()).toBe('POST text')
  })
})

describe('static files', () => {
  it('come with their own headers', async () => {
    const response = await ask('/-/console/?a=b')
    expect([await response.text(), response.headers.get('X-Rule')]).toEqual(['<p>', 'yes'])
  })

  it('have no body for HEAD', async () => {
    const response = await ask('/-/console/', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it.each(['"1"', 'W/"1"', '"0", "1"', '*'])('are not sent again to who has them: %s', async (tag) => {
    expect((await ask('/-/console/', { headers: { 'If-None-Match': tag } })).status).toBe(304)
  })

  it('are 404 when they have gone since the start', async () => {
    expect((await ask('/gone.txt')).status).toBe(404)
  })

  it('lead to the folder', async () => {
    const response = await ask('/-/console?a=b')
    expect([response.status, response.headers.get('Location')]).toEqual([307, '/-/console/?a=b'])
  })

  it.each(['/constructor', '/__proto__', '/-/console/x'])('are nothing else: %s', async (path) => {
    expect(((await (await ask(path)).json()) as Seen).url).toBe(`http://host.test${path}`)
  })
})

it.each(['http://a:b:c/', 'http://a*/', 'http://%zz/'])('refuses the address %s', async (url) => {
  const response = await front.fetch({ url, method: 'GET', headers: new Headers() } as Request, ENV)
  expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([400, 'bad_request'])
})
