import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesReset, purgedSources, readResetPattern, staysWithin } from '../../../src/service/access/reset-pattern.ts'
import { isWithin } from '../../../src/service/files/path-scope.ts'

const prefix = (text: string) => ({ text, isPrefix: true })
const exactly = (text: string) => ({ text, isPrefix: false })

describe('the pattern of a cache reset', () => {
  it.each<[string, string, string, boolean, ReturnType<typeof prefix> | null]>([
    ['/*', 'image', '/a.jpg', true, prefix('/')],
    ['/image/*', 'image', '/a/b.jpg', true, prefix('/')],
    ['/image*', 'image', '/a.jpg', true, prefix('/')],
    ['/image/a/*', 'image', '/a/b.jpg', true, prefix('/a/')],
    ['/image/a/*', 'image', '/ab.jpg', false, prefix('/a/')],
    ['/image/a*', 'image', '/ab.jpg', true, prefix('/a')],
    ['/image/a.jpg', 'image', '/a.jpg', true, exactly('/a.jpg')],
    ['/image/a.jpg', 'image', '/a.jpg2', false, exactly('/a.jpg')],
    ['/image/a.jpg', 'thumb', '/a.jpg', false, exactly('/a.jpg')],
    ['/image/a.jpg?w=100', 'image', '/a.jpg', true, exactly('/a.jpg')],
    ['/image/a.jpg?w=*', 'image', '/a.jpg2', false, exactly('/a.jpg')],
    ['/image/a*?w=1', 'image', '/ab.jpg', false, exactly('/a*')],
    ['/raw/a.jpg', 'image', '/a.jpg', false, null],
    ['/raw/a.jpg', 'raw', '/a.jpg', true, null],
    ['/*/team/*', 'image', '/team/a.jpg', true, prefix('/team/')],
    ['/*/team/*', 'image', '/other/a.jpg', false, prefix('/team/')],
    ['/im*/team/*', 'image', '/team/a.jpg', false, prefix('/team/')],
    ['/image/a%20b%2B%C3%A9.png', 'image', '/a b+é.png', true, exactly('/a b+é.png')],
    ['/image/a b+é.png', 'image', '/a b+é.png', true, exactly('/a b+é.png')],
    ['/image/%E6%BC%A2/*', 'image', '/漢/a.png', true, prefix('/漢/')],
    ['/image/100%.png', 'image', '/100%.png', true, exactly('/100%.png')],
    ['/image/a%2A', 'image', '/ab', false, exactly('/a*')],
    ['/image', 'image', '/a.jpg', false, null],
  ])('%s and %s%s: %s', (pattern, processing, path, matches, sources) => {
    const read = readResetPattern(pattern)
    expect(matchesReset(read, processing, path)).toBe(matches)
    expect(purgedSources(read)).toEqual(sources)
  })

  it.each([
    ['/*', false],
    ['/image/*', false],
    ['/image*', false],
    ['/*/*', false],
    ['/image/team*', false],
    ['/image/teamwork/a.jpg', false],
    ['/image/other/*', false],
    ['/image/%74eamwork/*', false],
    ['/image/team/*', true],
    ['/*/team/*', true],
    ['/raw/team/a.jpg', true],
    ['/image/%74eam/a.jpg', true],
    ['/image/team/a.jpg?w=1', true],
  ])('%s stays within /team: %s', (pattern, expected) => {
    expect(staysWithin(readResetPattern(pattern), '/team')).toBe(expected)
    expect(staysWithin(readResetPattern(pattern), '/')).toBe(true)
  })

  it('whatever a pattern within a folder matches or purges lies in the folder', () => {
    const part = fc.constantFrom('*', 'a', 'team', 'teamwork', '%74eam', '%2F', '/', '//', '?', '.', '..', 'image', 'raw')
    const pattern = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => `/${parts.join('')}`)
    const path = fc
      .array(fc.constantFrom('a', 'team', 'teamwork', '*', '.'), { minLength: 1, maxLength: 4 })
      .map((parts) => `/${parts.join('/')}`)
    fc.assert(
      fc.property(pattern, path, fc.constantFrom('image', 'raw', 'team'), (text, file, processing) => {
        const read = readResetPattern(text)
        if (!staysWithin(read, '/team') || isWithin('/team', file)) return
        expect(matchesReset(read, processing, file)).toBe(false)
        const sources = purgedSources(read)
        expect(sources !== null && (sources.isPrefix ? file.startsWith(sources.text) : file === sources.text)).toBe(false)
      }),
      { numRuns: 3000 },
    )
  })
})
