import { expect, it } from 'vitest'
import { rememberResults } from '../../src/adapters/remembered-results.ts'
import type { StorableResult } from '../../src/service/ports.ts'
import { edgeCacheContract } from '../contracts/result-store.ts'
import { memoryEdgeCache } from '../support/memory/results.ts'

const result = (size: number, more: Partial<StorableResult> = {}): StorableResult => ({
  body: new Uint8Array(size),
  size,
  mime: 'image/png',
  etag: `of ${size}`,
  warnings: '',
  engine: 'core',
  ...more,
})

function remembering() {
  let [now, asked] = [0, 0]
  const edge = memoryEdgeCache()
  const counting = {
    ...edge,
    get(key: string) {
      asked++
      return edge.get(key)
    },
  }
  const cache = rememberResults(counting, { now: () => now })
  return { cache, edge, pass: (ms: number) => (now += ms), asked: () => asked }
}

edgeCacheContract('memory before the edge', () => remembering().cache)

it('asks the edge once for what is asked often, and again after a minute', async () => {
  const { cache, edge, asked, pass } = remembering()
  await edge.put('a', result(10), 60)
  for (let i = 0; i < 5; i++) expect((await cache.get('a'))?.etag).toBe('of 10')
  expect(asked()).toBe(1)
  pass(60_000)
  await cache.get('a')
  expect(asked()).toBe(2)
})

it('has what was put at once', async () => {
  const { cache, asked } = remembering()
  await cache.put('a', result(10), 60)
  expect([(await cache.get('a'))?.etag, asked()]).toEqual(['of 10', 0])
})

it.each([
  ['large', result(64_001)],
  ['to be made better', result(10, { later: 'avif' })],
])('does not remember what is %s', async (_, one) => {
  const { cache, asked } = remembering()
  await cache.put('a', one, 60)
  for (let i = 0; i < 3; i++) expect((await cache.get('a'))?.size).toBe(one.size)
  expect(asked()).toBe(3)
})

it('forgets what was not asked for the longest when it has too much', async () => {
  const { cache, asked } = remembering()
  for (let i = 0; i < 62; i++) await cache.put(String(i), result(64_000), 60)
  await cache.get('0')
  await cache.put('62', result(64_000), 60)
  await cache.get('0')
  expect(asked()).toBe(0)
  await cache.get('1')
  expect(asked()).toBe(1)
})

it('remembers nothing that is not there', async () => {
  const { cache, edge } = remembering()
  expect(await cache.get('a')).toBeNull()
  await edge.put('a', result(10), 60)
  expect((await cache.get('a'))?.etag).toBe('of 10')
})
