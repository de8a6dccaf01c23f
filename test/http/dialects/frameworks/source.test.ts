import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { referenceIn, resolveSource } from '../../../../src/http/dialects/frameworks/source.ts'

const SCOPE = {
  account: 'Emu1s1n',
  host: 'pics.example.com',
  mounts: [
    { folder: '/site', base: 'https://www.example.org/' },
    { folder: '/blog', base: 'https://blog.example.org/uploads/' },
  ],
}
const pathOf = (reference: string): string => resolveSource(reference, SCOPE)

const FILES: readonly (readonly [reference: string, path: string])[] = [
  ['/photo.jpg', '/photo.jpg'],
  ['photo.jpg', '/photo.jpg'],
  ['/a/b c/ü.jpg', '/a/b c/ü.jpg'],
  ['/a%20b/%C3%BC.jpg', '/a b/ü.jpg'],
  // Decoded once: the name has a percent sign.
  ['/100%2525.jpg', '/100%25.jpg'],
  ['/%252e%252e/a.jpg', '/%2e%2e/a.jpg'],
  ['https://pics.example.com/Emu1s1n/image/photo.jpg', '/photo.jpg'],
  ['http://pics.example.com/Emu1s1n/raw/a%20b.jpg', '/a b.jpg'],
  ['HTTPS://PICS.example.com/Emu1s1n/raw/a.jpg', '/a.jpg'],
  ['https:/pics.example.com/Emu1s1n/raw/a.jpg', '/a.jpg'],
  ['https://www.example.org/a/b.png', '/site/a/b.png'],
  ['https://blog.example.org/uploads/c%20d.png', '/blog/c d.png'],
  ['https://blog.example.org:443/uploads/c.png', '/blog/c.png'],
]

const HOSTILE: readonly string[] = [
  '',
  '/',
  '//evil.example/a.jpg',
  '///evil.example/a.jpg',
  '/\\evil.example/a.jpg',
  '\\\\evil.example\\a.jpg',
  '/a\\b.jpg',
  '/a//b.jpg',
  '/./a.jpg',
  '/a/../b.jpg',
  '/a/%2e%2e/b.jpg',
  '/a/.%2E/b.jpg',
  '/a%2Fb.jpg',
  '/..%2f..%2fetc/passwd',
  '/a%5Cb.jpg',
  '/a%00.jpg',
  '/a%0d%0ab.jpg',
  '/a\n.jpg',
  '/%zz.jpg',
  '/%ff.jpg',
  '/a.jpg?x=1',
  '/a.jpg#x',
  'https://evil.example/a.jpg',
  'https://pics.example.com.evil.example/Emu1s1n/raw/a.jpg',
  'https://pics.example.com@evil.example/Emu1s1n/raw/a.jpg',
  'https://user:pass@pics.example.com/Emu1s1n/raw/a.jpg',
  'https://pics.example.com:8443/Emu1s1n/raw/a.jpg',
  'https://pics.example.com/photo.jpg',
  'https://pics.example.com/Other11/raw/a.jpg',
  'https://pics.example.com/Emu1s1n/thumbnail/a.jpg',
  'https://pics.example.com/Emu1s1n/save/image/a.jpg',
  'https://pics.example.com/Emu1s1n/raw/a.jpg?w=1',
  'https://pics.example.com/Emu1s1n/raw/',
  'https://pics.example.com/-/metrics',
  'https://www.example.org',
  'https://www.example.org/',
  'https://blog.example.org/a.png',
  'https://blog.example.org/uploads/../private/a.png',
  'https://blog.example.org/uploads/%2e%2e/private/a.png',
  'https://blog.example.org/uploads/a%2f..%2fb.png',
  'http://blog.example.org/uploads/a.png',
  'https://127.0.0.1/a.jpg',
  'http://[::1]/a.jpg',
  'http://169.254.169.254/latest/meta-data/',
  'https:evil.example/a.jpg',
  'https:///evil.example/a.jpg',
  'https://',
  'file:///etc/passwd',
  'data:image/png;base64,AAAA',
  'javascript:alert(1)',
  'blob:https://pics.example.com/x',
  'ftp://pics.example.com/Emu1s1n/raw/a.jpg',
  ` https://evil.example/a.jpg`,
  `/${'a'.repeat(4000)}`,
]

describe('a reference', () => {
  it.each(FILES)('%s is %s', (reference, path) => expect(pathOf(reference)).toBe(path))

  it.each(HOSTILE)('%j leads nowhere', (reference) => {
    let thrown: unknown
    try {
      thrown = pathOf(reference)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(AppError)
    expect((thrown as AppError).fault.status).toBe(400)
    expect((thrown as AppError).field).toBe('url')
  })

  it('may stand in a path as one encoded segment, when it is an address', () => {
    expect(pathOf(referenceIn('https%3A%2F%2Fwww.example.org%2Fa%20b.png'))).toBe('/site/a b.png')
    expect(pathOf(referenceIn('https:/www.example.org/a%20b.png'))).toBe('/site/a b.png')
    expect(pathOf(referenceIn('a/b%20c.png'))).toBe('/a/b c.png')
    expect(() => pathOf(referenceIn('a%2Fb.png'))).toThrow(AppError)
  })
})
