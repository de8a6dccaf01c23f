// Needs Debian's chromium: `npm run test:debian`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import exifr from 'exifr'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient } from '../../../packages/client/src/index.ts'
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
  `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>A site</title><script type="module" src="/element.js"></script>
  <main><h1>Pictures</h1><emulsion-upload url="${network.origin}" ${attributes}></emulsion-upload></main></html>`
/** Attributes of the element on the next page. */
let attributes = ''

beforeAll(async () => {
  const started = startServer(state)
  photograph = await locatedPhotograph(join(SAMPLES, 'lake.jpg'))
  server = await started
  client = createClient({ url: server.origin, apiKey: server.secretKey })
  network = await startRecorder(server.origin)
  site = await startSite(() => pageOf(attributes))
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
async function open(more = `key="${server.publicKey}"`): Promise<void> {
  attributes = more
  network.sent.length = 0
  network.answers = () => undefined
  complaints.length = 0
  page = await (await browser.newContext()).newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.addInitScript(() => {
    const heard = ((window as unknown as { heard: unknown[] }).heard = [] as unknown[])
    for (const name of ['prepared', 'notice', 'progress', 'uploaded', 'error'])
      document.addEventListener(`emulsion-${name}`, (event) => {
        const { file, prepared: _, ...detail } = (event as CustomEvent<{ file: File; prepared: unknown }>).detail
        heard.push({ type: name, detail: { name: file.name, ...detail } })
      })
  })
  await page.goto(site.origin)
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
export const choose = (...files: readonly Chosen[]): Promise<void> => page.setInputFiles('emulsion-upload input', [...files])
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
