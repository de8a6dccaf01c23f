// Needs Debian's chromium: `npm run test:debian`.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { chromium, type Browser, type Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, startServer, type RunningServer } from '../e2e/support/server.ts'

const ROOT = resolve(import.meta.dirname, '../..')

let state: string
let server: RunningServer
let site: Server
let siteOrigin: string
let browser: Browser
let page: Page
let privateKey: CryptoKey

/** A customer's site: another origin than the service, with the SDK's browser build and an endpoint that issues tokens. */
async function startSite(): Promise<void> {
  const bundle = await build({
    stdin: { contents: "export * from '@bytescale/sdk'", resolveDir: ROOT },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'Bytescale',
    platform: 'browser',
  })
  const script = bundle.outputFiles[0]?.text ?? ''
  site = createServer((request, response) => {
    if (request.url === '/sdk.js') response.setHeader('Content-Type', 'text/javascript').end(script)
    else if (request.url === '/auth') void token().then((jwt) => response.setHeader('Content-Type', 'text/plain').end(jwt))
    else response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A site</title><script src="/sdk.js"></script>')
  })
  const port = await freePort()
  siteOrigin = `http://127.0.0.1:${port}`
  await new Promise<void>((done) => site.listen(port, '127.0.0.1', done))
}

const token = (): Promise<string> =>
  new SignJWT({
    accountId: server.account,
    allowedOrigins: [siteOrigin],
    access: {
      pathPermissions: [
        {
          match: { path: '/members', scope: 'Children' },
          permissions: { read: { file: { downloadFile: ['*'] } }, write: { file: { createFile: true, overwriteFile: true } } },
        },
      ],
    },
  })
    .setProtectedHeader({ alg: 'RS256' })
    .setSubject('member')
    .setIssuedAt()
    .setExpirationTime('10 minutes')
    .sign(privateKey)

beforeAll(async () => {
  const keys = await generateKeyPair('RS256', { extractable: true })
  privateKey = keys.privateKey
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  server = await startServer(state, { EMULSION_TOKEN_PUBLIC_KEY: await exportSPKI(keys.publicKey) })
  const headers = { Authorization: `Bearer ${server.secretKey}`, 'Content-Type': 'image/png' }
  const picture = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#336699' } })
    .png()
    .toBuffer()
  await fetch(`${server.origin}/v2/accounts/${server.account}/uploads/binary?filePath=/members/secret.png`, {
    method: 'POST',
    headers,
    body: new Uint8Array(picture),
  })
  const folderSettings = { publicPermissions: { set: true, value: [] } }
  await fetch(`${server.origin}/v2/accounts/${server.account}/folders`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({ folderPath: '/members', folderSettings }),
  })
  await startSite()
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

/** Runs a program in the page; it sees `Bytescale`, `config` and `account`. Answers its result, or its error's code or name. */
const inPage = (program: string): Promise<unknown> =>
  page.evaluate(
    async ([text = '', apiKey, origin, account]) => {
      // oxlint-disable-next-line typescript/no-implied-eval -- the text is this file's own, and must become a function inside the page
      const run = new Function('config', 'account', 'origin', `return (async () => { ${text} })()`) as (
        ...values: unknown[]
      ) => Promise<unknown>
      try {
        return await run({ apiKey, apiUrl: origin, cdnUrl: origin }, account, origin)
      } catch (error) {
        const { errorCode, name, message } = error as { errorCode?: string; name: string; message: string }
        return errorCode ?? `${name}: ${message}`
      }
    },
    [program, server.publicKey, server.origin, server.account],
  )
/** Whether the page can show a picture of the service, which asks with the cookie alone. */
const canShow = (path: string): Promise<unknown> =>
  inPage(
    `const image = new Image(); image.src = origin + '/' + account + ${JSON.stringify(path)}; return image.decode().then(() => image.naturalWidth, () => 0)`,
  )

describe("the SDK's browser build on another site", () => {
  it('uploads a blob in parts, with progress', async () => {
    const result = await inPage(`
      const progress = []
      const file = await new Bytescale.UploadManager(config).upload({ data: new Blob([new Uint8Array(11_000_000).fill(7)], { type: 'application/x-seven' }), onProgress: (event) => progress.push(event.progress) })
      const bytes = new Uint8Array(await (await fetch(file.fileUrl)).arrayBuffer())
      return { size: bytes.length, first: bytes[0], mime: file.mime, etag: typeof file.etag, steps: progress.length > 1, last: Math.max(...progress) }`)
    expect(result).toEqual({ size: 11_000_000, first: 7, mime: 'application/x-seven', etag: 'string', steps: true, last: 100 })
  })

  it('reads headers and errors of other answers', async () => {
    expect(
      await inPage(`return (await fetch(origin + '/' + account + '/image/samples/lake.jpg?w=40')).headers.get('Emulsion-Cache')`),
    ).toMatch(/miss|edge|store/)
    expect(await inPage(`return await new Bytescale.FileApi(config).getFileDetails({ accountId: account, filePath: '/nothing' })`)).toBe(
      'file_not_found',
    )
    expect(await inPage(`return await new Bytescale.FolderApi(config).listFolder({ accountId: account, folderPath: '/' })`)).toBe(
      'forbidden',
    )
  })

  it('a token session shows private pictures and writes where the token says so, until it ends', async () => {
    expect(await canShow('/raw/members/secret.png?v=1')).toBe(0)
    expect(
      await inPage(
        `await Bytescale.AuthManager.beginAuthSession({ accountId: account, authUrl: '/auth', authHeaders: async () => ({}), options: { cdnUrl: origin } }); return Bytescale.AuthManager.isAuthSessionActive()`,
      ),
    ).toBe(true)
    expect(await canShow('/raw/members/secret.png?v=2')).toBe(30)
    expect(await canShow('/image/members/secret.png?w=15')).toBe(15)
    // The same path twice: the public key alone could not overwrite.
    const twice = `const manager = new Bytescale.UploadManager(config); const path = { folderPath: FOLDER, fileName: 'mine.txt' }
      await manager.upload({ data: 'one', path }); return (await manager.upload({ data: 'two', path })).filePath`
    expect(await inPage(twice.replace('FOLDER', "'/members'"))).toBe('/members/mine.txt')
    expect(await inPage(twice.replace('FOLDER', "'/others'"))).toBe('forbidden')
    expect(await inPage(`await Bytescale.AuthManager.endAuthSession(); return Bytescale.AuthManager.isAuthSessionActive()`)).toBe(false)
    expect(await canShow('/raw/members/secret.png?v=3')).toBe(0)
  })
})
