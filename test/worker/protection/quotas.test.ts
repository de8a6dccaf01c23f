import { expect, it } from 'vitest'
import type { ConfigDefinition } from '../../../src/config/schema.ts'
import { errorOf, picture } from '../support/client.ts'
import { ownedService, type Send } from '../support/owned-service.ts'

type Quotas = NonNullable<ConfigDefinition['accounts'][number]['quotas']>

/** A service whose account is not that of another test: its Durable Object counts. */
async function service(account: string, quotas: Quotas): Promise<Send & { readonly owner: Record<string, string> }> {
  const key = `secret_${account}TestTestTestTestTest1`
  const owner = { Authorization: `Bearer ${key}` }
  const app = `AppQuota${account}12345`
  const send = ownedService(
    {
      accounts: [{ id: account, keys: [{ id: 'main', kind: 'secret', key: { env: 'KEY' } }], quotas }],
      filestackApps: [{ key: { env: 'APP' }, secrets: [{ env: 'SECRET' }], account, containers: [{ name: 'default', folder: '/stored' }] }],
    },
    { KEY: key, APP: app, SECRET: 'SECRETOFTHEAPP0000004' },
  )
  await send(`/v2/accounts/${account}/uploads/binary?filePath=/a.jpg`, { method: 'POST', headers: owner, body: picture('photo.jpg') })
  return Object.assign(send, { owner })
}

it('beyond a quota new pictures are refused, and kept ones are shown', async () => {
  const send = await service('W142hJq', { rendersPerMonth: 2 })
  const image = (width: number, headers: Record<string, string> = {}) => send(`/W142hJq/image/a.jpg?w=${width}`, { headers })
  expect([(await image(20)).status, (await image(21)).status]).toEqual([200, 200])
  const refused = await image(22)
  expect([refused.status, (await errorOf(refused)).code]).toEqual([429, 'quota_exceeded'])
  const left = Number(refused.headers.get('Retry-After'))
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThanOrEqual(31 * 24 * 3600)
  expect(refused.headers.get('Cache-Control')).not.toMatch(/max-age|public/)
  expect([(await image(20)).status, (await send('/W142hJq/raw/a.jpg')).status]).toEqual([200, 200])
  // Another isolate, which was told of nothing yet.
  const other = await service('W142hJq', { rendersPerMonth: 2 })
  expect((await other('/W142hJq/image/a.jpg?w=23')).status).toBe(429)
  expect((await image(24, send.owner)).status).toBe(200)
})

it('computing counts when it has been done', async () => {
  const send = await service('W142hJs', { cpuMsPerMonth: 1 })
  expect((await send('/W142hJs/image/a.jpg?w=60&f=png')).status).toBe(200)
  const refused = await send('/W142hJs/image/a.jpg?w=61&f=png')
  expect(refused.status).toBe(429)
  expect((await errorOf(refused)).message).toContain('milliseconds of computing a month')
})

it('says so in the words of the processing URLs', async () => {
  const send = await service('W142hJt', { rendersPerMonth: 0 })
  const stored = await send('/api/store/S3?key=AppQuotaW142hJt12345', { method: 'POST', body: picture('photo.jpg') })
  const handle = ((await stored.json()) as { url: string }).url.split('/').at(-1)
  const refused = await send(`/resize=width:30/${handle}`)
  expect(refused.status).toBe(429)
  expect(await refused.json()).toEqual({ error: expect.stringContaining('0 pictures a month') })
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
})
