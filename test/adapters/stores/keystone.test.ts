import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SwiftSettings } from '../../../src/adapters/stores/swift-login.ts'
import { createSwiftStore } from '../../../src/adapters/stores/swift.ts'
import { AppError } from '../../../src/errors.ts'
import { freePort } from '../../support/stores/servers.ts'

const wait = async (): Promise<void> => undefined

/** Answers as OpenStack's Identity API documents it, and as a Swift that takes each token for one call. */
let server: Server
let url: string
const seen: { path: string; body: unknown }[] = []
let [tokens, used] = [0, true]
const catalogue = (urlOf: (region: string) => object) => [
  { type: 'compute', endpoints: [{ region: 'ORD', interface: 'public', url: 'http://compute', publicURL: 'http://compute' }] },
  { type: 'object-store', endpoints: [{ region: 'ORD', interface: 'admin', url: 'http://inside' }, urlOf('LON'), urlOf('ORD')] },
]

beforeAll(async () => {
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  server = createServer((request, response) => {
    void (async (): Promise<unknown> => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const path = request.url ?? ''
      const json = (status: number, body: object, headers: Record<string, string> = {}) =>
        response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
      const log = (): void => {
        tokens += 1
        used = false
        seen.push({ path, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown })
      }
      if (path === '/v3/auth/tokens') {
        log()
        const catalog = catalogue((region) => ({ region, interface: 'public', url: `${url}/${region}/v1/AUTH_a` }))
        return json(201, { token: { catalog } }, { 'X-Subject-Token': `t${tokens}` })
      }
      if (path === '/v2.0/tokens') {
        log()
        const serviceCatalog = catalogue((region) => ({ region, publicURL: `${url}/${region}/v1/AUTH_a` }))
        return json(200, { access: { token: { id: `t${tokens}` }, serviceCatalog } })
      }
      if (path === '/odd/auth/tokens') return json(201, { token: { catalog: { no: 'list' } } }, { 'X-Subject-Token': 't' })
      if (used || request.headers['x-auth-token'] !== `t${tokens}`) return json(401, {})
      used = true
      seen.push({ path, body: null })
      return response.writeHead(200, { 'Content-Length': '5', ETag: '"e"' }).end()
    })()
  })
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
})
afterAll(() => void server.close())

const settings: SwiftSettings = {
  name: 'swift',
  authUrl: '',
  version: '3',
  user: 'someone',
  password: 'secret',
  isApiKey: false,
  project: 'shop',
  domain: 'Default',
  region: undefined,
}
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (thrown: unknown) => (thrown instanceof AppError ? `${thrown.code}: ${thrown.reason}` : String(thrown)),
  )

describe('Keystone', () => {
  it.each<[string, Partial<SwiftSettings>, string, object]>([
    [
      'v3, with the scope of a project',
      { region: 'ORD' },
      'ORD',
      {
        auth: {
          identity: { methods: ['password'], password: { user: { name: 'someone', password: 'secret', domain: { name: 'Default' } } } },
          scope: { project: { name: 'shop', domain: { name: 'Default' } } },
        },
      },
    ],
    [
      'v2, with a tenant',
      { version: '2' },
      'LON',
      { auth: { passwordCredentials: { username: 'someone', password: 'secret' }, tenantName: 'shop' } },
    ],
    [
      "v2, with a key of Rackspace's",
      { version: '2', isApiKey: true, project: undefined, region: 'ORD' },
      'ORD',
      { auth: { 'RAX-KSKEY:apiKeyCredentials': { username: 'someone', apiKey: 'secret' } } },
    ],
  ])('%s: logs in, finds the store of its region, and renews a token that is refused', async (_, change, region, body) => {
    const authUrl = `${url}/${change.version === '2' ? 'v2.0' : 'v3'}/`
    const store = createSwiftStore({ ...settings, ...change, authUrl }, wait)
    seen.length = 0
    expect((await store.head('c', 'é'))?.size).toBe(5)
    expect((await store.head('c', 'é'))?.size).toBe(5)
    const login = { path: new URL(authUrl).pathname + (change.version === '2' ? 'tokens' : 'auth/tokens'), body }
    const call = { path: `/${region}/v1/AUTH_a/c/%C3%A9`, body: null }
    expect(seen).toEqual([login, call, login, call])
  })

  it.each([
    ['a region that is not there', '/v3', { region: 'SYD' }, 'named no address of an object store for the region.'],
    ['an answer of another form', '/odd', {}, 'answered something of another form than expected.'],
  ])('%s is a failure of the store', async (_, path, change, sentence) => {
    const store = createSwiftStore({ ...settings, ...change, authUrl: url + path }, wait)
    expect(await codeOf(store.head('c', 'k'))).toBe(`store_failed: The store "swift" ${sentence}`)
  })
})
