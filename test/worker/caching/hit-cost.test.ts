import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import definition from '../../../emulsion.config.ts'
import { createService } from '../../../src/compose/index.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { Env } from '../../../src/env.ts'
import { BELIEVED_MS } from '../../../src/service/files/recent-files.ts'
import { ACCOUNT, ORIGIN, picture, request, SECRET_KEY, upload } from '../support/client.ts'

const { RESULTS } = env as unknown as { readonly RESULTS: R2Bucket } // wrangler.toml

/** The calls of every binding, by its name; and how often one began while no other was under way. */
const calls: string[] = []
const waits = { begun: 0, underWay: 0 }

/** An object whose calls are noted. */
const noting = <T extends object>(name: string, object: T): T =>
  new Proxy(object, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        calls.push(`${name}.${String(key)}`)
        const answered = (value as (...given: unknown[]) => unknown).apply(target, args)
        if (!(answered instanceof Promise)) return answered
        if (waits.underWay++ === 0) waits.begun++
        return answered.finally(() => waits.underWay--)
      }
    },
  })

const bindings = Object.fromEntries(
  Object.entries(env as unknown as Record<string, unknown>).map(([name, binding]) => [
    name,
    typeof binding === 'object' && binding !== null ? noting(name, binding) : binding,
  ]),
) as unknown as Env // what wrangler.toml binds

const { app } = createService(loadConfig(definition, env as unknown as Record<string, unknown>), bindings)

/** What one request calls until its answer is there. */
async function callsOf(path: string): Promise<readonly [tier: string | null, calls: readonly string[]]> {
  const context = createExecutionContext()
  calls.length = 0
  waits.begun = 0
  const response = await app.fetch(new Request(`${ORIGIN}/${ACCOUNT}${path}`), bindings, context)
  await response.arrayBuffer()
  return [response.headers.get('Emulsion-Cache'), [...calls]]
}

afterEach(() => void vi.useRealTimers())

/** Has the picture made, by the Worker under test: what that does afterwards is nobody's call here. */
async function made(path: string): Promise<string> {
  const url = `/image${await upload(path, picture('photo.png'))}?w=20&f=png`
  await vi.waitUntil(async () => (await request(`/${ACCOUNT}${url}`)).headers.get('Emulsion-Cache') === 'edge')
  await vi.waitUntil(async () => (await callsOf(url))[0] === 'edge')
  return url
}

it('a hit asks no Durable Object, and R2 for its file at most', async () => {
  const [url, other] = [await made('/hits/a.png'), await made('/hits/b.png')]
  expect(await callsOf(url)).toEqual(['edge', []])
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + BELIEVED_MS })
  // The account's settings are read for all its files together, and nobody waits for them: the file is looked up at the same time.
  expect([...(await callsOf(url)), waits.begun]).toEqual(['edge', ['FILES.get', 'FILES.head'], 1])
  expect(await callsOf(other)).toEqual(['edge', ['FILES.head']])
  expect(await callsOf(other)).toEqual(['edge', []])
})

it('who may not see a file waits for no look at it', async () => {
  const url = await made('/hits/closed/e.png')
  const folder = { folderPath: '/hits/closed', folderSettings: { publicPermissions: { set: true, value: [] } } }
  const headers = { Authorization: `Bearer ${SECRET_KEY}`, 'Content-Type': 'application/json' }
  expect((await request(`/v2/accounts/${ACCOUNT}/folders`, { method: 'PUT', headers, body: JSON.stringify(folder) })).ok).toBe(true)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * BELIEVED_MS })
  expect(await callsOf(url)).toEqual([null, ['FILES.get', 'FILES.head']])
  expect(await callsOf(`${url}&version=2`)).toEqual([null, []])
})

it('a picture that is not near but in the bucket costs one read more', async () => {
  const url = await made('/hits/c.png')
  await vi.waitUntil(async () => (await RESULTS.list({ prefix: `${ACCOUNT}/hits/c.png` })).objects.length > 0)
  expect(await callsOf(`${url}&version=1`)).toEqual(['store', ['RESULTS.get']])
})

it('what is given again from memory is what the routes answer, as long as they would', async () => {
  const url = await made('/hits/d.png')
  const ask = (headers: Record<string, string> = {}): Promise<Response> => request(`/${ACCOUNT}${url}`, { headers })
  // A request that names itself is not answered from memory.
  const [byRoutes, again] = [await ask({ 'X-Request-Id': 'mine' }), await vi.waitUntil(async () => fromMemory(await ask()))]
  const own = ['x-request-id', 'server-timing']
  const headersOf = ({ headers }: Response) => [...headers].filter(([name]) => !own.includes(name))
  expect(headersOf(again)).toEqual(headersOf(byRoutes))
  expect(await again.bytes()).toEqual(await byRoutes.bytes())
  await upload('/hits/d.png', picture('photo.jpg'))
  expect((await ask()).headers.get('ETag')).not.toBe(byRoutes.headers.get('ETag'))
})

const fromMemory = (response: Response): Response | null => (response.headers.get('Server-Timing') === null ? response : null)

it('a hit at a door of a framework costs the same', async () => {
  const url = (await made('/hits/f.png')).replace(/^\/image(.*)\?.*$/, '/.netlify/images?url=$1&w=20&fm=png')
  await vi.waitUntil(async () => (await callsOf(url))[0] === 'edge')
  expect(await callsOf(url)).toEqual(['edge', []])
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 4 * BELIEVED_MS })
  expect([...(await callsOf(url)), waits.begun]).toEqual(['edge', ['FILES.get', 'FILES.head'], 1])
})
