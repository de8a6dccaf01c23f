import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import MiniSearch from 'minisearch'
import { describe, expect, it } from 'vitest'
import { folderOf, PAGE_GROUPS } from '../../scripts/docs-site/pages.ts'
import { INDEX_NAME, SEARCH_OPTIONS } from '../../scripts/docs-site/search-options.ts'
import { buildSite } from '../../scripts/docs-site/site.ts'

const ROOT = join(import.meta.dirname, '../..')
const FILES = PAGE_GROUPS.flatMap(({ pages }) => pages.map(({ file }) => file))

/** A site whose pages are empty but for these. */
const siteOf = (texts: Readonly<Record<string, string>>, files: readonly string[] = []) =>
  buildSite(
    (file) => texts[file] ?? '# Empty\n',
    (file) => files.includes(file),
  )
const pageOf = (text: string): string =>
  siteOf({ 'docs/protocols/batch.md': text }, ['docs/images/a.jpg']).texts.get('protocols/batch/index.html') ?? ''

describe('links of pages', () => {
  it.each([
    ['[a](../deploy.md)', '<a href="../../deploy/">a</a>'],
    ['[../deploy.md](../deploy.md)', '<a href="../../deploy/">Deploying</a>'],
    ['[a](../../README.md#empty)', '<a href="../../#empty">a</a>'],
    ['[a](#here)', '<a href="#here">a</a>'],
    ['[a](batch.md#here)', '<a href="./#here">a</a>'],
    ['![a](../images/a.jpg)', '<img src="../../files/images/a.jpg" alt="a">'],
    ['[a](https://example.com/x.md#y)', '<a href="https://example.com/x.md#y">a</a>'],
  ])('%s', (markdown, html) => {
    expect(pageOf(`# Page\n\n## Here\n\n${markdown}\n`)).toContain(html)
  })

  it.each([
    ['[a](deploy.md)', 'leads nowhere'],
    ['[a](#there)', 'no heading #there'],
    ['[a](../deploy.md#there)', 'no heading #there'],
    ['[a](../images/a.jpg#b)', 'leads nowhere'],
    ['![a](../images/b.jpg)', 'leads nowhere'],
    ['<script>alert(1)</script>', 'Raw HTML'],
    ['a <b>bold</b> word', 'Raw HTML'],
    ['<!-- nothing -->', 'no part'],
    ['## A [link](#page)', 'has a link'],
  ])('%s fails the build', (markdown, reason) => {
    expect(() => pageOf(`# Page\n\n${markdown}\n`)).toThrow(reason)
  })
})

it('long names may be broken at their parts', () => {
  expect(pageOf('# Page\n\n`too_many.keys[].a<b`\n')).toContain('<code>too_<wbr>many.<wbr>keys[]<wbr>.a&lt;b</code>')
})

describe('headings', () => {
  it('have the anchors of GitHub, and lead to themselves', () => {
    const html = pageOf('# Page\n\n## `npm start`, at 5 °C!\n\n## Twice\n\n## Twice\n')
    for (const anchor of ['npm-start-at-5-c', 'twice', 'twice-1']) expect(html).toContain(`<h2 id="${anchor}"><a href="#${anchor}">`)
    expect(html).toContain('<li><a href="#npm-start-at-5-c">npm start, at 5 °C!</a></li>')
  })
})

describe('the site of this repository', () => {
  const { texts } = buildSite(
    (file) => readFileSync(join(ROOT, file), 'utf8'),
    (file) => existsSync(join(ROOT, file)),
  )
  const stored = (texts.get('search-index.js') ?? '').replace(`globalThis.${INDEX_NAME}=`, '')
  const index = MiniSearch.loadJSON(stored, SEARCH_OPTIONS)

  it('has all pages of docs/', () => {
    const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'))
    expect(pages.map((name) => `docs/${name}`).filter((file) => !FILES.includes(file))).toEqual([])
  })

  it('has each page once, and each leads to the next', () => {
    expect(new Set(FILES).size).toBe(FILES.length)
    for (const [at, file] of FILES.entries()) {
      const html = texts.get(`${folderOf(file)}index.html`) ?? ''
      expect([file, html.match(/<h1 /g)?.length, /aria-current="page"/g.exec(html)?.length]).toEqual([file, 1, 1])
      expect([file, html.includes('rel="next"')]).toEqual([file, at < FILES.length - 1])
    }
  })

  it('has no styles and no scripts in its pages, which their policy forbids', () => {
    for (const [path, text] of texts)
      if (path.endsWith('.html'))
        expect([path, /<[^>]* style=|<style|<script>|href="javascript:/.exec(text)?.[0]]).toEqual([path, undefined])
  })

  it.each([
    ['custom domain', 'deploy/#custom-domain'],
    ['rotate a key', 'operate/#rotating-a-key'],
    ['restore backup', 'operate/#back-up-and-restore'],
    ['price', 'costs/'],
    ['quota_exceeded', 'errors/'],
    ['smart crop', 'operations/#smartcrop'],
    ['wattermark', 'dialects/'],
  ])('finds %s', (words, url) => {
    expect(
      index
        .search(words)
        .slice(0, 5)
        .map((found) => String(found['url'])),
    ).toContainEqual(expect.stringContaining(url))
  })
})
