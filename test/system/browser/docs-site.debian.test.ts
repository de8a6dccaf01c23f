// Needs Debian's chromium: `npm run test:debian`. Screenshots go to test/.out/.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../../e2e/support/server.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const SHOTS = resolve(ROOT, 'test/.out')
/** One of each kind: code and lists, below a search that has found something; the form and wide tables. axe needs more than a second for each. */
const KINDS = ['start/', 'costs/']

let state: string
let server: RunningServer
let browser: Browser
beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true })
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  server = await startServer(state)
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

interface Opened {
  readonly page: Page
  /** What a page must never have. */
  readonly complaints: string[]
}
async function open(options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => !/^(file:|http:\/\/127)/.test(request.url()) && complaints.push(`asked ${request.url()}`))
  return { page, complaints }
}

/** Types into the field, and goes where the first of what is found leads. */
async function search(page: Page, words: string): Promise<void> {
  await page.keyboard.press('/')
  await page.keyboard.type(words)
  await page.waitForSelector('#found [aria-selected=true]')
}

it('finds a page by the keyboard alone, over HTTP and as files', async () => {
  for (const home of [`${server.origin}/-/docs/`, `file://${ROOT}/public/-/docs/index.html`]) {
    const { page, complaints } = await open({ viewport: { width: 1280, height: 900 } })
    await page.goto(home)
    await search(page, 'custom domain')
    expect(await page.getAttribute('#search', 'aria-activedescendant')).toBe('found-0')
    await page.keyboard.press('ArrowDown')
    expect(await page.getAttribute('#search', 'aria-activedescendant')).toBe('found-1')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.waitForURL(/deploy\/(index\.html)?#custom-domain$/)
    await page.click('a[rel=next]')
    await page.waitForURL(/\/(index\.html)?$/)
    expect(complaints).toEqual([])
    await page.context().close()
  }
})

it('says when nothing is found, and copies code', async () => {
  const { page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
  await page.goto(`${server.origin}/-/docs/`)
  await page.fill('#search', 'xyzzyxyzzy')
  await page.waitForSelector('#found-count:has-text("Nothing is found")')
  await page.keyboard.press('Escape')
  await page.locator('.copy').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('.copy:has-text("Copied")')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('npm ci && npm start')
  await page.context().close()
})

it('computes the costs with each change of the form, and leaves nonsense alone', async () => {
  const { page, complaints } = await open()
  await page.goto(`${server.origin}/-/docs/costs/`)
  const total = async (): Promise<number> => Number((await page.textContent('[data-part=total]'))?.slice(1))
  const before = await total()
  await page.fill('[name=requests]', '1000')
  const more = await total()
  expect(more).toBeGreaterThan(before)
  await page.selectOption('[name=format]', 'avif')
  const avif = await total()
  expect(avif).toBeGreaterThan(more)
  await page.fill('[name=hitRate]', '300')
  expect(await total()).toBe(avif)
  expect(complaints).toEqual([])
  await page.context().close()
})

it.each(['light', 'dark'] as const)('has no violations that axe knows, %s, on a phone and a desk', async (colorScheme) => {
  for (const width of [390, 1280]) {
    const { page, complaints } = await open({ viewport: { width, height: 900 }, colorScheme })
    for (const kind of KINDS) {
      await page.goto(`${server.origin}/-/docs/${kind}`)
      if (kind === 'start/') await search(page, 'preset')
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect([kind, width, violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)]).toEqual([kind, width, []])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      await page.screenshot({ path: join(SHOTS, `docs-${kind.replace('/', '')}-${width}-${colorScheme}.png`) })
    }
    expect(complaints).toEqual([])
    await page.context().close()
  }
})
