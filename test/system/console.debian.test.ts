// Needs Debian's chromium: `npm run test:debian`. Screenshots go to test/.out/.
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../e2e/support/server.ts'

const SHOTS = resolve(import.meta.dirname, '../.out')

let state: string
let server: RunningServer
let browser: Browser
let consoleUrl: string
let photograph: string

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true })
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  server = await startServer(state)
  consoleUrl = /Console +(\S+)/.exec(server.output())?.[1] ?? ''
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  // Noise does not compress: over 5 MiB, so that the upload takes several parts.
  const noise = sharp(randomBytes(1800 * 1200 * 3), { raw: { width: 1800, height: 1200, channels: 3 } })
  photograph = join(state, 'noise.jpg')
  writeFileSync(photograph, await noise.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer())
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
  readonly partRequests: string[]
}
async function open(url: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Opened> {
  const page = await browser.newPage(options)
  const complaints: string[] = []
  const partRequests: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (request.method() === 'PUT' && request.url().includes('/content?')) partRequests.push(request.url())
    if (!request.url().startsWith(server.origin) && !/^(blob|data):/.test(request.url())) complaints.push(`asked ${request.url()}`)
  })
  await page.goto(url)
  return { page, complaints, partRequests }
}
const shown = (page: Page): Promise<unknown> => page.waitForSelector('#stage[data-state=shown]', { timeout: 60_000 })
/** Waits until the picture is another one than before `act`. */
async function afterChange(page: Page, act: () => Promise<unknown>): Promise<string> {
  const before = await page.getAttribute('#result', 'src')
  await act()
  await page.waitForFunction((last) => document.querySelector('#result')?.getAttribute('src') !== last, before, { timeout: 60_000 })
  await shown(page)
  return (await page.textContent('#after')) ?? ''
}

describe('the console in Chromium', () => {
  it('uploads in parts with progress, transforms live, and gives URLs that work', async () => {
    const { page, complaints, partRequests } = await open(consoleUrl, { viewport: { width: 1360, height: 900 }, colorScheme: 'light' })
    expect(await page.textContent('#account')).toBe(server.account)
    expect(new URL(page.url()).hash).toBe('')
    await page.evaluate(() => {
      const values = ((window as unknown as { progress: number[] }).progress = [])
      const bar = document.querySelector('progress') as HTMLProgressElement
      new MutationObserver(() => (values as number[]).push(bar.value)).observe(bar, { attributes: true })
    })
    await page.setInputFiles('#file', photograph)
    await shown(page)
    expect(partRequests.length).toBeGreaterThanOrEqual(2)
    const progress = await page.evaluate(() => (window as unknown as { progress: number[] }).progress)
    expect(progress.length).toBeGreaterThan(1)
    expect(Math.max(...progress)).toBe(1)
    expect(await page.textContent('#before')).toMatch(/^1800 × 1200 · \d[\d.]* MB · JPEG$/)
    expect(await page.textContent('#after')).toMatch(/^800 × 533 · /)
    expect(await page.textContent('#tier')).toBe('made just now')
    expect(await page.locator('#phases li').allTextContents()).toEqual(expect.arrayContaining([expect.stringMatching(/^network/)]))

    expect(await afterChange(page, () => page.fill('#w', '400'))).toMatch(/^400 × 267 · /)
    expect(await afterChange(page, () => page.selectOption('#f', 'webp'))).toMatch(/WEBP$/)
    await afterChange(page, () => page.check('input[name=grayscale]'))
    await afterChange(page, () => page.fill('input[name=text]', 'Emulsion'))
    const url = (await page.textContent('#snippet')) ?? ''
    expect(url).toMatch(
      new RegExp(`^${server.origin}/${server.account}/image/console/noise-\\w{6}\\.jpg\\?w=400&f=webp&grayscale=true&text=Emulsion`),
    )
    const { width, format } = await sharp(await (await fetch(url)).arrayBuffer()).metadata()
    expect({ width, format }).toEqual({ width: 400, format: 'webp' })
    await page.check('input[value=curl]', { force: true })
    expect(await page.textContent('#snippet')).toMatch(/^curl --fail --output 'noise-\w{6}\.webp'/)
    await page.check('input[value=sdk]', { force: true })
    expect(await page.textContent('#snippet')).toContain('UrlBuilder.url({')

    // Leave the text out again: the result is kept, so it comes from a cache.
    await afterChange(page, () => page.fill('input[name=text]', ''))
    expect(await page.textContent('#tier')).toMatch(/edge|store/)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('says in words what went wrong, and goes on', async () => {
    const { page } = await open(consoleUrl)
    await page.click('#sample')
    await shown(page)
    await page.fill('#w', '99999')
    await page.waitForSelector('#stage[data-state=failed]')
    expect(await page.textContent('#failure')).toMatch(/over the limit|Expected/)
    expect(await afterChange(page, () => page.fill('#w', '300'))).toMatch(/^300 × /)
    await page.close()
  })

  it('works from the keyboard alone, and asks for a key when it has none', async () => {
    const { page } = await open(consoleUrl.replace(/#.*/, ''))
    expect(await page.isVisible('#key-dialog')).toBe(true)
    await page.keyboard.type('nonsense')
    await page.keyboard.press('Enter')
    expect(await page.isVisible('#key-dialog')).toBe(true)
    await page.fill('#key-input', '')
    await page.keyboard.type(server.publicKey)
    await page.keyboard.press('Enter')
    await page.waitForSelector('#key-dialog', { state: 'hidden' })
    const reached: string[] = []
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab')
      reached.push(await page.evaluate(() => document.activeElement?.id ?? ''))
      if (reached.at(-1) === 'sample') break
    }
    expect(reached).toContain('change-key')
    await page.keyboard.press('Enter')
    await shown(page)
    await page.focus('#q')
    expect(await afterChange(page, () => page.keyboard.press('Home'))).toMatch(/JPEG$/)
    await page.focus('#compare')
    await page.keyboard.press('Space')
    expect(await page.getAttribute('#compare', 'aria-pressed')).toBe('true')
    expect(await page.isVisible('#original')).toBe(true)
    await page.close()
  })

  it.each([
    ['desktop-light', { viewport: { width: 1360, height: 900 }, colorScheme: 'light' as const }],
    ['desktop-dark', { viewport: { width: 1360, height: 900 }, colorScheme: 'dark' as const }],
    [
      'phone-light',
      { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true, colorScheme: 'light' as const },
    ],
    [
      'phone-dark',
      { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true, colorScheme: 'dark' as const },
    ],
  ])('%s: nothing runs over the side', async (name, options) => {
    const { page, complaints } = await open(consoleUrl, options)
    await page.screenshot({ path: join(SHOTS, `console-${name}-empty.png`) })
    await page.click('#sample')
    await shown(page)
    await page.screenshot({ path: join(SHOTS, `console-${name}.png`), fullPage: true })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(overflow).toBe(0)
    expect(complaints).toEqual([])
    await page.close()
  })
})
