import { describe, expect, it } from 'vitest'
import type { CachedResult, EdgeCache, FileVersion, ResultStore } from '../../src/service/ports.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const result = (text: string) => ({
  body: bytes(text),
  size: text.length,
  mime: 'image/webp',
  etag: `etag of ${text}`,
  warnings: `warning of ${text}`,
  engine: 'second' as const,
})
const textOf = async (found: CachedResult | null): Promise<string | null> => found && new Response(found.body as BodyInit).text()

const at = (path: string, etag = 'v1'): FileVersion => ({ path, etag })
const only = (text: string) => ({ text, isPrefix: false })
const below = (text: string) => ({ text, isPrefix: true })

/** What every ResultStore does. Each test uses an account of its own. */
export function resultStoreContract(name: string, make: () => ResultStore): void {
  let accounts = 0
  const setUp = () => ({ results: make(), account: `Rslt${String(accounts++).padStart(3, '0')}` })

  describe(`${name} keeps the contract of ResultStore`, () => {
    it('gives back what was put under account, path and key, and nothing else', async () => {
      const { results, account } = setUp()
      await results.put(account, at('/a'), 'k1', result('one'))
      await results.put(account, at('/a'), 'k2', result('two'))
      const found = await results.get(account, '/a', 'k1')
      expect(found).toMatchObject({ size: 3, mime: 'image/webp', warnings: 'warning of one', engine: 'second' })
      expect(await textOf(found)).toBe('one')
      expect(await textOf(await results.get(account, '/a', 'k2'))).toBe('two')
      const others = [results.get('Another', '/a', 'k1'), results.get(account, '/b', 'k1'), results.get(account, '/a', 'k3')]
      expect(await Promise.all(others)).toEqual([null, null, null])
    })

    it('lists what the results of one source show, where that is known', async () => {
      const { results, account } = setUp()
      const shown = { look: 'l1', width: 40, height: 30 }
      await results.put(account, at('/a', 'v2'), 'k1', { ...result('one'), shown })
      await results.put(account, at('/a'), 'k2', result('two'))
      await results.put(account, at('/a/b'), 'k3', { ...result('three'), shown })
      await results.put(account, at('/b'), 'k4', { ...result('four'), shown }, [at('/a')])
      expect(await results.list(account, '/a')).toEqual([{ key: 'k1', mime: 'image/webp', version: 'v2', ...shown }])
      expect(await results.list('Another', '/a')).toEqual([])
    })

    it('purges the results of one source: not those of longer paths, nor of other accounts', async () => {
      const { results, account } = setUp()
      const kept = ['/a/b.jpg/c', '/a/b.jpg2', '/a/b']
      for (const path of ['/a/b.jpg', ...kept]) for (const key of ['k1', 'k2']) await results.put(account, at(path), key, result(path))
      expect(await results.purge(account, only('/a/b.jpg'))).toEqual({ results: 2, layered: 0, layeredSources: [] })
      expect(await results.purge(account, only('/a/b.jpg'))).toEqual({ results: 0, layered: 0, layeredSources: [] })
      expect(await results.get(account, '/a/b.jpg', 'k1')).toBeNull()
      for (const path of kept) expect(await textOf(await results.get(account, path, 'k2'))).toBe(path)
    })

    it('purges by prefix', async () => {
      const { results, account } = setUp()
      for (const path of ['/a/1', '/a/2/3', '/ab', '/b']) await results.put(account, at(path), 'k', result(path))
      expect(await results.purge(account, below('/a/'))).toMatchObject({ results: 2, layered: 0 })
      expect(await textOf(await results.get(account, '/ab', 'k'))).toBe('/ab')
    })

    it('purges the results that draw the file as a layer, once each, and no others of their sources', async () => {
      const { results, account } = setUp()
      const layers = [at('/l/logo'), at('/l/böse € 漢.png')]
      for (const path of ['/a', '/c/é']) await results.put(account, at(path), 'with', result(path), layers)
      await results.put(account, at('/a'), 'without', result('/a'))
      await results.put(account, at('/l/logo'), 'own', result('own'), [at('/l/logo')])
      const [logo] = layers
      expect(await results.get(account, logo?.path ?? '', 'with')).toBeNull()
      expect(await results.purge(account, only('/l/logo'))).toEqual({ results: 1, layered: 2, layeredSources: ['/a', '/c/é'] })
      for (const path of ['/a', '/c/é']) expect(await results.get(account, path, 'with')).toBeNull()
      expect(await textOf(await results.get(account, '/a', 'without'))).toBe('/a')
      expect(await results.purge(account, below('/l'))).toEqual({ results: 0, layered: 0, layeredSources: [] })
    })

    it('a purge by prefix counts a result once whose layer lies there as well', async () => {
      const { results, account } = setUp()
      await results.put(account, at('/a/1'), 'k', result('/a/1'), [at('/a/logo'), at('/b/logo')])
      expect(await results.purge(account, below('/a/'))).toMatchObject({ results: 1, layered: 0 })
      expect(await results.purge(account, below('/b/'))).toMatchObject({ results: 0, layered: 0 })
    })

    it('spares the results of one version of the file', async () => {
      const { results, account } = setUp()
      await results.put(account, at('/a', 'old'), 'k1', result('old'))
      await results.put(account, at('/a', 'new'), 'k2', result('new'))
      await results.put(account, at('/b'), 'k3', result('old layer'), [at('/a', 'old')])
      await results.put(account, at('/b'), 'k4', result('new layer'), [at('/a', 'new')])
      expect(await results.purge(account, only('/a'), 'new')).toEqual({ results: 1, layered: 1, layeredSources: ['/b'] })
      expect([await results.get(account, '/a', 'k1'), await results.get(account, '/b', 'k3')]).toEqual([null, null])
      expect(await textOf(await results.get(account, '/a', 'k2'))).toBe('new')
      expect(await textOf(await results.get(account, '/b', 'k4'))).toBe('new layer')
    })
  })
}

/** What every EdgeCache does while it remembers. */
export function edgeCacheContract(name: string, make: () => EdgeCache): void {
  describe(`${name} keeps the contract of EdgeCache`, () => {
    it('gives back a result with its type, size and ETag; the newest under a key, and never another key’s', async () => {
      const edge = make()
      expect(await edge.get('edge-none')).toBeNull()
      await edge.put('edge-1', result('first'), 60)
      await edge.put('edge-1', result('second'), 60)
      await edge.put('edge-2', result('other'), 60)
      const found = await edge.get('edge-1')
      expect(found).toMatchObject({ size: 6, mime: 'image/webp', etag: 'etag of second', warnings: 'warning of second', engine: 'second' })
      expect(await textOf(found)).toBe('second')
      expect(await textOf(await edge.get('edge-1'))).toBe('second')
      expect(await textOf(await edge.get('edge-2'))).toBe('other')
    })

    it('says of a result that it stands in for another', async () => {
      const edge = make()
      await edge.put('edge-3', { ...result('now'), later: 'avif' }, 60)
      await edge.put('edge-4', result('for good'), 60)
      expect([(await edge.get('edge-3'))?.later, (await edge.get('edge-4'))?.later]).toEqual(['avif', undefined])
    })
  })
}
