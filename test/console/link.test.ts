import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyInFragment, readLink, writeLink } from '../../console/link.ts'

const segments = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !text.includes('/') && !/^\.\.?$/.test(text))
const paths = fc.array(segments, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
const fields = fc
  .dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' }))
  .map((entries) => new Map(Object.entries(entries)))

describe('a link', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(paths, fields, (filePath, values) => {
        const fragment = new URL(`#${writeLink({ filePath, fields: values })}`, 'http://x/').hash.slice(1)
        expect(readLink(fragment)).toEqual({ filePath, fields: values })
      }),
    )
  })

  it('is short and can be read', () => {
    const link = {
      filePath: '/samples/ä b.jpg',
      fields: new Map([
        ['w', '400'],
        ['text', 'a&b'],
      ]),
    }
    expect(writeLink(link)).toBe('/samples/%C3%A4%20b.jpg?w=400&text=a%26b')
    expect(writeLink({ filePath: '/a.jpg', fields: new Map() })).toBe('/a.jpg')
  })

  it.each(['', '%zz', '/%zz', '/%E0%A4%A', '/', '//a', '/a//b', '/a/', 'a/b', '/a/../b', '/..', '/./a', '/%2e%2e/b', 'public_Emu1s1nTest'])(
    '%j names no file',
    (fragment) => expect(readLink(fragment)).toBeNull(),
  )

  it('keeps a query that is not well formed', () => {
    expect(readLink('/a.jpg?w=%zz&&=&w')).toMatchObject({ filePath: '/a.jpg' })
  })
})

describe('a key behind the #', () => {
  it.each([
    ['as it is', 'public_Emu1s1n+a/b=', 'public_Emu1s1n+a/b='],
    ['encoded', encodeURIComponent('public_Emu1s1n%é漢'), 'public_Emu1s1n%é漢'],
    ['with a percent sign that encodes nothing', 'public_Emu1s1n%zz', 'public_Emu1s1n%zz'],
  ])('is read %s', (_, fragment, apiKey) => expect(keyInFragment(fragment)).toEqual({ apiKey, accountId: 'Emu1s1n' }))

  it.each(['', '%zz', '%', '/a.jpg', 'nonsense'])('%j is none', (fragment) => expect(keyInFragment(fragment)).toBeNull())
})
