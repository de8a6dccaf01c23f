import * as crypto from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type * as filestack from 'filestack-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, type Apps, OPEN, policyOf, SECURED, startApps, statusOf } from './support/filestack-apps.ts'
import { freePort } from './support/server.ts'

const MIB = 1024 * 1024
const sha256 = (bytes: Uint8Array): string => crypto.createHash('sha256').update(bytes).digest('hex')

/** In Node the SDK takes bytes that spell an existing path, such as ".", for that file: these spell none. */
const randomBytes = (size: number): Buffer => crypto.randomBytes(size).fill(0xff, 0, 1)

let apps: Apps
let site: Server
/** Of a site whose files are stored by their URL. */
let source: string
/** A text, of which one is only for who knows the password. */
const answerSource: RequestListener = (request, response) => {
  const isKnown = request.url === '/open.txt' || request.headers.authorization === 'Bearer secret'
  response.writeHead(isKnown ? 200 : 403, { 'Content-Type': 'text/plain' }).end('from the site')
}
beforeAll(async () => {
  site = createServer(answerSource)
  const port = await freePort()
  await new Promise<void>((done) => site.listen(port, '127.0.0.1', done))
  source = `http://127.0.0.1:${port}`
  apps = await startApps({ EMULSION_ALLOW_HOSTS: `127.0.0.1:${port}` })
})
afterAll(async () => {
  site.close()
  await apps.end()
})

/** What the SDK says of a file. */
interface Uploaded {
  readonly handle: string
  readonly url: string
  readonly status: string
  readonly size: number
  readonly key: string
  readonly container: string
}

async function bytesOf(handle: string, { secret }: App): Promise<Buffer> {
  const headers = { Authorization: `Basic ${btoa(`app:${secret}`)}` }
  return Buffer.from(await (await fetch(`${apps.server.origin}/api/file/${handle}`, { headers })).arrayBuffer())
}

/** The HTTP status that ended an upload, and what the server said. */
async function refusalOf(client: filestack.Client, store: object): Promise<string> {
  const errors: { details?: { code?: number; data?: { error?: { msg?: string } } } }[] = []
  client.on('upload.error', (error: (typeof errors)[number]) => errors.push(error))
  await expect(client.upload(randomBytes(5), {}, store as filestack.StoreUploadOptions)).rejects.toMatchObject({ status: 'Failed' })
  return `${errors[0]?.details?.code} ${errors[0]?.details?.data?.error?.msg}`
}

describe.each([
  ['security off', OPEN, undefined],
  ['security required', SECURED, policyOf(SECURED.secret, { call: ['pick'] })],
])('client.upload, %s', (_, app, security) => {
  it.each([1, 5 * MIB, 6 * MIB + 1, 33 * MIB])('%i bytes', async (size) => {
    const data = randomBytes(size)
    const progress: number[] = []
    const options = { concurrency: 3, onProgress: ({ totalPercent }: { totalPercent: number }) => progress.push(totalPercent) }
    const store = { filename: 'some.bin', path: 'up/', container: 'custom_source' }
    const file: Uploaded = await apps.clientOf(app.key, security).upload(data, { ...options, progressInterval: 20 }, store)
    expect(file).toMatchObject({ status: 'Stored', size, container: 'custom_source' })
    expect(file.handle).toMatch(/^[A-Za-z0-9]{20}$/)
    expect(file.key).toMatch(/^up\/[A-Za-z0-9]{20}_some\.bin$/)
    expect(file.url).toBe(`${apps.server.origin}/api/file/${file.handle}`)
    expect(sha256(await bytesOf(file.handle, app))).toBe(sha256(data))
    expect(Math.max(...progress)).toBeLessThanOrEqual(100)
  })

  it.each([true, 'fallback' as const])('intelligent ingestion: %s', async (intelligent) => {
    const data = randomBytes(20 * MIB)
    const { handle }: Uploaded = await apps.clientOf(app.key, security).upload(data, { intelligent })
    expect(sha256(await bytesOf(handle, app))).toBe(sha256(data))
  })

  it('several files at once', async () => {
    const data = [randomBytes(7 * MIB), randomBytes(11), randomBytes(3)]
    const files = (await apps.clientOf(app.key, security).multiupload(data, {}, { path: 'many/' })) as Uploaded[]
    expect(files.map(({ status }) => status)).toEqual(['Stored', 'Stored', 'Stored'])
    const stored = await Promise.all(files.map(({ handle }) => bytesOf(handle, app)))
    expect(stored.map(sha256)).toEqual(data.map(sha256))
  })

  it('to the exact path, without a key in the name', async () => {
    const store = { disableStorageKey: true, path: 'exact', filename: 'name.bin' }
    const { key }: Uploaded = await apps.clientOf(app.key, security).upload(randomBytes(9), {}, store)
    expect(key).toBe('exact/name.bin')
  })
})

describe.each([
  ['security off', OPEN, undefined],
  ['security required', SECURED, policyOf(SECURED.secret, { call: ['store'], url: 'http://127\\.0\\.0\\.1:\\d+/.*' })],
])('client.storeURL, %s', (_, app, security) => {
  it('stores what is at a URL, also behind a password', async () => {
    const client = apps.clientOf(app.key, security)
    const open = (await client.storeURL(`${source}/open.txt`, { path: 'url/', filename: 'mine.txt' })) as Uploaded
    expect(open).toMatchObject({ filename: 'mine.txt', size: 13, mimetype: 'text/plain', container: 'default' })
    const headers = { Authorization: 'Bearer secret' }
    const closed = (await client.storeURL(`${source}/closed.txt`, {}, undefined, undefined, undefined, headers)) as Uploaded
    for (const { handle } of [open, closed]) expect((await bytesOf(handle, app)).toString()).toBe('from the site')
  })

  it('what may not be or is not there', async () => {
    const client = apps.clientOf(app.key, security)
    expect(await statusOf(client.storeURL(`${source}/closed.txt`))).toBe(400)
    const inside = app === OPEN ? 400 : 403
    expect(await statusOf(client.storeURL('http://10.0.0.1/a'))).toBe(inside)
    expect(await statusOf(apps.clientOf(app.key, policyOf('another')).storeURL(`${source}/open.txt`))).toBe(403)
    expect(await statusOf(apps.clientOf('nobody').storeURL(`${source}/open.txt`))).toBe(401)
  })
})

it('prefetch, as the picker asks', async () => {
  const client = apps.clientOf(OPEN.key)
  expect(await client.prefetch({ permissions: ['intelligent_ingestion', 'transforms_ui'] } as filestack.PrefetchOptions)).toMatchObject({
    permissions: { intelligent_ingestion: true, transforms_ui: false },
  })
})

describe('what the SDK is told when it may not', () => {
  it.each<[string, App, filestack.Security | undefined, object, RegExp]>([
    ['a key of nobody', { key: 'nobody', secret: '' }, undefined, {}, /^401/],
    ['no policy', SECURED, undefined, {}, /^403 .*Policy required/],
    ['a policy of another secret', SECURED, policyOf('another'), {}, /^403/],
    ['an expired policy', SECURED, policyOf(SECURED.secret, { expiry: 1 }), {}, /^403 .*expired/],
    ['a policy for reading', SECURED, policyOf(SECURED.secret, { call: ['read'] }), {}, /^403 .*pick or store/],
    ['a policy for smaller files', SECURED, policyOf(SECURED.secret, { maxSize: 4 }), {}, /^413 .*0 to 4/],
    ['a policy for another path', SECURED, policyOf(SECURED.secret, { path: '/mine/.*' }), { path: 'yours/' }, /^403 .*path/],
    ['a wrong policy where none is needed', OPEN, policyOf('another'), {}, /^403/],
    ['another store', OPEN, undefined, { location: 'azure' }, /^400 .*not configured/],
    ['another container', OPEN, undefined, { container: 'moon' }, /^400 .*container/],
  ])('%s', async (_, app, security, store, expected) => {
    expect(await refusalOf(apps.clientOf(app.key, security), store)).toMatch(expected)
  })
})

describe('64 MiB in parts of 6 MiB, three at once', () => {
  it('paused and resumed by its token', async () => {
    const data = randomBytes(64 * MIB)
    const token: { pause?: () => void; resume?: () => void } = {}
    let paused = false
    const onProgress = ({ totalPercent }: { totalPercent: number }): void => {
      if (paused || totalPercent < 20) return
      paused = true
      token.pause?.()
      setTimeout(() => token.resume?.(), 300)
    }
    const { handle }: Uploaded = await apps.clientOf(OPEN.key).upload(data, { onProgress, progressInterval: 5 }, {}, token)
    expect(paused).toBe(true)
    expect(sha256(await bytesOf(handle, OPEN))).toBe(sha256(data))
  })

  it('the server is killed in the middle and starts again', async () => {
    const data = randomBytes(64 * MIB)
    let killed: Promise<void> | undefined
    const onProgress = ({ totalPercent }: { totalPercent: number }): void => {
      if (totalPercent >= 30) killed ??= apps.server.stop('SIGKILL').then(() => apps.restart())
    }
    const { handle }: Uploaded = await apps.clientOf(OPEN.key).upload(data, { onProgress, progressInterval: 5 })
    expect(killed).toBeDefined()
    await killed
    expect(sha256(await bytesOf(handle, OPEN))).toBe(sha256(data))
  })

  it('cancelled by its token: the upload ends, and nothing is there', async () => {
    const token: { cancel?: () => void } = {}
    const path = 'cancelled.bin'
    const onProgress = ({ totalPercent }: { totalPercent: number }): void => {
      if (totalPercent >= 20) token.cancel?.()
    }
    const upload = apps.clientOf(OPEN.key).upload(randomBytes(64 * MIB), { onProgress, progressInterval: 5 }, { path }, token)
    await expect(upload).rejects.toMatchObject({ status: 'Failed' })
    expect((await fetch(`${apps.server.origin}/${apps.server.account}/raw/filestack/default/${path}`)).status).toBe(404)
  })
})

describe('60 uploads end while the server is killed', () => {
  const call = async (name: string, body: object): Promise<Record<string, string>> => {
    const options = { method: 'POST', body: JSON.stringify({ apikey: OPEN.key, store: { path: 'drill/' }, ...body }) }
    const response = await fetch(`${apps.server.origin}/multipart/${name}`, options)
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
    return (await response.json()) as Record<string, string>
  }
  async function ready(i: number): Promise<{ readonly text: string; readonly end: object }> {
    const text = `file ${i}`
    const { uri, upload_id } = await call('start', { filename: `${i}.txt`, size: text.length })
    const { url = '' } = await call('upload', { uri, upload_id, part: 1, size: text.length })
    const etag = (await fetch(url, { method: 'PUT', body: text })).headers.get('ETag')
    return { text, end: { uri, upload_id, size: text.length, parts: [{ part_number: 1, etag }] } }
  }

  it('asked again, each answers its one handle, and there is one file each', async () => {
    const uploads = await Promise.all(Array.from({ length: 60 }, (_, i) => ready(i)))
    const answered = new Map<string, string>()
    for (const [i, { text, end }] of uploads.entries()) {
      if (i === 40) break
      const ended = call('complete', end).then((file) => answered.set(text, file['handle'] ?? ''))
      // The last ten are on their way when everything goes.
      if (i < 30) await ended
      else void ended.catch(() => undefined)
    }
    await new Promise((wait) => setTimeout(wait, 10))
    await apps.server.stop('SIGKILL')
    expect(answered.size).toBeGreaterThanOrEqual(30)
    await apps.restart()
    const handles = new Set<string>()
    for (const { text, end } of uploads) {
      const { handle = '' } = await call('complete', end)
      expect(answered.get(text) ?? handle).toBe(handle)
      expect((await bytesOf(handle, OPEN)).toString()).toBe(text)
      handles.add(handle)
    }
    expect(handles.size).toBe(60)
    const { origin, account, secretKey } = apps.server
    const list = `${origin}/v2/accounts/${account}/folders/list?folderPath=/filestack/default/drill&limit=100`
    const { items } = (await (await fetch(list, { headers: { Authorization: `Bearer ${secretKey}` } })).json()) as { items: object[] }
    expect(items.length).toBe(60)
  })
})
