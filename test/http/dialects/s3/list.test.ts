import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerList } from '../../../../src/http/dialects/s3/bucket/list.ts'
import { readRequest } from '../../../../src/http/dialects/s3/request.ts'
import { readXml, type XmlElement } from '../../../../src/http/dialects/s3/xml/read.ts'
import { memoryFileStore } from '../../../support/memory/file-store.ts'

const META = { mime: 'text/plain', originalFileName: null, metadata: {}, tags: [] }
const caller = { account: 'A', keyId: 'k', kind: 'secret', folder: '/', defaults: {}, grants: [], tags: null }

async function bucketOf(keys: readonly string[]) {
  const files = memoryFileStore()
  for (const key of keys) await files.put('A', `/${key}`, Buffer.from(key), META)
  const texts = (root: XmlElement, list: string, name: string): string[] =>
    root.children.flatMap((child) => (child.name === list ? (child.children.find((each) => each.name === name)?.text ?? []) : []))
  return async (query: Readonly<Record<string, string>>) => {
    const request = readRequest(new Request(`http://a.test/-/s3/A?${new URLSearchParams(query).toString()}`))
    const response = await answerList({ request, account: 'A', caller } as never, { files } as never) // a listing needs no more
    const root = readXml(await response.text())
    const said = (name: string): string | undefined => root.children.find((child) => child.name === name)?.text
    return { keys: texts(root, 'Contents', 'Key'), prefixes: texts(root, 'CommonPrefixes', 'Prefix'), said }
  }
}

/** By the definition: keys in the order of their bytes, rolled up to the delimiter. */
function expected(keys: readonly string[], prefix: string, delimiter: string) {
  const found = keys.filter((key) => key.startsWith(prefix)).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const rolled = found.map((key) => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    return end < 0 ? { key } : { prefix: key.slice(0, end + 1) }
  })
  return { keys: rolled.flatMap(({ key }) => key ?? []), prefixes: [...new Set(rolled.flatMap((each) => each.prefix ?? []))] }
}

const part = fc
  .string({ unit: fc.constantFrom('a', 'b', '-', '.x', 'é', '0', '~'), minLength: 1, maxLength: 3 })
  .filter((text) => !/^\.+$/.test(text))
const keys = fc.uniqueArray(
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
  { maxLength: 25 },
)

describe('a listing', () => {
  it('tells each key and each folder once, in whatever pages, in both versions', async () => {
    const wishes = fc.record({
      keys,
      prefix: fc.constantFrom('', 'a', 'a/', 'b/a', 'é', 'a/b/'),
      delimiter: fc.constantFrom('', '/'),
      size: fc.integer({ min: 1, max: 7 }),
      isSecond: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(wishes, async ({ keys: all, prefix, delimiter, size, isSecond }) => {
        const list = await bucketOf(all)
        const seen = { keys: [] as string[], prefixes: [] as string[] }
        let after: Record<string, string> = {}
        for (let pages = 0; pages < 40; pages++) {
          const page = await list({ ...(isSecond && { 'list-type': '2' }), prefix, delimiter, 'max-keys': String(size), ...after })
          expect(page.keys.length + page.prefixes.length).toBeLessThanOrEqual(size)
          seen.keys.push(...page.keys)
          seen.prefixes.push(...page.prefixes)
          if (page.said('IsTruncated') === 'false') break
          after = isSecond ? { 'continuation-token': page.said('NextContinuationToken') ?? '' } : { marker: page.said('NextMarker') ?? '' }
        }
        expect(seen).toEqual(expected(all, prefix, delimiter))
      }),
    )
  })

  it('of 2,500 keys has pages of 1,000', async () => {
    const all = Array.from({ length: 2500 }, (_, i) => `n/${String(i).padStart(4, '0')}`)
    const list = await bucketOf(all)
    const counts: (string | undefined)[] = []
    for (let token: string | undefined = '', wish = {}; token !== undefined;) {
      const page = await list({ 'list-type': '2', 'max-keys': '5000', ...wish })
      counts.push(page.said('KeyCount'))
      token = page.said('NextContinuationToken')
      wish = { 'continuation-token': token ?? '' }
    }
    expect(counts).toEqual(['1000', '1000', '500'])
  })
})
