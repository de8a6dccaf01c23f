import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseHeaderRules, readPublicFiles } from '../../src/local/public-files.ts'

const HEADERS = `# a comment
/-/*
  Content-Security-Policy: default-src 'self'; img-src *
  X-Two: a
/-/console/
  X-Two: b
  ! Cache-Control
/:file.txt
  X-Text: yes
`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'emulsion-public-'))
  mkdirSync(join(folder, '-/console'), { recursive: true })
  for (const name of ['-/console/index.html', '-/console/a.js', 'robots.txt', 'favicon.ico', 'p.bin'])
    writeFileSync(join(folder, name), name)
  writeFileSync(join(folder, '_headers'), HEADERS)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('public files', () => {
  it('are served by their paths, folders by their index.html', () => {
    const { files, redirects } = readPublicFiles(folder)
    expect(Object.keys(files).toSorted()).toEqual(['/-/console/', '/-/console/a.js', '/favicon.ico', '/p.bin', '/robots.txt'])
    expect(redirects).toEqual({ '/-/console': '/-/console/', '/-/console/index.html': '/-/console/' })
    expect([files['/robots.txt']?.path, files['/-/console/']?.path]).toEqual(['/robots.txt', '/-/console/index.html'])
  })

  it.each([
    ['/-/console/', 'text/html; charset=utf-8'],
    ['/-/console/a.js', 'text/javascript; charset=utf-8'],
    ['/robots.txt', 'text/plain; charset=utf-8'],
    ['/favicon.ico', 'image/vnd.microsoft.icon'],
    ['/p.bin', 'application/octet-stream'],
  ])('%s has the type %s', (path, type) => {
    expect(readPublicFiles(folder).files[path]?.headers['content-type']).toBe(type)
  })

  it('carry the headers of every rule that fits', () => {
    const { files } = readPublicFiles(folder)
    expect(files['/-/console/']?.headers).toMatchObject({ 'content-security-policy': "default-src 'self'; img-src *", 'x-two': 'a, b' })
    expect(files['/-/console/']?.headers).not.toHaveProperty('cache-control')
    expect(files['/-/console/a.js']?.headers).toMatchObject({ 'x-two': 'a', 'cache-control': 'public, max-age=0, must-revalidate' })
    expect(files['/robots.txt']?.headers).toMatchObject({ 'x-text': 'yes' })
    expect(files['/favicon.ico']?.headers).not.toHaveProperty('x-text')
  })

  it.each(['X-Before: any path', '/a\n  no colon', 'https://host/a\n  A: b', '/a\n  ! A: b'])(
    'refuse rules that they do not know: %j',
    (text) => {
      expect(() => parseHeaderRules(text)).toThrow('_headers')
    },
  )
})

describe('the console', () => {
  const { files, redirects } = readPublicFiles(join(import.meta.dirname, '../../public'))

  it.each(['/-/console/', '/-/console/console.css'])('%s runs only its own code and is in no frame', (path) => {
    const headers = files[path]?.headers
    const policy = (headers?.['content-security-policy'] ?? '').split('; ')
    expect(policy).toEqual(expect.arrayContaining(["default-src 'self'", "frame-ancestors 'none'", "object-src 'none'"]))
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  })

  it('has one address, and the rules are no file', () => {
    expect(redirects['/-/console']).toBe('/-/console/')
    expect(Object.keys(files).filter((path) => path.includes('_headers'))).toEqual([])
  })
})
