import http from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as filestack from 'filestack-js'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { signPolicy } from '../support/filestack-policy.ts'
import { startServer, type RunningServer } from './support/server.ts'

const OPEN = { key: 'openAppOfTheTests0001z', secret: 'SECRETOFTHEOPENAPP1' }
const SECURED = { key: 'securedAppOfTheTests1z', secret: 'SECRETOFTHESECUREDAPP1' }
const policyOf = (secret: string, claims: object = {}) => signPolicy({ expiry: Math.floor(Date.now() / 1000) + 3600, ...claims }, secret)

let state: string
let server: RunningServer
const started = (): Promise<RunningServer> =>
  startServer(state, {
    EMULSION_FILESTACK_KEY: OPEN.key,
    EMULSION_FILESTACK_SECRET: OPEN.secret,
    EMULSION_FILESTACK_SECURED_KEY: SECURED.key,
    EMULSION_FILESTACK_SECURED_SECRET: SECURED.secret,
  })

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  server = await started()
  // In Node the SDK asks the name service for "host:port". The port goes into its own option; all else is the SDK's.
  const request = http.request.bind(http)
  vi.spyOn(http, 'request').mockImplementation(((options: http.RequestOptions, answered: (response: http.IncomingMessage) => void) => {
    const [host, port] = String(options.host).split(':')
    return request({ ...options, host, port }, answered)
  }) as typeof http.request)
  vi.spyOn(console, 'info').mockReturnValue(undefined) // the SDK says that `retrieve` is old
})
afterAll(async () => {
  vi.restoreAllMocks()
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

/** A client of one app, pointed here as docs/filestack.md says. */
function clientOf(key: string, security?: { policy: string; signature: string }): filestack.Client {
  const client = filestack.init(key, security && { security })
  Object.assign(client.session.urls, { fileApiUrl: `${server.origin}/api/file` })
  return client
}

async function store({ key, secret }: typeof OPEN, body: Buffer | string, query = '', type = 'text/plain'): Promise<string> {
  const response = await fetch(`${server.origin}/api/store/S3?key=${key}&${query}`, {
    method: 'POST',
    headers: { 'Content-Type': type, Authorization: `Basic ${btoa(`app:${secret}`)}` },
    body,
  })
  expect(response.status).toBe(200)
  return ((await response.json()) as { handle: string }).handle
}
const picture = (): Promise<Buffer> =>
  sharp({ create: { width: 30, height: 20, channels: 3, background: '#204060' } })
    .png()
    .toBuffer()
const statusOf = (work: Promise<unknown>): Promise<number> =>
  work.then(
    () => 200,
    (error: { status?: number; response?: { status?: number } }) => error.status ?? error.response?.status ?? 0,
  )

describe.each([
  ['security off', OPEN, undefined],
  ['security required', SECURED, policyOf(SECURED.secret)],
])('filestack-js, %s', (_, app, security) => {
  it('metadata', async () => {
    const client = clientOf(app.key, security)
    const handle = await store(app, await picture(), 'filename=a.png&container=custom_source', 'image/png')
    expect(
      await client.metadata(handle, {
        size: true,
        width: true,
        height: true,
        mimetype: true,
        filename: true,
        sourceUrl: true,
        container: true,
      }),
    ).toEqual({
      handle,
      size: (await picture()).length,
      width: 30,
      height: 20,
      mimetype: 'image/png',
      filename: 'a.png',
      source_url: null,
      container: 'custom_source',
    })
  })

  it('retrieve: bytes, head, metadata, another ending', async () => {
    const client = clientOf(app.key, security)
    const handle = await store(app, 'hello', 'filename=a.txt')
    expect(await client.retrieve(handle, { dl: true, cache: false })).toBe('hello')
    expect(await client.retrieve(handle, { head: true, extension: 'md' })).toMatchObject({
      'content-length': '5',
      'content-type': 'text/plain',
      'x-file-name': 'a.md',
    })
    expect(await client.retrieve(handle, { metadata: true })).toMatchObject({ filename: 'a.txt', size: 5, writeable: true })
  })

  it('remove, removeMetadata, and what is gone', async () => {
    const client = clientOf(app.key, security ?? policyOf(app.secret))
    const [one, two] = [await store(app, 'one'), await store(app, 'two', 'path=kept.txt')]
    await client.remove(one)
    await client.removeMetadata(two)
    for (const handle of [one, two]) expect(await statusOf(client.metadata(handle, { size: true }))).toBe(404)
    const container = app === OPEN ? 'filestack' : 'filestack-secured'
    const headers = { Authorization: `Bearer ${server.secretKey}` }
    const kept = await fetch(`${server.origin}/${server.account}/raw/${container}/default/kept.txt`, { headers })
    expect(await kept.text()).toBe('two')
  })

  it('a policy of another secret, or for another call', async () => {
    const handle = await store(app, 'abc')
    for (const wrong of [policyOf('another secret'), policyOf(app.secret, { call: ['read'] })]) {
      expect(await statusOf(clientOf(app.key, wrong).remove(handle))).toBe(403)
      expect(await statusOf(clientOf(app.key, wrong).metadata(handle, { size: true }))).toBe(403)
    }
    expect(await statusOf(clientOf(app === OPEN ? SECURED.key : OPEN.key, policyOf(app.secret)).remove(handle))).toBe(404)
  })
})

it('what was answered is there after the server was killed, with its bytes', async () => {
  const answered = new Map<string, string>()
  const stores = Array.from({ length: 60 }, async (_, i) => {
    const handle = await store(OPEN, `file ${i}`, i % 3 === 0 ? 'path=killed.txt' : '').catch(() => null)
    if (handle !== null) answered.set(handle, i % 3 === 0 ? 'file' : `file ${i}`)
    if (answered.size === 20) await server.stop('SIGKILL')
  })
  await Promise.all(stores)
  expect(answered.size).toBeGreaterThanOrEqual(20)
  server = await started()
  for (const [handle, text] of answered) {
    const response = await fetch(`${server.origin}/api/file/${handle}`)
    expect([response.status, (await response.text()).startsWith(text)]).toEqual([200, true])
  }
})
