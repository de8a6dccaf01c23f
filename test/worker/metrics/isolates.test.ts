import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import definition from '../../../emulsion.config.ts'
import { createDurableCounts } from '../../../src/durable/metrics-client.ts'
import { ownedService, type Send } from '../support/owned-service.ts'
import { ACCOUNT, picture, upload } from '../support/client.ts'

const namespace = (env as unknown as { readonly METRICS: DurableObjectNamespace }).METRICS

/** The sum of all series that begin so. */
async function told(send: Send, prefix: string): Promise<number> {
  const text = await (await send('/-/metrics')).text()
  const lines = text.split('\n').filter((line) => line.startsWith(prefix))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}

it('four isolates tell the same sum, which never falls', async () => {
  const path = await upload('/isolates.png', picture('photo.png'))
  const isolates = Array.from({ length: 4 }, () => ownedService(definition))
  const any = (): Send => isolates[Math.floor(Math.random() * isolates.length)] as Send
  const series = 'emulsion_http_requests_total{route="/:account/:processing/*"'
  let [answered, last] = [0, 0]
  const client = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) {
      const { status } = await any()(`/${ACCOUNT}/image${path}?w=${10 + (i % 3)}&f=png`)
      if (status === 200) answered++
    }
  }
  const scraper = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) {
      const sum = await told(any(), series)
      expect(sum).toBeGreaterThanOrEqual(last)
      last = sum
    }
  }
  await Promise.all([client(), client(), client(), client(), scraper()])
  expect(answered).toBe(40)
  for (const isolate of isolates) await told(isolate, series)
  for (const isolate of isolates) expect(await told(isolate, series)).toBe(40)
  for (const isolate of isolates) expect(await told(isolate, 'emulsion_cache_total')).toBe(40)
})

it('a shard counts each delta once, and remembers it when it starts anew', async () => {
  const store = createDurableCounts(namespace)
  const series = 'emulsion_cache_total{"tier":"of the test"}'
  const valueOf = async (): Promise<number | undefined> => (await store.sum())[series]?.[0]
  for (const seq of [1, 1, 2, 1]) await store.add({ sender: 'first', seq, counts: { [series]: [10] } })
  expect(await valueOf()).toBe(20)
  // Another shard.
  await store.add({ sender: 'second', seq: 1, counts: { [series]: [5] } })
  expect(await valueOf()).toBe(25)
  for (let i = 0; i < 4; i++) await evictDurableObject(namespace.get(namespace.idFromName(`shard-${i}`)))
  await store.add({ sender: 'first', seq: 2, counts: { [series]: [10] } })
  expect(await valueOf()).toBe(25)
  await store.add({ sender: 'first', seq: 3, counts: { [series]: [1] } })
  expect(await valueOf()).toBe(26)
})
