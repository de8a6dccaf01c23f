import { describe, expect, it } from 'vitest'
import { batchRoutes } from '../../../../src/http/dialects/batch/routes.ts'
import type { BatchService } from '../../../../src/http/dialects/batch/services.ts'
import { renderJob } from '../../../../src/service/processes/render-job.ts'
import { initialState } from '../../../../src/service/processes/state.ts'
import type { NewProcess, Processes } from '../../../../src/service/processes/processes.ts'

const service = (more: Partial<BatchService> = {}): BatchService => ({
  id: 1,
  secret: 'one',
  account: 'Emu1s1n',
  allowIps: [],
  admit: () => Promise.resolve(true),
  ...more,
})

/** The routes over processes that only remember what was created. */
function routes(...services: readonly BatchService[]) {
  const created: NewProcess[] = []
  const processes = {
    create(wish: NewProcess) {
      created.push(wish)
      const definition = { ...wish, name: '', callback: null, fingerprint: null, createdAt: 0 }
      return Promise.resolve({ definition, state: initialState(definition) })
    },
    get: () => Promise.resolve(null),
  } as Partial<Processes> as Processes // nothing else is called here
  const app = batchRoutes({
    services,
    processes,
    pinVersions: (_account, wishes) => Promise.resolve(wishes.map((wish) => renderJob({ ...wish, rule: null, versions: {} }))),
    hash: () => Promise.resolve(''),
    newProcessId: () => 'x'.repeat(21),
    allowHosts: [],
    errors: { notFoundTtlSeconds: 0 },
  })
  const body = JSON.stringify({ service_id: 1, source: '/a.jpg', jobs: [{ destination: '/b.png' }] })
  const post = (headers: Record<string, string>, text = body): Promise<Response> =>
    Promise.resolve(app.request('/request', { method: 'POST', headers, body: text }))
  return { app, post, created }
}

const secret = { Authorization: 'Bearer one' }

describe('an address list', () => {
  const { post, app } = routes(service({ allowIps: ['192.0.2.0/24', '2001:db8::7'] }))

  it.each([
    ['inside the range', '192.0.2.255', 200],
    ['a listed address', '2001:db8::7', 200],
    ['outside', '192.0.3.1', 403],
    ['another IPv6 address', '2001:db8::8', 403],
    ['not an address', 'x', 403],
  ])('%s: %s answers %i', async (_, address, status) => {
    expect((await post({ ...secret, 'CF-Connecting-IP': address })).status).toBe(status)
  })

  it('refuses a request without an address, still asks for the secret first, and checks fields before', async () => {
    expect((await post(secret)).status).toBe(403)
    expect((await post({ 'CF-Connecting-IP': '192.0.2.1' })).status).toBe(401)
    expect((await post(secret, '{}')).status).toBe(400)
  })

  it('is for what begins work: a status may be asked from anywhere', async () => {
    expect((await app.request(`/request/${'x'.repeat(21)}`, { headers: secret })).status).toBe(404)
  })
})

describe('a rate limit', () => {
  it('answers 429 with Retry-After, to whom has the secret only', async () => {
    const { post, created } = routes(service({ admit: () => Promise.resolve(false) }))
    const response = await post(secret)
    expect([response.status, await response.json()]).toEqual([429, { message: expect.stringContaining('Too many requests') as string }])
    expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect((await post({ Authorization: 'Bearer other' })).status).toBe(401)
    expect(created).toEqual([])
  })
})

describe('several services', () => {
  it('each have their own secret, account and processes', async () => {
    const { post, created } = routes(service(), service({ id: 2, secret: 'two', account: 'Other11' }))
    expect((await post({ Authorization: 'Bearer two' })).status).toBe(403)
    expect((await post(secret)).status).toBe(200)
    expect(created.map(({ owner }) => owner)).toEqual([{ account: 'Emu1s1n', service: 1 }])
  })
})
