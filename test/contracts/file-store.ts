import { describe, expect, it } from 'vitest'
import type { FileMeta, FileStore } from '../../src/service/ports.ts'

const META: FileMeta = { mime: 'text/plain', originalFileName: 'ä.txt', metadata: { deep: { 漢: [1, null] } }, tags: ['a', 'é'] }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const stream = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream()

/** What every FileStore does. @param make answers a store; each test uses an account of its own. */
export function fileStoreContract(name: string, make: () => FileStore): void {
  let accounts = 0
  const setUp = () => ({ files: make(), account: `Contr${String(accounts++).padStart(2, '0')}` })
  const textAt = async (files: FileStore, account: string, path: string): Promise<string | null> => {
    const open = await files.open(account, path)
    return open && new Response(open.body).text()
  }

  describe(`${name} keeps the contract of FileStore`, () => {
    it('answers null for what is not there, and deletes it gladly', async () => {
      const { files, account } = setUp()
      expect([await files.head(account, '/no'), await files.open(account, '/no')]).toEqual([null, null])
      await files.delete(account, ['/no', '/neither'])
    })

    it('gives back bytes and everything that was said of them', async () => {
      const { files, account } = setUp()
      const stored = await files.put(account, '/ä/b.txt', bytes('text'), META)
      expect(stored).toMatchObject({ ...META, path: '/ä/b.txt', size: 4 })
      expect(await files.head(account, '/ä/b.txt')).toEqual(stored)
      expect((await files.open(account, '/ä/b.txt'))?.info).toEqual(stored)
      expect(await textAt(files, account, '/ä/b.txt')).toBe('text')
      expect(await files.head('Another', '/ä/b.txt')).toBeNull()
    })

    it('opens a range', async () => {
      const { files, account } = setUp()
      await files.put(account, '/r', bytes('0123456789'), META)
      const open = await files.open(account, '/r', { start: 2, end: 5 })
      expect(await new Response(open?.body).text()).toBe('234')
      expect(open?.info.size).toBe(10)
    })

    it('stores a stream of the size that was said, and otherwise nothing', async () => {
      const { files, account } = setUp()
      expect((await files.put(account, '/s', { stream: stream('abc'), size: 3 }, META))?.size).toBe(3)
      await expect(files.put(account, '/short', { stream: stream('abc'), size: 4 }, META)).rejects.toThrow()
      await expect(files.put(account, '/long', { stream: stream('abc'), size: 2 }, META)).rejects.toThrow()
      expect([await files.head(account, '/short'), await files.head(account, '/long')]).toEqual([null, null])
    })

    it('has another version for other bytes', async () => {
      const { files, account } = setUp()
      const [a, b] = [await files.put(account, '/v', bytes('a'), META), await files.put(account, '/v', bytes('b'), META)]
      expect(a?.etag).not.toBe(b?.etag)
      expect(await textAt(files, account, '/v')).toBe('b')
    })

    it('with ifAbsent stores once: of many at the same time one', async () => {
      const { files, account } = setUp()
      const puts = await Promise.all(['a', 'b', 'c'].map((text) => files.put(account, '/once', bytes(text), META, { ifAbsent: true })))
      expect(puts.filter((stored) => stored !== null)).toHaveLength(1)
      expect(await files.put(account, '/once', bytes('d'), META, { ifAbsent: true })).toBeNull()
      expect(await textAt(files, account, '/once')).not.toBe('d')
    })

    it('with ifEtag replaces that version alone', async () => {
      const { files, account } = setUp()
      expect(await files.put(account, '/e', bytes('x'), META, { ifEtag: 'none' })).toBeNull()
      const first = await files.put(account, '/e', bytes('a'), META)
      const ifEtag = first?.etag ?? ''
      expect(await files.put(account, '/e', bytes('b'), META, { ifEtag })).not.toBeNull()
      expect(await files.put(account, '/e', bytes('c'), META, { ifEtag })).toBeNull()
      expect(await textAt(files, account, '/e')).toBe('b')
    })

    it('keeps where a file came from beside its metadata, until somebody writes it anew', async () => {
      const { files, account } = setUp()
      const origin = { job: 'p/1/0', derivation: { rule: 'thumbs', source: '/漢.jpg', sourceEtag: 'e', sourceTime: 7 } }
      await files.put(account, '/o', bytes('a'), META, { origin })
      const there = await files.head(account, '/o')
      expect(there).toMatchObject({ origin, metadata: META.metadata })
      expect((await files.list(account, '/', { recursive: true, limit: 10 })).files[0]?.origin).toEqual(origin)
      const pretence = { origin: { derivation: origin.derivation }, derivation: 'x' }
      await files.put(account, '/o', bytes('a'), { ...META, metadata: pretence })
      expect((await files.head(account, '/o'))?.origin).toBeUndefined()
    })

    it('lists page by page, in the order of code points, each file once', async () => {
      const { files, account } = setUp()
      const paths = ['/a/1', '/a/2/x', '/a/2/y', '/a/10', '/a/\u{1F600}', '/a/\uFFFD', '/b']
      for (const path of paths) await files.put(account, path, bytes(path), META)
      const seen: string[] = []
      let after: string | undefined
      for (let pages = 0; pages < 10; pages++) {
        const page = await files.list(account, '/a', { recursive: true, limit: 2, after })
        seen.push(...page.files.map(({ path }) => path))
        if (page.seenUpTo === null) break
        after = page.seenUpTo
      }
      expect(seen).toEqual(['/a/1', '/a/10', '/a/2/x', '/a/2/y', '/a/\uFFFD', '/a/\u{1F600}'])
    })

    it('lists one level with its folders', async () => {
      const { files, account } = setUp()
      for (const path of ['/f/a', '/f/b/c', '/f/b/d', '/f/e/g/h']) await files.put(account, path, bytes('x'), META)
      const page = await files.list(account, '/f', { recursive: false, limit: 10 })
      expect([page.files.map(({ path }) => path), page.folders, page.seenUpTo]).toEqual([['/f/a'], ['/f/b', '/f/e'], null])
      const rest = await files.list(account, '/f', { recursive: false, limit: 10, after: '/f/b/' })
      expect([rest.files, rest.folders]).toEqual([[], ['/f/e']])
    })
  })
}
