import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { APP_VARIABLES, OPEN, policyOf, SECURED } from './support/filestack-apps.ts'
import { startServer, type RunningServer } from './support/server.ts'

const BATCH_SECRET = 'batch-secret-of-the-mounts'
let state: string
let web: Server
let server: RunningServer
let picture: Buffer
/** Requests of the web server, by path. */
const asked: string[] = []

const file = (response: ServerResponse, body: Buffer, method = 'GET'): void => {
  response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': body.length, ETag: '"1"' })
  response.end(method === 'HEAD' ? undefined : body)
}

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  picture = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#804020' } })
    .png()
    .toBuffer()
  web = createServer((request, response) => {
    const { method, url = '', headers } = request
    asked.push(`${method} ${url}`)
    if (url.startsWith('/media/boats')) return file(response, picture, method)
    if (url === '/media/inside.png') return void response.writeHead(302, { Location: 'http://169.254.169.254/' }).end()
    if (url === '/media/broken.png') return void response.writeHead(500).end('a secret of the origin')
    if (url === '/media/text.png') return file(response, Buffer.from('no picture'), method)
    // A web server that is a proxy of the service itself, and says so as proxies must.
    if (url.startsWith('/media/loop'))
      return void fetch(`${server.origin}/${server.account}/raw/mounted/web${url.slice('/media'.length)}`, {
        method: method ?? 'GET',
        headers: { Via: String(headers.via) },
      }).then(({ status }) => response.writeHead(status).end())
    return void response.writeHead(404).end()
  })
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done))
  const host = `127.0.0.1:${(web.address() as AddressInfo).port}`
  server = await startServer(state, {
    ...APP_VARIABLES,
    EMULSION_MOUNT_WEB: `http://${host}/media/`,
    EMULSION_ALLOW_HOSTS: host,
    EMULSION_BATCH_SECRET: BATCH_SECRET,
  })
  await api('POST', '/uploads/binary?filePath=/own.png', picture)
})
afterAll(async () => {
  await server?.stop()
  web.close()
  rmSync(state, { recursive: true, force: true })
})

const get = (path: string, init: RequestInit = {}) => fetch(`${server.origin}/${server.account}${path}`, init)
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer())
function api(method: string, path: string, body?: Buffer | object): Promise<Response> {
  const type = Buffer.isBuffer(body) ? 'image/png' : 'application/json'
  return fetch(`${server.origin}/v2/accounts/${server.account}${path}`, {
    method,
    headers: { Authorization: `Bearer ${server.secretKey}`, ...(body && { 'Content-Type': type }) },
    ...(body && { body: type === 'image/png' ? new Uint8Array(body as Buffer) : JSON.stringify(body) }),
  })
}
const codeOf = async (response: Response): Promise<unknown> => {
  const body = (await response.json()) as { error?: { code?: unknown } | string }
  return [response.status, typeof body.error === 'object' ? body.error.code : body]
}

describe('a folder that is mounted on a web server', () => {
  it('gives pictures the bytes that they have in the account, and is asked once for many', async () => {
    const own = await bytesOf(await get('/image/own.png?w=12&f=webp'))
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('/image/mounted/web/boats.png?w=12&f=webp')))
    for (const answer of answers) expect([answer.status, await bytesOf(answer)]).toEqual([200, own])
    expect(asked.filter((one) => one.endsWith('/media/boats.png')).length).toBeLessThanOrEqual(2)
    expect((await get('/image/mounted/web/boats.png?w=12&f=webp')).headers.get('Server-Timing')).not.toContain('render')
  })

  it('shows frameworks the pictures that they name by their address, and no others', async () => {
    const base = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
    const optimized = (url: string) => fetch(`${server.origin}/_next/image?url=${encodeURIComponent(url)}&w=12&q=75`)
    const own = await bytesOf(await get('/image/own.png?w=12&fit=shrink&f=auto&q=75'))
    const named = await optimized(`${base}/media/boats.png`)
    expect([named.status, await bytesOf(named)]).toEqual([200, own])
    const before = asked.length
    for (const url of [`${base}/other/boats.png`, `${base}/media/../boats.png`, `${base}/media/`, 'http://169.254.169.254/media/boats.png'])
      expect((await optimized(url)).status, url).toBe(400)
    expect(asked.length).toBe(before)
  })

  it('serves its files as they are, in ranges and by conditions', async () => {
    const whole = await get('/raw/mounted/web/boats.png')
    expect([whole.status, await bytesOf(whole)]).toEqual([200, picture])
    const part = await get('/raw/mounted/web/boats.png', { headers: { Range: 'bytes=1-3' } })
    expect([part.status, part.headers.get('Content-Range'), await part.text()]).toEqual([206, `bytes 1-3/${picture.length}`, 'PNG'])
    const head = await get('/raw/mounted/web/boats.png', { method: 'HEAD' })
    expect([head.status, head.headers.get('Content-Length')]).toEqual([200, String(picture.length)])
    const again = await get('/raw/mounted/web/boats.png', { headers: { 'If-None-Match': whole.headers.get('ETag') ?? '' } })
    expect(again.status).toBe(304)
  })

  it.each([
    ['/image/mounted/web/none.png?w=5', 404, 'file_not_found'],
    ['/raw/mounted/web/none.png', 404, 'file_not_found'],
    ['/image/mounted/web/broken.png?w=5', 502, 'source_unavailable'],
    ['/image/mounted/web/inside.png?w=5', 502, 'source_unavailable'],
    ['/image/mounted/web/text.png?w=5', 415, 'unsupported_format'],
    ['/raw/mounted/web/loop.png', 502, 'source_unavailable'],
  ])('%s is %d %s, without a word of the origin', async (path, status, code) => {
    const response = await get(path)
    const text = await response.clone().text()
    expect(await codeOf(response)).toEqual([status, code])
    expect(text).not.toMatch(/secret|169\.254|127\.0\.0\.1/)
  })

  it('knows a request that it has sent itself', async () => {
    const via = { Via: `1.0 proxy, 1.1 emulsion-${server.account}` }
    expect(await codeOf(await get('/image/mounted/web/boats.png?w=5', { headers: via }))).toEqual([400, 'request_loop'])
    expect((await get('/image/mounted/web/boats.png?w=5', { headers: { Via: '1.1 emulsion-Another' } })).status).toBe(200)
  })

  it.each<[string, () => Promise<Response>]>([
    ['an upload', () => api('POST', '/uploads/binary?filePath=/mounted/web/new.png', picture)],
    ['an upload in parts', () => api('POST', '/uploads', { size: 10, path: { folderPath: '/mounted/web', fileName: 'new.png' } })],
    ['a deletion', () => api('DELETE', '/files?filePath=/mounted/web/boats.png')],
    ['a copy', () => api('POST', '/files/copy', { source: '/own.png', destination: '/mounted/web/new.png' })],
    ['a list', () => api('GET', '/folders/list?folderPath=/mounted/web')],
    [
      'a save',
      () =>
        fetch(`${server.origin}/${server.account}/save/image/own.png?w=5`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${server.secretKey}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ destination: { folderPath: '/mounted/web', fileName: 'new.png' } }),
        }),
    ],
  ])('takes nothing: %s is 403', async (_, send) => {
    expect(await codeOf(await send())).toEqual([403, 'read_only'])
  })

  it('is a source of copies, saves and batch jobs', async () => {
    const copied = await api('POST', '/files/copy', { source: '/mounted/web/boats.png', destination: '/copied.png' })
    expect([copied.status, await bytesOf(await get('/raw/copied.png'))]).toEqual([200, picture])
    const body = {
      service_id: 1,
      source: '/mounted/web/boats.png',
      jobs: [{ destination: '/small.png', quality: 80, transformations: [{ type: 'resize', width: 12 }] }],
    }
    const sent = await fetch(`${server.origin}/request`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${BATCH_SECRET}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(sent.status).toBeLessThan(300)
    const made = await vi.waitUntil(
      async () => {
        const response = await get('/raw/small.png')
        return response.ok ? bytesOf(response) : null
      },
      { timeout: 20_000, interval: 200 },
    )
    expect((await sharp(made).metadata()).width).toBe(12)
  })
})

describe("Filestack's storage alias", () => {
  const by = (path: string) => fetch(server.origin + path)
  it('names the folder', async () => {
    const made = await by(`/${OPEN.key}/resize=width:12/output=format:png/src://web/boats.png`)
    expect([made.status, await bytesOf(made)]).toEqual([200, await bytesOf(await get('/image/own.png?w=12&f=png'))])
    expect((await by(`/${OPEN.key}/resize=width:12/src://web/none.png`)).status).toBe(404)
    expect((await by(`/${OPEN.key}/resize=width:12/src://shoe/boats.png`)).status).toBe(400)
    expect((await by(`/${OPEN.key}/resize=width:12/src://web/../own.png`)).status).toBeGreaterThanOrEqual(400)
    expect((await by(`/resize=width:12/src://web/boats.png`)).status).toBe(401)
  })

  it('asks an app with security for a policy, which knows the file by its address', async () => {
    const task = ({ policy, signature }: { policy: string; signature: string }): string =>
      `security=policy:${policy},signature:${signature}`
    const path = 'resize=width:12/src://web/boats.png'
    const given = policyOf(SECURED.secret, { call: 'convert', url: 'src://web/.*' })
    const other = policyOf(SECURED.secret, { call: 'convert', url: 'src://s3/.*' })
    expect((await by(`/${SECURED.key}/${path}`)).status).toBe(403)
    expect((await by(`/${SECURED.key}/${task(given)}/${path}`)).status).toBe(200)
    expect((await by(`/${SECURED.key}/${task(other)}/${path}`)).status).toBe(403)
  })
})
