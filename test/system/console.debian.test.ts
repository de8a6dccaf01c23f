// Needs Debian's chromium: `npm run test:debian`. Screenshots go to test/.out/.
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../e2e/support/server.ts'

const SHOTS = resolve(import.meta.dirname, '../.out')

let state: string
let server: RunningServer
let browser: Browser
let consoleUrl: string
let photograph: string
let smallPhotograph: string
/** A PNG whose name says JPEG. */
let wronglyNamed: string

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
  const small = sharp({ create: { width: 120, height: 80, channels: 3, background: '#c05020' } })
  smallPhotograph = join(state, 'small.png')
  writeFileSync(smallPhotograph, await small.png().toBuffer())
  wronglyNamed = join(state, 'wrongly-named.jpg')
  writeFileSync(wronglyNamed, await small.png().toBuffer())
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
/** Opens a page in a browser profile of its own, under a policy that allows nothing but the page's own files. */
async function open(url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  const partRequests: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (request.method() === 'PUT' && request.url().includes('/content?')) partRequests.push(request.url())
    if (!request.url().startsWith(server.origin)) complaints.push(`asked ${request.url()}`)
  })
  await page.route('**/-/console/', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': "default-src 'self'" } })
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
    expect(page.url()).not.toContain(server.publicKey)
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
    await page.context().close()
  })

  it('says in words what went wrong, and goes on', async () => {
    const { page } = await open(consoleUrl)
    await page.click('#sample')
    await shown(page)
    await page.fill('#w', '99999')
    await page.waitForSelector('#stage[data-state=failed]')
    expect(await page.textContent('#failure')).toMatch(/over the limit|Expected/)
    expect(await afterChange(page, () => page.fill('#w', '300'))).toMatch(/^300 × /)
    await page.context().close()
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
    await page.context().close()
  })
})

const failed = (page: Page): Promise<unknown> => page.waitForSelector('#stage[data-state=failed]', { timeout: 60_000 })
/** The figures of the result: they must never stand beside a failure. */
const figures = async (page: Page): Promise<object> => ({
  after: await page.textContent('#after'),
  change: await page.textContent('#change'),
  total: await page.textContent('#total'),
  tier: await page.textContent('#tier'),
  phases: await page.locator('#phases li').count(),
})
const NO_FIGURES = { after: '–', change: '', total: '', tier: '', phases: 0 }
async function openSample(options: BrowserContextOptions = {}): Promise<Opened> {
  const opened = await open(consoleUrl, options)
  await opened.page.click('#sample')
  await shown(opened.page)
  return opened
}

describe('the picture follows the form', () => {
  it('"Start over" gives the first values to both', async () => {
    const { page } = await openSample()
    await page.selectOption('#f', 'webp')
    await page.check('input[name=grayscale]')
    expect(await afterChange(page, () => page.fill('#w', '300'))).toMatch(/^300 × 200 · .*WEBP$/)
    await page.click('#compare')
    expect(await afterChange(page, () => page.click('button[type=reset]'))).toMatch(/^800 × 534 · .*JPEG$/)
    expect(await page.inputValue('#w')).toBe('800')
    expect(await page.isVisible('#result')).toBe(true)
    expect(await page.textContent('#snippet')).toMatch(/lake\.jpg\?w=800$/)
    await page.context().close()
  })

  it('a small picture keeps its size, and "Start over" returns to it', async () => {
    const { page } = await open(consoleUrl)
    await page.setInputFiles('#file', smallPhotograph)
    await shown(page)
    expect(await page.textContent('#after')).toMatch(/^120 × 80 · /)
    await afterChange(page, () => page.fill('#w', '60'))
    expect(await afterChange(page, () => page.click('button[type=reset]'))).toMatch(/^120 × 80 · /)
    expect(await afterChange(page, () => page.setInputFiles('#file', photograph))).toMatch(/^800 × 533 · /)
    await page.context().close()
  })

  it('curl saves the result under the extension of its format', async () => {
    const { page } = await open(consoleUrl)
    await page.setInputFiles('#file', wronglyNamed)
    await shown(page)
    await page.check('input[value=curl]', { force: true })
    expect(await page.textContent('#snippet')).toMatch(/--output 'wrongly-named-\w{6}\.png'/)
    await page.selectOption('#f', 'jpeg')
    expect(await page.textContent('#snippet')).toMatch(/--output 'wrongly-named-\w{6}\.jpg'/)
    await page.context().close()
  })

  it('a reload, a new tab and the address bring back the picture and the form', async () => {
    const { page, complaints } = await openSample()
    await page.selectOption('#fit', 'crop')
    await page.selectOption('#crop', 'smart')
    await page.fill('#h', '100')
    await page.fill('input[name=text]', 'ä & b')
    await page.check('input[name=flop]')
    const after = await afterChange(page, () => page.fill('#w', ''))
    const url = await page.textContent('#snippet')
    await page.reload()
    await shown(page)
    expect(await page.textContent('#after')).toBe(after)
    expect(await page.textContent('#snippet')).toBe(url)
    expect(await page.inputValue('#w')).toBe('')
    const link = page.url()
    expect(link).not.toContain(server.publicKey)

    const other = await page.context().newPage()
    await other.goto(link)
    await other.fill('#key-input', server.publicKey)
    await other.keyboard.press('Enter')
    await shown(other)
    expect(await other.textContent('#snippet')).toBe(url)

    await page.evaluate(() => (location.hash = '#/samples/still-life.jpg?w=50'))
    await page.waitForFunction(() => document.querySelector('#after')?.textContent?.startsWith('50 × ') === true)
    expect(await page.textContent('#snippet')).toMatch(/still-life\.jpg\?w=50$/)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

describe('a failure', () => {
  it('of a result removes the figures, and can be dismissed', async () => {
    const { page } = await openSample()
    await page.fill('#w', '99999')
    await failed(page)
    expect(await figures(page)).toEqual(NO_FIGURES)
    await page.click('#dismiss')
    expect(await page.isVisible('#failure')).toBe(false)
    expect(await figures(page)).toEqual(NO_FIGURES)
    await page.context().close()
  })

  it('of an upload with a key that nobody knows can be dismissed, and goes with the right key', async () => {
    const { page } = await open(`${consoleUrl.replace(/#.*/, '')}#public_${server.account}wrongwrongwrongwrong1`)
    await page.setInputFiles('#file', smallPhotograph)
    await failed(page)
    expect(await page.textContent('#failure-text')).toMatch(/key/)
    expect(await figures(page)).toEqual(NO_FIGURES)
    await page.click('#dismiss')
    expect(await page.isVisible('#failure')).toBe(false)
    await page.setInputFiles('#file', smallPhotograph)
    await failed(page)
    await page.click('#change-key')
    await page.fill('#key-input', 'public_')
    await page.keyboard.press('Enter')
    expect(await page.isVisible('#key-error')).toBe(true)
    await page.click('#key-cancel')
    expect(await page.isVisible('#key-dialog')).toBe(false)
    await page.click('#change-key')
    expect(await page.textContent('#key-error')).toBe('')
    await page.fill('#key-input', server.publicKey)
    await page.keyboard.press('Enter')
    expect(await page.isVisible('#failure')).toBe(false)
    await page.setInputFiles('#file', smallPhotograph)
    await shown(page)
    await page.context().close()
  })

  it('of the next photograph removes the picture and the figures of the last one', async () => {
    const { page } = await openSample()
    await page.evaluate(() => (location.hash = '#/nothing/here.jpg'))
    await failed(page)
    expect(await figures(page)).toEqual(NO_FIGURES)
    expect(await page.textContent('#before')).toBe('–')
    expect(await page.getAttribute('#result', 'src')).toBeNull()
    await page.setInputFiles('#file', smallPhotograph)
    await shown(page)
    await page.context().close()
  })

  it('of the connection is said in words', async () => {
    const { page } = await openSample()
    await page.context().setOffline(true)
    await page.fill('#w', '123')
    await failed(page)
    expect(await page.textContent('#failure-text')).toBe('The server cannot be reached.')
    await page.context().setOffline(false)
    await afterChange(page, () => page.fill('#w', '124'))
    await page.context().close()
  })

  it.each([
    ['a text', 'notes.jpg', Buffer.from('no picture'), /^notes\.jpg is not a photograph/],
    ['an empty file', 'empty.png', Buffer.alloc(0), /^empty\.png is empty/],
    ['a file over the limit', 'big.jpg', Buffer.alloc(50_000_001, Buffer.from([0xff, 0xd8, 0xff])), /at most 50 MB/],
  ])('of %s comes before anything is sent; the open picture comes back', async (_, name, buffer, reason) => {
    const { page } = await openSample()
    const before = await page.textContent('#after')
    const sent: string[] = []
    page.on('request', (request) => request.method() !== 'GET' && sent.push(request.url()))
    // Playwright hands over files above 50 MB by their path only.
    const path = join(state, name)
    writeFileSync(path, buffer)
    await page.setInputFiles('#file', path)
    await failed(page)
    expect(await page.textContent('#failure-text')).toMatch(reason)
    expect(sent).toEqual([])
    expect(await figures(page)).toEqual(NO_FIGURES)
    await page.click('#dismiss')
    await shown(page)
    expect(await page.textContent('#after')).toBe(before)
    await page.context().close()
  })
})

describe('keys', () => {
  it.each(['#%zz', '#%', '#nonsense', '#/%zz', '#/a/../b'])('%s in the address harms nothing', async (fragment) => {
    const { page, complaints } = await open(consoleUrl.replace(/#.*/, '') + fragment)
    expect(await page.isVisible('#key-dialog')).toBe(true)
    await page.fill('#key-input', server.publicKey)
    await page.keyboard.press('Enter')
    await page.click('#sample')
    await shown(page)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('what was begun without a key goes on when there is one', async () => {
    const { page } = await open(consoleUrl.replace(/#.*/, ''))
    await page.click('#key-cancel')
    await page.setInputFiles('#file', smallPhotograph)
    await page.fill('#key-input', server.publicKey)
    await page.keyboard.press('Enter')
    await shown(page)
    expect(await page.textContent('#before')).toMatch(/^120 × 80 · /)
    await page.context().close()
  })
})

describe('a server whose key has other letters', () => {
  const KEY = 'public_Emu1s1n+a/b=Schlüssel-鑰匙-🔑%41'
  let other: RunningServer
  beforeAll(async () => {
    const folder = join(state, 'other')
    other = await startServer(folder, { EMULSION_PUBLIC_KEY: KEY })
  })
  afterAll(() => other.stop())

  it.each(['printed', 'typed'])('takes the key when it is %s', async (way) => {
    const printed = /Console +(\S+)/.exec(other.output())?.[1] ?? ''
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(way === 'printed' ? printed : printed.replace(/#.*/, ''))
    if (way === 'typed') {
      await page.fill('#key-input', KEY)
      await page.keyboard.press('Enter')
    }
    await page.setInputFiles('#file', smallPhotograph)
    await shown(page)
    await context.close()
  })
})

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true } as const
const DESKTOP = { viewport: { width: 1280, height: 900 } } as const
const LOOKS: readonly (readonly [string, BrowserContextOptions])[] = [
  ['desktop-light', { ...DESKTOP, colorScheme: 'light' }],
  ['desktop-dark', { ...DESKTOP, colorScheme: 'dark' }],
  ['phone-light', { ...PHONE, colorScheme: 'light' }],
  ['phone-dark', { ...PHONE, colorScheme: 'dark' }],
]
/** The states of the page, and how a user gets there from an empty one. */
const STATES: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['empty', () => Promise.resolve()],
  [
    'dialog',
    async (page) => {
      await page.click('#change-key')
      await page.fill('#key-input', 'wrong')
      await page.keyboard.press('Enter')
    },
  ],
  [
    'refused',
    async (page) => {
      await page.setInputFiles('#file', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') })
      await failed(page)
    },
  ],
  [
    'shown',
    async (page) => {
      await page.click('#sample')
      await shown(page)
    },
  ],
  [
    'failed',
    async (page) => {
      await page.click('#sample')
      await shown(page)
      await page.fill('#w', '99999')
      await failed(page)
    },
  ],
]

describe.each(LOOKS)('%s', (look, options) => {
  it.each(STATES)('%s: no accessibility violation, nothing over the side, targets of 24 pixels', async (name, enter) => {
    const { page } = await open(consoleUrl, options)
    await enter(page)
    await page.screenshot({ path: join(SHOTS, `console-${look}-${name}.png`), fullPage: name !== 'dialog' })
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0)
    expect(await smallTargets(page)).toEqual([])
    await page.context().close()
  })
})

/** Everything that a finger or a pointer can hit and that has less than 24 by 24 CSS pixels. A control that is not drawn counts by its label. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('a[href], button, select, input, label.button')].flatMap((control) => {
      const isDrawn = getComputedStyle(control).opacity !== '0'
      const target = isDrawn ? control : control.closest('label')
      if (!target?.checkVisibility()) return []
      const { width, height } = target.getBoundingClientRect()
      return width < 24 || height < 24 ? [`${control.outerHTML}: ${width} × ${height}`] : []
    }),
  )

describe('screen readers', () => {
  it('hear of results, progress and failures', async () => {
    const { page } = await openSample()
    const roleAround = (selector: string): Promise<string | null> =>
      page.evaluate(
        (wanted) => document.querySelector(wanted)?.closest('[role=status], [role=alert]')?.getAttribute('role') ?? null,
        selector,
      )
    expect(await roleAround('#after')).toBe('status')
    expect(await roleAround('#change')).toBe('status')
    expect(await roleAround('#upload-status')).toBe('status')
    expect(await roleAround('#failure-text')).toBe('alert')
    expect(await roleAround('#key-error')).toBe('alert')
    expect(await page.locator('dl button, dl label, dl input').count()).toBe(0)
    await page.context().close()
  })
})
