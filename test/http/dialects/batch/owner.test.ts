import { describe, expect, it } from 'vitest'
import { batchRoutes } from '../../../../src/http/dialects/batch/routes.ts'
import type { BatchService } from '../../../../src/http/dialects/batch/services.ts'
import type { Processes } from '../../../../src/service/processes/processes.ts'
import type { ProcessDefinition, ProcessRecord } from '../../../../src/service/processes/record.ts'
import { initialState } from '../../../../src/service/processes/state.ts'

const service = (id: number, secret: string, account: string): BatchService => ({
  id,
  secret,
  account,
  allowIps: [],
  admit: () => Promise.resolve(true),
})

const definition: ProcessDefinition = {
  id: 'x'.repeat(21),
  kind: 'batch',
  name: '',
  owner: { account: 'Emu1s1n', service: 1 },
  jobs: [{ type: 'render', params: {}, group: '/a' }],
  callback: 'https://example.org/',
  fingerprint: null,
  requestId: '',
  createdAt: 0,
}
const record: ProcessRecord = { definition, state: initialState(definition) }

/** Two services of two accounts, or of one, and one process that belongs to service 1. What is done to it is written down. */
function routes(accountOfTwo: string) {
  const done: string[] = []
  const act = (what: string) => () => {
    done.push(what)
    return Promise.resolve({ record, accepted: true })
  }
  const processes = {
    get: () => Promise.resolve(record),
    cancel: () => {
      done.push('cancel')
      return Promise.resolve(record)
    },
    retry: act('retry'),
    replayCallback: act('replay'),
    notices: () => {
      done.push('notices')
      return Promise.resolve({ notices: [], ended: true })
    },
  } as Partial<Processes> as Processes // nothing else is called here
  const app = batchRoutes({
    services: [service(1, 'one', 'Emu1s1n'), service(2, 'two', accountOfTwo)],
    processes,
    pinVersions: () => Promise.resolve([]),
    hash: () => Promise.resolve(''),
    newProcessId: () => '',
    allowHosts: [],
    errors: { notFoundTtlSeconds: 0 },
  })
  const ask = async (method: string, path: string, secret: string, body?: object): Promise<Response> =>
    app.request(path, { method, headers: { Authorization: `Bearer ${secret}` }, ...(body && { body: JSON.stringify(body) }) })
  return { ask, done }
}

describe.each([
  ['of another account', 'W142hJk'],
  ['of the same account', 'Emu1s1n'],
])('a process of another service %s', (_, account) => {
  const path = `/request/${definition.id}`

  it.each([
    ['GET', path, null],
    ['GET', `${path}?details=1`, null],
    ['GET', `${path}/events`, 'notices'],
    ['DELETE', path, 'cancel'],
    ['POST', `${path}/callback`, 'replay'],
  ])('%s %s is 403 and does nothing; its owner may', async (method, url, effect) => {
    const { ask, done } = routes(account)
    const refused = await ask(method, url, 'two')
    expect([refused.status, await refused.json()]).toEqual([403, { message: expect.any(String) as string }])
    expect(done).toEqual([])
    expect((await ask(method, url, 'one')).ok).toBe(true)
    if (effect !== null) expect(done).toContain(effect)
  })

  it('is not found by a retry', async () => {
    const { ask, done } = routes(account)
    const retry = (secret: string, id: number) => ask('POST', '/retry', secret, { service_id: id, process_ids: [definition.id] })
    expect(await (await retry('two', 2)).json()).toMatchObject([{ status: 404, process_id: definition.id }])
    expect((await retry('two', 1)).status).toBe(403)
    expect(done).toEqual([])
    expect(await (await retry('one', 1)).json()).toMatchObject([{ status: 200, process_id: definition.id }])
    expect(done).toEqual(['retry'])
  })
})
