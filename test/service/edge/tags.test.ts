import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MAX_TAGS, tagsOf, tagToPurge } from '../../../src/service/edge/tags.ts'

const hash = (text: string): Promise<string> => Promise.resolve(createHash('sha256').update(text).digest('hex'))
const names = fc.array(fc.stringMatching(/^[^/\n]{1,300}$/), { minLength: 1, maxLength: 6 })
const paths = names.map((segments) => `/${segments.join('/')}`)

it('are printable, short and few, whatever a path is called', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(paths, { minLength: 1, maxLength: 20 }),
      fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
      async (files, preset) => {
        const tags = (await tagsOf({ account: 'Emu1s1n', paths: files, preset }, hash)) ?? []
        expect(tags.every((tag) => /^[adfp][0-9a-f]{16}$/.test(tag))).toBe(true)
        expect(new Set(tags).size).toBe(tags.length)
        expect(tags.join(',').length).toBeLessThan(16_384)
      },
    ),
  )
})

it('name every file, every folder above it, and nothing of another account', async () => {
  await fc.assert(
    fc.asyncProperty(paths, fc.nat(5), async (path, depth) => {
      const tags = (await tagsOf({ account: 'A', paths: ['/other.png', path] }, hash)) ?? []
      expect(tags).toContain(await tagToPurge('A', { text: path, isPrefix: false }, hash))
      const above = path
        .split('/')
        .slice(0, depth + 1)
        .join('/')
      expect(tags).toContain(await tagToPurge('A', { text: `${path.startsWith(`${above}/`) ? above : ''}/`, isPrefix: true }, hash))
      expect(tags).not.toContain(await tagToPurge('B', { text: path, isPrefix: false }, hash))
    }),
  )
})

it('of an unfinished name are those of its folder', async () => {
  expect(await tagToPurge('A', { text: '/a/pho', isPrefix: true }, hash)).toBe(await tagToPurge('A', { text: '/a/', isPrefix: true }, hash))
  expect(await tagToPurge('A', { text: '/pho', isPrefix: true }, hash)).toBe((await tagsOf({ account: 'A', paths: [] }, hash))?.[0])
})

it('are none where an answer shows too many files', async () => {
  expect(await tagsOf({ account: 'A', paths: Array.from({ length: MAX_TAGS - 2 }, (_, i) => `/${i}`) }, hash)).toHaveLength(MAX_TAGS - 1)
  expect(await tagsOf({ account: 'A', paths: Array.from({ length: MAX_TAGS - 1 }, (_, i) => `/${i}`) }, hash)).toBeNull()
})
