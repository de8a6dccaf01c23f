// Needs Debian's chromium: `npm run test:debian`.
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, APP_VARIABLES, OPEN, policyOf, SECURED } from '../e2e/support/filestack-apps.ts'
import { freePort, startServer, type RunningServer } from '../e2e/support/server.ts'

const MIB = 1024 * 1024
const SDK = resolve(import.meta.dirname, '../../node_modules/filestack-js/build/browser')

let state: string
let server: RunningServer
let site: Server
let siteOrigin: string
let browser: Browser
let page: Page

/** A customer's site: another origin than the service, with the SDK's browser build as the vendor ships it, and a file to be stored by its URL. */
async function startSite(): Promise<void> {
  site = createServer((request, response) => {
    const name = basename(request.url ?? '')
    if (name.endsWith('.js'))
      void readFile(join(SDK, name)).then((script) => response.setHeader('Content-Type', 'text/javascript').end(script))
    else if (name === 'a.txt') response.setHeader('Content-Type', 'text/plain').end('from the site')
    else
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A site</title><script src="/filestack.min.js"></script>')
  })
  const port = await freePort()
  siteOrigin = `http://127.0.0.1:${port}`
  await new Promise<void>((done) => site.listen(port, '127.0.0.1', done))
}

beforeAll(async () => {
  await startSite()
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  server = await startServer(state, { ...APP_VARIABLES, EMULSION_ALLOW_HOSTS: new URL(siteOrigin).host })
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  page = await browser.newPage()
  await page.goto(siteOrigin)
})
afterAll(async () => {
  await browser.close()
  site.close()
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

/** Runs a program in the page; it sees `client`, `origin`, `site` and `bytes(size)`. Answers its result, or what the service said of the error. */
const inPage = (program: string, { key }: App, security?: object): Promise<unknown> =>
  page.evaluate(
    async ([text, origin, site, apikey, secured]) => {
      const { filestack } = globalThis as unknown as { filestack: { init(key: string, options: object): Client } }
      interface Client {
        session: { urls: object }
        on(name: string, heard: (error: { details?: { code?: number } }) => void): void
      }
      const client = filestack.init(String(apikey), { forwardErrors: false, ...(secured !== null && { security: secured }) })
      Object.assign(client.session.urls, { fileApiUrl: `${origin}/api/file`, uploadApiUrl: origin, processUrl: origin, cdnUrl: origin })
      let code: number | undefined
      client.on('upload.error', ({ details }) => (code = details?.code))
      const bytes = (size: number): Uint8Array => new Uint8Array(size).map((_, i) => i % 251)
      // oxlint-disable-next-line typescript/no-implied-eval -- the text is this file's own, and must become a function inside the page
      const run = new Function('client', 'origin', 'site', 'bytes', `return (async () => { ${String(text)} })()`) as (
        ...values: unknown[]
      ) => Promise<unknown>
      return run(client, origin, site, bytes).catch(
        (error: { response?: { status?: number }; message?: string }) => code ?? error.response?.status ?? String(error.message),
      )
    },
    [program, server.origin, siteOrigin, key, security ?? null] as const,
  )

describe.each([
  ['security off', OPEN, undefined],
  ['security required', SECURED, policyOf(SECURED.secret)],
])("the SDK's browser build on another site, %s", (_, app, security) => {
  /** Uploads so many bytes, reads them back and compares. */
  const roundTrip = (size: number, options: string): Promise<unknown> =>
    inPage(
      `
      const progress = []
      const file = new File([bytes(${size})], 'photo.bin', { type: 'application/x-photo' })
      const stored = await client.upload(file, { ${options} onProgress: ({ totalPercent }) => progress.push(totalPercent), progressInterval: 5 }, { path: 'browser/' })
      const query = client.session.policy ? '?policy=' + client.session.policy + '&signature=' + client.session.signature : ''
      const back = new Uint8Array(await (await fetch(stored.url + query)).arrayBuffer())
      const { filename, mimetype } = await client.metadata(stored.handle, { filename: true, mimetype: true })
      const same = back.length === ${size} && back.every((byte, i) => byte === i % 251)
      return { same, filename, mimetype, status: stored.status, steps: progress.length > 0 }`,
      app,
      security,
    )

  it.each([
    [1, ''],
    [20 * MIB, ''],
    [20 * MIB, 'intelligent: true,'],
    [32 * MIB, 'concurrency: 3,'],
    [13_000_000, "intelligent: 'fallback', disableIntegrityCheck: true,"],
  ])('client.upload of %i bytes %s', async (size, options) => {
    const expected = { same: true, filename: 'photo.bin', mimetype: 'application/x-photo', status: 'Stored', steps: true }
    expect(await roundTrip(size, options)).toEqual(expected)
  })

  it('client.storeURL, and client.remove', async () => {
    const text = `
      const stored = await client.storeURL(site + '/a.txt', { filename: 'b.txt' })
      await client.remove(stored.handle, { policy: client.session.policy ?? POLICY.policy, signature: client.session.signature ?? POLICY.signature })
      return [stored.filename, stored.size, (await fetch(stored.url)).status]`
    const policy = JSON.stringify(policyOf(app.secret))
    expect(await inPage(text.replaceAll('POLICY', `(${policy})`), app, security)).toEqual(['b.txt', 13, 404])
  })

  it('client.retrieve, client.download, and the picture at the URL of client.transform', async () => {
    const text = `
      const canvas = Object.assign(document.createElement('canvas'), { width: 60, height: 40 })
      const picture = await new Promise((done) => canvas.toBlob(done, 'image/png'))
      const { handle } = await client.upload(picture, {}, { filename: 'a.png' })
      const { width } = await client.metadata(handle, { width: true })
      const retrieved = await client.retrieve(handle, { metadata: true })
      const downloaded = await client.download(handle)
      const response = await fetch(client.transform(handle, { resize: { width: 30 } }))
      const shown = await createImageBitmap(await response.blob())
      return [width, retrieved.filename, downloaded !== undefined, response.status, shown.width, shown.height]`
    expect(await inPage(text, app, security)).toEqual([60, 'a.png', true, 200, 30, 20])
  })

  it('is told why it may not', async () => {
    const upload = "return await client.upload(new Blob([bytes(5)]), {}, { filename: 'a.bin' })"
    expect(await inPage(upload, { key: 'nobody', secret: '' }, security)).toBe(401)
    expect(await inPage(upload, app, policyOf('another'))).toBe(403)
    expect(await inPage(upload, app, policyOf(app.secret, { maxSize: 4 }))).toBe(413)
    expect(await inPage("return await client.storeURL(site + '/a.txt')", app, policyOf('another'))).toBe(403)
  })
})

describe('an upload that is interrupted', () => {
  it('32 MiB, paused and resumed by its token', async () => {
    const text = `
      const data = bytes(${32 * MIB})
      const token = {}
      let paused = false
      const onProgress = ({ totalPercent }) => {
        if (paused || totalPercent < 20) return
        paused = true
        token.pause()
        setTimeout(() => token.resume(), 300)
      }
      const stored = await client.upload(new Blob([data]), { onProgress, progressInterval: 5 }, { filename: 'paused.bin' }, token)
      return [paused, stored.size]`
    expect(await inPage(text, SECURED, policyOf(SECURED.secret))).toEqual([true, 32 * MIB])
  })

  it('32 MiB, while the network goes away and comes back', async () => {
    const text = `
      const data = bytes(${32 * MIB})
      const onProgress = ({ totalPercent }) => { if (totalPercent >= 20) globalThis.isUnderWay = true }
      const stored = await client.upload(new Blob([data]), { onProgress, progressInterval: 5 }, { filename: 'offline.bin' })
      const query = client.session.policy ? '?policy=' + client.session.policy + '&signature=' + client.session.signature : ''
      const back = new Uint8Array(await (await fetch(stored.url + query)).arrayBuffer())
      return back.length === data.length && back.every((byte, i) => byte === data[i])`
    const upload = inPage(text, SECURED, policyOf(SECURED.secret))
    await page.waitForFunction(() => 'isUnderWay' in globalThis)
    await page.context().setOffline(true)
    await new Promise((wait) => setTimeout(wait, 1000))
    await page.context().setOffline(false)
    expect(await upload).toBe(true)
    await page.reload()
  })
})
