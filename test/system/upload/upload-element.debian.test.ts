// Needs Debian's chromium: `npm run test:debian`.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import exifr from 'exifr'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient } from '../../../packages/client/src/index.ts'
import { heifEnc } from '../../support/heif/debian.ts'
import { type RunningServer, startServer } from '../../e2e/support/server.ts'
import { locatedPhotograph, PLACE_WORDS } from './photograph.ts'
import { type Recorder, startRecorder } from './recorder.ts'
import { type Site, startSite } from './site.ts'

const SAMPLES = resolve(import.meta.dirname, '../../../samples')

const state = mkdtempSync(join(tmpdir(), 'emulsion-'))
let server: RunningServer
let client: Client
let network: Recorder
let site: Site
let browser: Browser
let page: Page
let photograph: Buffer

const pageOf = (attributes: string): string =>
  `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>A site</title><script type="module" src="${site.origin}/element.js"></script>
  <script type="module" nonce="own">import * as emulsion from '${site.origin}/index.js'; window.emulsion = emulsion</script>
  <main><h1>Pictures</h1><form><emulsion-upload name="photos" url="${network.origin}" ${attributes}></emulsion-upload></form></main></html>`
/** Attributes of the element on the next page. */
let attributes = ''

beforeAll(async () => {
  const started = startServer(state)
  photograph = await locatedPhotograph(join(SAMPLES, 'lake.jpg'))
  server = await started
  client = createClient({ url: server.origin, apiKey: server.secretKey })
  network = await startRecorder(server.origin)
  site = await startSite(
    () => pageOf(attributes),
    // What docs/upload.md says, for scripts of the page's own site and of another.
    () =>
      `default-src 'none'; script-src ${site.origin} 'nonce-own' 'wasm-unsafe-eval'; worker-src 'self' blob: ${site.origin}; img-src blob:; connect-src ${site.origin} ${network.origin}`,
  )
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  site.close()
  network.close()
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})
afterEach(() => page.context().close())

const complaints: string[] = []

interface Heard {
  readonly type: string
  readonly detail: {
    readonly name: string
    readonly path?: string
    readonly code?: string
    readonly message?: string
    readonly status?: number
    readonly state?: string
    readonly sent?: number
  }
}

/** A page with the element, which writes down its events. */
async function open(more = `key="${server.publicKey}"`, options: BrowserContextOptions = {}, origin = site.origin): Promise<void> {
  attributes = more
  network.sent.length = 0
  network.answers = () => undefined
  complaints.length = 0
  page = await (await browser.newContext(options)).newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && complaints.push(message.text()))
  await page.addInitScript(() => {
    const heard = ((window as unknown as { heard: unknown[] }).heard = [] as unknown[])
    for (const name of ['prepared', 'notice', 'progress', 'uploaded', 'error'])
      document.addEventListener(`emulsion-${name}`, (event) => {
        const { file, prepared: _, ...detail } = (event as CustomEvent<{ file: File; prepared: unknown }>).detail
        heard.push({ type: name, detail: { name: file.name, ...detail } })
      })
  })
  await page.goto(origin)
}

const heard = (type: string): Promise<Heard[]> =>
  page.evaluate((wanted) => (window as unknown as { heard: Heard[] }).heard.filter((each) => each.type === wanted), type)

/** Waits until so many events of a kind have come. */
async function hears(type: string, count = 1): Promise<Heard[]> {
  await page.waitForFunction(
    ([wanted, most]) =>
      (window as unknown as { heard: { type: string }[] }).heard.filter((each) => each.type === wanted).length >= Number(most),
    [type, count],
    { timeout: 30_000 },
  )
  return heard(type)
}

interface Chosen {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}
const choose = (...files: readonly Chosen[]): Promise<void> => page.setInputFiles('emulsion-upload input', [...files])
const jpeg = (name: string, buffer: Buffer): Chosen => ({ name, mimeType: 'image/jpeg', buffer })

/** Drops a file as the desktop does. */
async function drop({ name, mimeType, buffer }: Chosen): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([base64 = '', called = '', type = '']) => {
      const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))
      const data = new DataTransfer()
      data.items.add(new File([bytes], called, { type }))
      return data
    },
    [buffer.toString('base64'), name, mimeType],
  )
  await page.dispatchEvent('emulsion-upload .drop', 'drop', { dataTransfer: transfer })
}

const stored = async (path = ''): Promise<Buffer> => Buffer.from(await (await client.download(path)).arrayBuffer())
const parts = (): readonly Buffer[] =>
  network.sent.filter(({ method, path }) => method === 'PUT' && path.includes('/content?')).map(({ body }) => body)

describe('a photograph of 12 megapixels that is dropped', () => {
  it('is stored as the service renders it for the preset, in at most 15 % of its bytes, and its place is not on the wire', async () => {
    await open()
    await drop(jpeg('lake.jpg', photograph))
    const [uploaded] = await hears('uploaded')
    await client.upload(new Blob([new Uint8Array(photograph)]), { path: '/originals/12mp.jpg' })
    const rendered = await fetch(`${server.origin}/${server.account}/upload/originals/12mp.jpg`)
    const file = await stored(uploaded?.detail.path)
    expect(file.equals(Buffer.from(await rendered.arrayBuffer()))).toBe(true)
    expect(Buffer.concat([...parts()]).equals(file)).toBe(true)
    const sent = network.sent.reduce((sum, { body }) => sum + body.length, 0)
    expect(sent).toBeLessThanOrEqual(0.15 * photograph.length)
    for (const word of PLACE_WORDS) {
      expect(photograph.includes(word), word).toBe(true)
      expect(
        network.sent.filter(({ body, path }) => body.includes(word) || path.includes(word)),
        word,
      ).toEqual([])
    }
    expect(await exifr.gps(photograph)).toMatchObject({ longitude: -0.125 })
    expect(await exifr.gps(file)).toBeUndefined()
    expect(complaints).toEqual([])
  })
})

describe('the exact result, without the server', () => {
  const WISHES = [
    // The first is of a HEIC.
    'w=200&f=jpeg',
    'w=300&f=webp',
    'w=160&f=avif',
    'w=200&f=png&palette=true&text=Emulsion&font-size=30&grayscale=true',
    'w=300&q=auto&f=jpeg',
    'w=240&f=jpeg&c=95',
    'w=200&f=jpeg&image=/originals/mark.png&gravity=bottom-right',
    'w=200&f=jpeg&metadata=unlocated',
    'f=jpeg&q=lossless',
  ]

  it('is what the service answers, whatever is wished: codecs, fonts and layers come when they are needed', async () => {
    await open()
    const located = await locatedPhotograph(join(SAMPLES, 'lake.jpg'), 640, 480)
    const mark = await sharp({ create: { width: 40, height: 20, channels: 4, background: '#c0502080' } })
      .png()
      .toBuffer()
    await client.upload(new Blob([new Uint8Array(located)]), { path: '/originals/small.jpg' })
    await client.upload(new Blob([new Uint8Array(mark)]), { path: '/originals/mark.png' })
    const heic = heifEnc([await sharp(located).png().toBuffer()])
    await client.upload(new Blob([new Uint8Array(heic)]), { path: '/originals/small.heic' })
    const made = await page.evaluate(
      async ([base64 = '', heicBase64 = '', url = '', key = '', ...wishes]) => {
        const { prepare } = (window as unknown as { emulsion: typeof import('../../../packages/upload/src/index.ts') }).emulsion
        const [photo, heic] = [base64, heicBase64].map((text) => new Blob([Uint8Array.from(atob(text), (each) => each.charCodeAt(0))]))
        const hash = async (bytes: ArrayBuffer) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join()
        return Promise.all(
          wishes.map(async (picture, i) => {
            const prepared = await prepare((i === 0 ? heic : photo) ?? new Blob(), { picture, service: { url, key } })
            return hash(await prepared.file.arrayBuffer())
          }),
        )
      },
      [located.toString('base64'), Buffer.from(heic).toString('base64'), network.origin, server.publicKey, ...WISHES],
    )
    const rendered = await Promise.all(
      WISHES.map(async (wish, i) => {
        const answer = await fetch(`${server.origin}/${server.account}/image/originals/small.${i === 0 ? 'heic' : 'jpg'}?${wish}`)
        expect([wish, answer.status]).toEqual([wish, 200])
        return [
          ...createHash('sha256')
            .update(Buffer.from(await answer.arrayBuffer()))
            .digest(),
        ].join()
      }),
    )
    expect(made).toEqual(rendered)
    expect(complaints).toEqual([])
  })
})

describe('many files', () => {
  it('two are sent, and of what is broken, too large or no picture nothing is', async () => {
    await open()
    const small = await locatedPhotograph(join(SAMPLES, 'lake.jpg'), 900, 600)
    const broken = Buffer.concat([small.subarray(0, 300), Buffer.from('broken-picture')])
    const huge = Buffer.from(small)
    const frame = huge.indexOf(Buffer.from([0xff, 0xc0]))
    huge.writeUInt16BE(40_000, frame + 5)
    huge.writeUInt16BE(40_000, frame + 7)
    await choose(
      jpeg('one.jpg', small),
      jpeg('broken.jpg', broken),
      jpeg('huge.jpg', huge),
      { name: 'notes.txt', mimeType: 'image/jpeg', buffer: Buffer.from('51.5 north') },
      jpeg('two.jpg', await locatedPhotograph(join(SAMPLES, 'still-life.jpg'), 800, 600)),
    )
    const uploaded = await hears('uploaded', 2)
    const errors = await hears('error', 3)
    expect(uploaded.map(({ detail }) => detail.name).toSorted()).toEqual(['one.jpg', 'two.jpg'])
    expect(Object.fromEntries(errors.map(({ detail }) => [detail.name, detail.code]))).toEqual({
      'broken.jpg': 'invalid_image',
      'huge.jpg': 'too_many_pixels',
      'notes.txt': 'unsupported_format',
    })
    expect(parts()).toHaveLength(2)
    expect(await page.locator('li[data-state=failed] .state').allTextContents()).toEqual([
      expect.stringContaining('damaged'),
      expect.stringContaining('40000×40000'),
      expect.stringContaining('Expected'),
    ])
    expect(await page.locator('[role=status]').textContent()).toContain('of 5 uploaded')
    // In a form it is the paths of what is stored.
    expect(await page.evaluate(() => new FormData(document.forms[0]).getAll('photos'))).toEqual(
      [...uploaded].map(({ detail }) => detail.path).toSorted((a = '', b = '') => (a.includes('one') ? -1 : b.includes('one') ? 1 : 0)),
    )
  })

  it('a key that the service does not know is an error of its own, which is shown', async () => {
    await open('key="public_Emu1s1nNobodyKnowsThisKey"')
    await choose(jpeg('lake.jpg', await locatedPhotograph(join(SAMPLES, 'lake.jpg'), 300, 200)))
    const [error] = await hears('error')
    expect(error?.detail).toMatchObject({ status: 401, code: 'unauthorized', name: 'lake.jpg' })
    expect(await page.textContent('li .state')).toContain('API key')
    expect(network.sent.every(({ path, body }) => path.startsWith('/-/ingest/') && body.length === 0)).toBe(true)
  })
})

describe('an upload', () => {
  const begun = (): number => network.sent.filter(({ method, path }) => method === 'POST' && path.endsWith('/uploads')).length
  const isPart = (method: string, path: string): boolean => method === 'PUT' && path.includes('/content?')
  let small: Buffer
  beforeAll(async () => {
    small = await locatedPhotograph(join(SAMPLES, 'lake.jpg'), 600, 400)
  })
  /** Parts go no further. @returns when the first has come so far. */
  const holdParts = (): Promise<void> =>
    new Promise((held) => {
      network.answers = (method, path) => {
        if (!isPart(method, path)) return undefined
        held()
        return new Promise(() => undefined)
      }
    })
  const stateIs = (state: string): Promise<unknown> => page.waitForSelector(`li[data-state=${state}]`, { timeout: 20_000 })

  it('goes on when the lost network is back, with what it had begun', async () => {
    await open()
    network.answers = (method, path) => (isPart(method, path) ? null : undefined)
    await choose(jpeg('lake.jpg', small))
    await stateIs('offline')
    expect(await heard('error')).toEqual([])
    network.answers = () => undefined
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    const [uploaded] = await hears('uploaded')
    expect(begun()).toBe(1)
    expect((await stored(uploaded?.detail.path)).equals(Buffer.concat([...parts()]))).toBe(true)
  })

  it('is paused, gone on with and cancelled by keyboard', async () => {
    await open()
    const first = holdParts()
    await choose(jpeg('lake.jpg', small))
    await first
    await page.focus('button.pause')
    await page.keyboard.press('Enter')
    await stateIs('paused')
    expect(await page.evaluate(() => document.querySelector('emulsion-upload')?.shadowRoot?.activeElement?.className)).toBe('resume')
    network.answers = () => undefined
    await page.keyboard.press('Enter')
    await hears('uploaded')
    expect(begun()).toBe(1)

    const second = holdParts()
    await choose(jpeg('second.jpg', small))
    await second
    const given = page.waitForRequest((request) => request.method() === 'DELETE')
    await page.focus('li[data-state=sending] button.cancel')
    await page.keyboard.press('Enter')
    expect((await (await given).response())?.status()).toBe(200)
    expect(await page.locator('li').count()).toBe(1)
    expect(await heard('uploaded')).toHaveLength(1)
  })

  it('is cancelled while the picture is made: the next one is made all the same', async () => {
    await open()
    await choose(jpeg('first.jpg', photograph), jpeg('second.jpg', small))
    await page.evaluate(() => {
      const element = document.querySelector('emulsion-upload') as HTMLElement & { entries: unknown[]; cancel(entry: unknown): void }
      element.cancel(element.entries[0])
    })
    const [uploaded] = await hears('uploaded')
    expect(uploaded?.detail.name).toBe('second.jpg')
    expect(parts()).toHaveLength(1)
  })

  it('waits for a review, as a script of another site, on a telephone, in light and in dark', async () => {
    const elsewhere = site.origin.replace('127.0.0.1', 'localhost')
    await open(`key="${server.publicKey}" review`, { viewport: { width: 390, height: 844 } }, elsewhere)
    await choose(jpeg('a-photograph-with-a-rather-long-name-of-a-telephone.jpg', small), jpeg('broken.jpg', small.subarray(0, 200)))
    await stateIs('ready')
    await stateIs('failed')
    expect(await page.evaluate(() => document.querySelector('emulsion-upload')?.shadowRoot?.querySelector('img')?.naturalWidth)).toBe(600)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze()
      expect(violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0)
    expect(parts()).toEqual([])
    await page.focus('button.send')
    await page.keyboard.press('Enter')
    await hears('uploaded')
  })
})
