import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createWebOrigin } from '../../../src/adapters/mounts/web-origin.ts'
import { createAzureSigner } from '../../../src/adapters/stores/azure-request.ts'
import { createAzureStore } from '../../../src/adapters/stores/azure.ts'
import { createS3Store } from '../../../src/adapters/stores/s3.ts'
import { AppError } from '../../../src/errors.ts'
import { readWhole } from '../../../src/service/files/content/read-whole.ts'
import { type Answer, createMountedFiles, type MountedFiles } from '../../../src/service/mounts/mounted-files.ts'
import type { Mount, Origin } from '../../../src/service/mounts/origin.ts'
import { createLackingOrigin, createStoreOrigin } from '../../../src/service/mounts/store-origin.ts'
import type { FileStore } from '../../../src/service/ports.ts'
import type { ObjectStore } from '../../../src/service/stores/object-store.ts'
import { AZURITE, S3RVER_KEYS, startAzurite, startS3rver, type StoreServer } from '../../support/stores/servers.ts'

const ACCOUNT = 'Emu1s1n'
const BYTES = new TextEncoder().encode('the bytes of a picture')
const META = { mime: 'text/plain', originalFileName: null, metadata: {}, tags: [] }
const wait = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))

/** A web server whose file can be changed, broken, and made to wait. */
let web: Server
let state = { body: BYTES as Uint8Array, etag: '"1"' as string | null, status: 200, asked: 0, read: 0 }
let held: Promise<void> = Promise.resolve()
let origin: Origin

beforeAll(async () => {
  web = createServer((request, response) => {
    const { body, etag, status } = state
    if (request.method === 'HEAD') state.asked++
    else state.read++
    void held.then(() => {
      response.writeHead(status, { 'Content-Type': 'image/jpeg', 'Content-Length': body.length, ...(etag && { ETag: etag }) })
      response.end(request.method === 'HEAD' ? undefined : body)
    })
  })
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done))
  const base = `http://127.0.0.1:${(web.address() as AddressInfo).port}/`
  origin = createWebOrigin({ folder: '/blog', base, allowHosts: [new URL(base).host], via: 'emulsion-test' })
})
afterAll(() => web.close())

let now: number
let generation: string
let waited: Promise<void>
let edge: Map<string, Answer>
let own: { [K in keyof FileStore]: readonly unknown[][] }

beforeEach(() => {
  state = { body: BYTES, etag: '"1"', status: 200, asked: 0, read: 0 }
  held = Promise.resolve()
  waited = new Promise(() => undefined)
  now = 1_000_000
  generation = ''
  edge = new Map()
})

/** An isolate: what it remembers is its own, the edge is everybody's. */
function isolate(mounts: readonly Partial<Mount>[] = [{}]): MountedFiles {
  const calls: Record<string, unknown[][]> = { head: [], open: [], put: [], delete: [], list: [] }
  own = calls as unknown as typeof own
  const record =
    (name: string) =>
    (...args: unknown[]): Promise<null> => {
      calls[name]?.push(args)
      return Promise.resolve(null)
    }
  const files = Object.fromEntries(Object.keys(calls).map((name) => [name, record(name)])) as unknown as FileStore
  return createMountedFiles({
    own: files,
    mounts: mounts.map((mount) => ({ account: ACCOUNT, folder: '/blog', freshSeconds: 60, origin, ...mount })),
    answers: {
      get: (key) => Promise.resolve(edge.get(key) ?? null),
      put: (key, answer) => Promise.resolve(void edge.set(key, answer)),
    },
    mimeOfName: (name) => (name.endsWith('.png') ? 'image/png' : null),
    generationOf: () => Promise.resolve(generation),
    clock: { now: () => now },
    wait: () => waited,
    hash: (text) => Promise.resolve(createHash('sha256').update(text).digest('hex')),
    log: () => undefined,
  })
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (thrown: unknown) => (thrown instanceof AppError ? thrown.code : String(thrown)),
  )
const textOf = async (files: FileStore, path: string, range?: { start: number; end: number }): Promise<string | null> => {
  const open = await files.open(ACCOUNT, path, range)
  return open && new Response(open.body).text()
}

describe('a mounted folder', () => {
  it('shows the files of its origin, and all others are the account’s own', async () => {
    const files = isolate()
    expect(await files.head(ACCOUNT, '/blog/a.jpg')).toMatchObject({ path: '/blog/a.jpg', size: BYTES.length, mime: 'image/jpeg' })
    expect(await textOf(files, '/blog/a.jpg', { start: 4, end: 9 })).toBe('bytes')
    await files.head(ACCOUNT, '/blogs/a.jpg')
    await files.head(ACCOUNT, '/blog')
    await files.head('Another', '/blog/a.jpg')
    await files.put(ACCOUNT, '/a.jpg', BYTES, META)
    expect([own.head.length, own.put.length, state.asked]).toEqual([3, 1, 1])
  })

  it('can only be read', async () => {
    const files = isolate()
    const refused = await Promise.all(
      [
        files.put(ACCOUNT, '/blog/a.jpg', BYTES, META),
        files.delete(ACCOUNT, ['/a.jpg', '/blog/a.jpg']),
        files.list(ACCOUNT, '/blog', { recursive: true, limit: 10 }),
        files.list(ACCOUNT, '/blog/2024', { recursive: false, limit: 10 }),
      ].map(codeOf),
    )
    expect(refused).toEqual(['read_only', 'read_only', 'read_only', 'read_only'])
    expect([own.put, own.delete, own.list]).toEqual([[], [], []])
    expect(() => files.demandOwn(ACCOUNT, '/blog/x')).toThrow('"/blog" is mounted')
    expect(() => files.demandOwn(ACCOUNT, '/blogs')).not.toThrow()
  })
})

describe('what an origin said of a file', () => {
  const etagOf = async (files: MountedFiles): Promise<string | undefined> => (await files.head(ACCOUNT, '/blog/a.jpg'))?.etag

  it('counts for the time of the mount, in the isolate and at the edge', async () => {
    const files = isolate()
    const first = await etagOf(files)
    state.etag = '"2"'
    now += 59_999
    expect([await etagOf(files), await etagOf(isolate())]).toEqual([first, first])
    expect(state.asked).toBe(1)
    now += 1
    expect(await etagOf(files)).not.toBe(first)
    expect(state.asked).toBe(2)
  })

  it('is asked once for a hundred at the same time', async () => {
    const files = isolate()
    let release = (): void => undefined
    held = new Promise((done) => (release = done))
    const all = Promise.all(Array.from({ length: 100 }, () => etagOf(files)))
    release()
    expect(new Set(await all).size).toBe(1)
    expect(state.asked).toBe(1)
  })

  it('is asked anew when another’s question does not end', async () => {
    const files = isolate()
    held = new Promise(() => undefined)
    void etagOf(files).catch(() => undefined)
    while (state.asked === 0) await wait(5)
    held = Promise.resolve()
    waited = Promise.resolve()
    expect(await etagOf(files)).toBeDefined()
    expect(state.asked).toBe(2)
  })

  it('counts no longer, here and at the edge, when a reset concerns the path', async () => {
    const files = isolate()
    const first = await etagOf(files)
    state.etag = '"2"'
    generation = '1'
    const [second, other] = [await etagOf(files), await etagOf(isolate())]
    expect([second === first, other, state.asked]).toEqual([false, second, 2])
  })

  it('is put right by the file itself: a changed one is noticed while it is read', async () => {
    const files = isolate()
    const seen = await files.head(ACCOUNT, '/blog/a.jpg')
    state = { ...state, etag: '"2"', body: new TextEncoder().encode('other') }
    expect(await codeOf(readWhole(files, ACCOUNT, seen ?? { path: '', size: 0, etag: '' }, 1000))).toBe('file_changed')
    const again = await files.head(ACCOUNT, '/blog/a.jpg')
    expect(new TextDecoder().decode(await readWhole(files, ACCOUNT, again ?? { path: '', size: 0, etag: '' }, 1000))).toBe('other')
    expect([state.asked, await etagOf(isolate())]).toEqual([1, again?.etag])
  })

  it('of a file without a validator is another version each time that it is asked, and can be read', async () => {
    state.etag = null
    const files = isolate()
    const first = await files.head(ACCOUNT, '/blog/a.jpg')
    expect(await readWhole(files, ACCOUNT, first ?? { path: '', size: 0, etag: '' }, 1000)).toEqual(BYTES)
    now += 60_000
    expect((await files.head(ACCOUNT, '/blog/a.jpg'))?.etag).not.toBe(first?.etag)
  })

  it('that is gone is gone', async () => {
    const files = isolate()
    await etagOf(files)
    state.status = 404
    now += 60_000
    expect([await files.head(ACCOUNT, '/blog/a.jpg'), await files.open(ACCOUNT, '/blog/a.jpg')]).toEqual([null, null])
    state.status = 200
    expect(await etagOf(files)).toBeDefined()
  })

  it('counts for a day while the origin fails, which is asked every five seconds', async () => {
    const files = isolate()
    const first = await etagOf(files)
    state.status = 503
    now += 3_600_000
    expect([await etagOf(files), await etagOf(files), await etagOf(isolate())]).toEqual([first, first, first])
    expect(state.asked).toBe(3)
    now += 5000
    await etagOf(files)
    expect(state.asked).toBe(4)
    expect(await codeOf(files.open(ACCOUNT, '/blog/a.jpg'))).toBe('source_unavailable')
    now += 86_400_000
    expect(await codeOf(etagOf(isolate()))).toBe('source_unavailable')
  })

  it('that was never asked is a failure when the origin fails', async () => {
    state.status = 500
    expect(await codeOf(isolate().head(ACCOUNT, '/blog/a.jpg'))).toBe('source_unavailable')
    const lacking = isolate([{ origin: createLackingOrigin('shop', 'its key is empty') }])
    expect([await codeOf(lacking.head(ACCOUNT, '/blog/a')), await codeOf(lacking.open(ACCOUNT, '/blog/a'))]).toEqual([
      'store_failed',
      'store_failed',
    ])
  })

  it('has the type of its name when the origin tells none', async () => {
    const told = { size: 3, mime: null, validator: 'x', lastModified: new Date(0) }
    const files = isolate([{ origin: { head: () => Promise.resolve(told), open: () => Promise.resolve(null) } }])
    expect([(await files.head(ACCOUNT, '/blog/a.png'))?.mime, (await files.head(ACCOUNT, '/blog/a'))?.mime]).toEqual([
      'image/png',
      'application/octet-stream',
    ])
  })
})

describe.each<[string, () => Promise<{ server: StoreServer; store: ObjectStore }>]>([
  [
    'S3',
    async () => {
      const server = await startS3rver('pictures')
      const settings = { name: 'shop', endpoint: server.url, region: 'us-east-1', pathStyle: true, sessionToken: undefined, ...S3RVER_KEYS }
      return { server, store: createS3Store(settings, wait) }
    },
  ],
  [
    'Azure',
    async () => {
      const server = await startAzurite()
      const settings = { name: 'blobs', endpoint: `${server.url}/${AZURITE.account}`, ...AZURITE, sas: undefined }
      await fetch(await createAzureSigner(settings)('PUT', 'pictures', '', { query: { restype: 'container' } }))
      return { server, store: createAzureStore(settings, wait) }
    },
  ],
])('on %s', (_, start) => {
  let server: StoreServer
  let store: ObjectStore
  beforeAll(async () => {
    ;({ server, store } = await start())
    await store.put('pictures', 'media/a b/ü.jpg', BYTES, { mime: 'image/jpeg', fileName: null, mark: null, isPublic: false })
  })
  afterAll(() => server.end())

  it('shows what lies below its prefix, with the store’s validator', async () => {
    const files = isolate([{ folder: '/shop', origin: createStoreOrigin(store, 'pictures', 'media/') }])
    const info = await files.head(ACCOUNT, '/shop/a b/ü.jpg')
    expect(info).toMatchObject({ path: '/shop/a b/ü.jpg', size: BYTES.length, mime: 'image/jpeg' })
    expect(await textOf(files, '/shop/a b/ü.jpg', { start: 4, end: 9 })).toBe('bytes')
    expect(await files.head(ACCOUNT, '/shop/media/a b/ü.jpg')).toBeNull()
    await store.put('pictures', 'media/a b/ü.jpg', new Uint8Array(3), { mime: 'image/png', fileName: null, mark: null, isPublic: false })
    now += 60_000
    const changed = await files.head(ACCOUNT, '/shop/a b/ü.jpg')
    expect([changed?.size, changed?.etag === info?.etag]).toEqual([3, false])
  })

  it('that is down is a failure of the store, and what it said before counts', async () => {
    const files = isolate([{ folder: '/shop', origin: createStoreOrigin(store, 'pictures', 'media/') }])
    const info = await files.head(ACCOUNT, '/shop/a b/ü.jpg')
    await server.kill()
    now += 60_000
    expect((await files.head(ACCOUNT, '/shop/a b/ü.jpg'))?.etag).toBe(info?.etag)
    expect(await codeOf(files.head(ACCOUNT, '/shop/other.jpg'))).toBe('store_failed')
  })
})
