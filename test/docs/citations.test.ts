import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const filesOf = (folder: string, pattern: RegExp): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name) && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`)
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

const CODE = ['src', 'scripts', 'bench', 'console', 'test'].flatMap((folder) => filesOf(folder, /\.(ts|js|mjs|sh|php|html|css)$/))
const PAGES = [...filesOf('docs', /\.md$/), 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
/** This file speaks of citations. The other tests of pages and folders hold paths that are wrong on purpose. */
const citing = CODE.filter((file) => !file.startsWith('test/docs/') && file !== 'test/architecture.test.ts')

const headings = (page: string): readonly string[] => [...read(page).matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? '')
/** As GitHub makes an anchor of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

/** `docs/x.md §1.2, §3`, and a page without a section; not the end of an address. */
const CITATION = /(?<![\w/}-])(docs\/[\w/-]+\.md\b)((?:,? (?:and )?§[\d.]*\d)*)/g
/** A path from the root, unless it is the end of a longer one or an import. */
const PATH = /(?<![\w./@{}*-])(?:docs|src|test|scripts|bench|console)\/[\w./-]+\.(?:ts|md|json|html|css|php|sh|jpg|png|js)\b/g

describe('what code cites is in the repository', () => {
  it.each(citing)('%s', (file) => {
    const text = read(file)
    for (const [, page = '', sections = ''] of text.matchAll(CITATION)) {
      expect(existsSync(join(ROOT, page)), `${page} exists`).toBe(true)
      const numbers = headings(page).map((heading) => heading.split(' ')[0])
      for (const [, number] of sections.matchAll(/§([\d.]+)/g)) expect(numbers, `${page} §${number}`).toContain(number)
    }
    for (const [path] of text.matchAll(PATH)) expect(existsSync(join(ROOT, path)), `${path} exists`).toBe(true)
    if (file.startsWith('src/')) expect(text).not.toMatch(/\bspec\/|\.\.\/shared|field-cases/)
  })
})

it('what stands in quotation marks before a section is a quote of the page', () => {
  const plain = (text: string): string => text.replaceAll(/\n\s*(\*|\/\/)?\s*/g, ' ')
  for (const file of citing) {
    for (const [, quote = '', page = ''] of plain(read(file)).matchAll(/"([^"]{1,600})" \((docs\/[\w/-]+\.md)/g))
      if (quote.split(' ').length > 2) expect(plain(read(page)).includes(quote), `${file}: ${quote}`).toBe(true)
  }
})

it.each(PAGES.filter((page) => page !== 'CHANGELOG.md'))('%s names only files that exist', (page) => {
  const named = [...read(page).matchAll(PATH)].map(([path]) => path)
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})

describe('links of a page lead somewhere', () => {
  it.each(PAGES)('%s', (page) => {
    for (const [, link = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue
      const [file = '', fragment] = link.split('#')
      const target = file === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), file))
      expect(existsSync(join(ROOT, target)), `${link} exists`).toBe(true)
      if (fragment !== undefined) expect(headings(target).map(anchor), link).toContain(fragment)
    }
  })
})
