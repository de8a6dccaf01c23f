import type * as filestack from 'filestack-js'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, type Apps, OPEN, policyOf, SECURED, startApps, statusOf } from './support/filestack-apps.ts'

let apps: Apps
beforeAll(async () => (apps = await startApps()))
afterAll(() => apps.end())
const clientOf = (key: string, security?: filestack.Security): filestack.Client => apps.clientOf(key, security)

async function store({ key, secret }: App, body: Buffer | string, query = '', type = 'text/plain'): Promise<string> {
  const response = await fetch(`${apps.server.origin}/api/store/S3?key=${key}&${query}`, {
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
    const headers = { Authorization: `Bearer ${apps.server.secretKey}` }
    const kept = await fetch(`${apps.server.origin}/${apps.server.account}/raw/${container}/default/kept.txt`, { headers })
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
    if (answered.size === 20) await apps.server.stop('SIGKILL')
  })
  await Promise.all(stores)
  expect(answered.size).toBeGreaterThanOrEqual(20)
  await apps.restart()
  for (const [handle, text] of answered) {
    const response = await fetch(`${apps.server.origin}/api/file/${handle}`)
    expect([response.status, (await response.text()).startsWith(text)]).toEqual([200, true])
  }
})
