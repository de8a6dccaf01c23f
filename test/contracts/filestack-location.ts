import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ObjectStore } from '../../src/service/stores/object-store.ts'
import { APP_VARIABLES, clientAt, helpSdk, OPEN } from '../e2e/support/filestack-apps.ts'
import { type RunningServer, startServer } from '../e2e/support/server.ts'
import type { StoreServer } from '../support/stores/servers.ts'

export interface LocationSetup {
  /** As clients name it, and as metadata tells it. */
  readonly location: string
  /** `null`: the location has none. */
  readonly container: string | null
  /** As the settings name the store. */
  readonly store: string
  start(): Promise<StoreServer>
  /** What an operator sets. */
  variables(server: StoreServer): Readonly<Record<string, string>>
  /** Looks into the store past the service. */
  make(server: StoreServer): ObjectStore
  /** Without what takes long: the adapter has shown that at another location. */
  readonly isShort?: boolean
  readonly keepsTypes: boolean
  readonly canPublish: boolean
}

interface Stored {
  readonly handle: string
  readonly key: string
  readonly container?: string
  readonly filename: string
  readonly size: number
  readonly type: string
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const BASIC = { Authorization: `Basic ${btoa(`app:${OPEN.secret}`)}` }

/** What Filestack's Store and File API do with one location: `npm start` against the location's server. */
export function filestackLocationContract(setup: LocationSetup): void {
  const { location, container, store: name } = setup
  describe(`Filestack's location ${location}`, () => {
    const state = mkdtempSync(join(tmpdir(), 'emulsion-'))
    let elsewhere: StoreServer
    let server: RunningServer
    let objects: ObjectStore
    let first: Stored
    beforeAll(async () => {
      elsewhere = await setup.start()
      const variables = { ...APP_VARIABLES, ...setup.variables(elsewhere), EMULSION_ALLOW_HOSTS: new URL(elsewhere.url).host }
      const mounted = container === null ? {} : { [`EMULSION_MOUNT_${name.toUpperCase()}`]: container }
      server = await startServer(state, { ...variables, ...mounted, EMULSION_RENDERERS: '0' })
      objects = setup.make(elsewhere)
      helpSdk()
    })
    afterAll(async () => {
      vi.restoreAllMocks()
      await server?.stop()
      await elsewhere?.end()
      rmSync(state, { recursive: true, force: true })
    })

    const call = (path: string, init: RequestInit = {}) => fetch(server.origin + path, init)
    const send = (query: string, body: BodyInit, type = 'text/plain') =>
      call(`/api/store/${location}?key=${OPEN.key}${query}`, { method: 'POST', headers: { 'Content-Type': type }, body })
    async function store(query: string, body: BodyInit, type?: string): Promise<Stored> {
      const response = await send(query, body, type)
      expect([response.status, response.ok ? '' : await response.text()]).toEqual([200, ''])
      return (await response.json()) as Stored
    }
    const textOf = async ({ handle }: Stored): Promise<string> => (await call(`/api/file/${handle}`)).text()
    const statusOf = async ({ handle }: Stored): Promise<number> => (await call(`/api/file/${handle}`)).status
    const remove = async ({ handle }: Stored, query = ''): Promise<number> =>
      (await call(`/api/file/${handle}?key=${OPEN.key}${query}`, { method: 'DELETE', headers: BASIC })).status
    const objectAt = (key: string) => objects.head(container ?? '', key)

    it('stores a file, and shows it by its handle', async () => {
      const stored = (first = await store('&filename=Ein%20Bild.txt&path=/a/', 'hello'))
      expect(stored).toMatchObject({ size: 5, type: 'text/plain', ...(container && { container }) })
      expect(stored.key).toMatch(/^a\/[A-Za-z0-9]{20}_Ein Bild\.txt$/)
      expect(stored.filename).toBe(setup.keepsTypes ? 'Ein Bild.txt' : stored.key.slice(2))
      expect((await objectAt(stored.key))?.size).toBe(5)
      const response = await call(`/api/file/${stored.handle}`)
      expect(response.headers.get('Content-Type')).toMatch(/^text\/plain/)
      expect(await response.text()).toBe('hello')
      const head = await call(`/api/file/${stored.handle}`, { method: 'HEAD' })
      expect([head.status, head.headers.get('Content-Length')]).toEqual([200, '5'])
      const range = await call(`/api/file/${stored.handle}`, { headers: { Range: 'bytes=1-3' } })
      expect([range.status, range.headers.get('Content-Range'), await range.text()]).toEqual([206, 'bytes 1-3/5', 'ell'])
      const etag = head.headers.get('ETag') ?? ''
      expect((await call(`/api/file/${stored.handle}`, { headers: { 'If-None-Match': etag } })).status).toBe(304)
    })

    it('tells what a picture is', async () => {
      const png = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#204060' } })
        .png()
        .toBuffer()
      const { handle, key } = await store('&filename=a.png', new Uint8Array(png), 'image/png')
      const metadata = await (
        await call(
          `/api/file/${handle}/metadata?${['size', 'mimetype', 'location', 'path', 'container', 'width', 'height', 'sha256'].map((field) => `${field}=true`).join('&')}`,
        )
      ).json()
      expect(metadata).toEqual({
        size: png.length,
        mimetype: 'image/png',
        location,
        path: key,
        container,
        width: 30,
        height: 20,
        sha256: sha256(png),
      })
    })

    it.skipIf(container === null)('is mounted: its pictures have the bytes that the same picture has elsewhere', async () => {
      const picture = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#804020' } })
        .png()
        .toBuffer()
      const about = { mime: 'image/png', fileName: null, mark: null, isPublic: false }
      await objects.put(container ?? '', 'mounted/é 1.png', new Uint8Array(picture), about)
      const { account, secretKey } = server
      const headers = { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'image/png' }
      const path = `/v2/accounts/${account}/uploads/binary?filePath=/own.png`
      expect((await call(path, { method: 'POST', headers, body: new Uint8Array(picture) })).status).toBe(200)
      const mounted = `mounted/${name}/mounted/%C3%A9%201.png`
      const [there, own] = await Promise.all([
        call(`/${account}/image/${mounted}?w=12&f=png`),
        call(`/${account}/image/own.png?w=12&f=png`),
      ])
      expect([there.status, there.headers.get('ETag') === own.headers.get('ETag')]).toEqual([200, false])
      const bytes = Buffer.from(await own.arrayBuffer())
      expect(Buffer.from(await there.arrayBuffer())).toEqual(bytes)
      const byAlias = await call(`/${OPEN.key}/resize=width:12/output=format:png/src://${name}/mounted/é 1.png`)
      expect([byAlias.status, Buffer.from(await byAlias.arrayBuffer())]).toEqual([200, bytes])
      const part = await call(`/${account}/raw/${mounted}`, { headers: { Range: 'bytes=1-3' } })
      expect([part.status, await part.text()]).toEqual([206, 'PNG'])
      expect((await call(`/${account}/raw/mounted/${name}/none.png`)).status).toBe(404)
    })

    it.skipIf(setup.isShort)('stores 20 MB in parts, as raw bytes and as a form', async () => {
      const bytes = new Uint8Array(randomBytes(20_000_001))
      const form = new FormData()
      form.append('fileUpload', new File([bytes], 'large.bin'))
      const raw = await store('&filename=large.bin', bytes, 'application/octet-stream')
      const response = await call(`/api/store/${location}?key=${OPEN.key}`, { method: 'POST', body: form })
      const formed = (await response.json()) as Stored
      for (const stored of [raw, formed]) {
        expect(stored.size).toBe(bytes.length)
        expect(sha256(new Uint8Array(await (await call(`/api/file/${stored.handle}`)).arrayBuffer()))).toBe(sha256(bytes))
        expect(await remove(stored)).toBe(200)
        expect([await statusOf(stored), await objectAt(stored.key)]).toEqual([404, null])
      }
    })

    it.each(setup.isShort ? [false] : [false, true])('uploads of the SDK in parts, intelligent: %s', async (intelligent) => {
      const bytes = randomBytes(20_000_001).fill(0xff, 0, 1) // no name of a file
      const where = { location, path: 'sdk/', ...(container !== null && { container }) }
      const done = (await clientAt(server.origin, OPEN.key).upload(bytes, { intelligent }, { filename: 'large.bin', ...where })) as Stored
      expect(done).toMatchObject({ size: bytes.length, container: container ?? '', status: 'Stored' })
      expect(done.key).toMatch(/^sdk\/[A-Za-z0-9]{20}_large\.bin$/)
      expect((await objectAt(done.key))?.size).toBe(bytes.length)
      expect(sha256(new Uint8Array(await (await call(`/api/file/${done.handle}`)).arrayBuffer()))).toBe(sha256(bytes))
      const known = await (await call(`/api/file/${done.handle}/metadata?location=true&container=true&path=true`)).json()
      expect(known).toEqual({ location, container, path: done.key })
      expect(await remove(done)).toBe(200)
      expect([await statusOf(done), await objectAt(done.key)]).toEqual([404, null])
    })

    describe('an upload in parts', () => {
      const post = (name: string, body: object) =>
        call(`/multipart/${name}`, { method: 'POST', body: JSON.stringify({ apikey: OPEN.key, store: { location }, ...body }) })
      async function begin(size: number, store: object = {}) {
        const answer = await post('start', { filename: 'p.txt', mimetype: 'text/plain', size, store: { location, ...store } })
        expect(answer.status).toBe(200)
        const { uri, upload_id } = (await answer.json()) as { uri: string; upload_id: string }
        return { uri, upload_id }
      }
      async function send(ticket: object, part: number, body: string): Promise<object> {
        const { url } = (await (await post('upload', { ...ticket, part, size: body.length })).json()) as { url: string }
        const put = await fetch(url, { method: 'PUT', body })
        expect(put.status).toBe(200)
        return { part_number: part, etag: put.headers.get('ETag') }
      }
      const end = (ticket: object, size: number, parts: readonly object[]) => post('complete', { ...ticket, size, parts })

      it('is joined once, however often its end comes, and holds what came last', async () => {
        const ticket = await begin(5)
        const early = await send(ticket, 1, 'wrong')
        const last = await send(ticket, 1, 'right')
        expect((await end(ticket, 5, [early])).status).toBe(400)
        const answers = await Promise.all([end(ticket, 5, [last]), end(ticket, 5, [last])])
        const [one, two] = (await Promise.all(answers.map((answer) => answer.json()))) as [Stored, Stored]
        expect(two).toEqual(one)
        expect([await textOf(one), (await objectAt(one.key))?.size]).toEqual(['right', 5])
        expect((await objects.list(container ?? '', { prefix: one.key, limit: 10 })).objects.length).toBe(1)
      })

      it('of an empty file', async () => {
        const done = (await (await end(await begin(0), 0, [])).json()) as Stored
        expect([await textOf(done), (await objectAt(done.key))?.size]).toEqual(['', 0])
      })

      it('refuses other containers, and public files where the store has none', async () => {
        const start = { filename: 'p.txt', size: 1 }
        expect((await post('start', { ...start, store: { location, container: 'another' } })).status).toBe(400)
        const open = await post('start', { ...start, store: { location, access: 'public' } })
        expect(open.status).toBe(setup.canPublish ? 200 : 400)
      })

      it.skipIf(setup.isShort)('waits with its parts while the store is away', async () => {
        const ticket = await begin(5)
        const part = await send(ticket, 1, 'later')
        await elsewhere.stop()
        const refused = await end(ticket, 5, [part])
        expect([refused.status, await refused.text()]).toEqual([502, expect.stringContaining(`The store \\"${name}\\" did not answer.`)])
        await elsewhere.start()
        const done = (await (await end(ticket, 5, [part])).json()) as Stored
        expect(await textOf(done)).toBe('later')
      })
    })

    it('one path is one object: handles share it, and the last one takes it along', async () => {
      const path = `&path=${encodeURIComponent('été/日 +%&.txt')}`
      const [one, two] = [await store(path, 'one'), await store(path, 'two')]
      expect([one.key, two.key, await textOf(one), await textOf(two)]).toEqual(['été/日 +%&.txt', 'été/日 +%&.txt', 'two', 'two'])
      const written = await call(`/api/file/${one.handle}`, {
        method: 'POST',
        headers: { ...BASIC, 'Content-Type': 'text/plain' },
        body: 'three!',
      })
      expect(await written.json()).toMatchObject({ size: 6, isWriteable: true })
      expect(await textOf(two)).toBe('three!')
      expect(await remove(one)).toBe(200)
      expect([await statusOf(one), await textOf(two)]).toEqual([404, 'three!'])
      expect(await remove(two)).toBe(200)
      expect([await statusOf(two), await objectAt(two.key)]).toEqual([404, null])
    })

    it('is the source and the goal of processing URLs', async () => {
      const png = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#c02040' } })
        .png()
        .toBuffer()
      const { handle, key } = await store('&filename=a.png', new Uint8Array(png), 'image/png')
      const small = await call(`/resize=width:30/${handle}`)
      expect([small.status, small.headers.get('Content-Type')]).toEqual([200, 'image/png'])
      expect(await sharp(Buffer.from(await small.arrayBuffer())).metadata()).toMatchObject({ width: 30, height: 20 })
      const kept = await call(`/${OPEN.key}/resize=width:15/store=location:${location.toLowerCase()}/${handle}`)
      const stored = (await kept.json()) as Stored
      expect([kept.status, (await objectAt(stored.key))?.size]).toEqual([200, stored.size])
      expect(await (await call(`/imagesize/${stored.handle}`)).json()).toEqual({ width: 15, height: 10 })
      // Nobody comes to it without its handle.
      for (const way of ['raw', 'image'])
        expect(
          (await call(`/${server.account}/${way}//${name}/${container ?? ''}/${key}?w=10`.replace(/(\?w=10)$/, way === 'raw' ? '' : '$1')))
            .status,
        ).toBe(400)
    })

    it('skip_storage keeps the object', async () => {
      const stored = await store('&filename=kept.txt', 'kept')
      expect(await remove(stored, '&skip_storage=true')).toBe(200)
      expect([await statusOf(stored), (await objectAt(stored.key))?.size]).toEqual([404, 4])
    })

    it('an object that somebody deleted in the store is 404', async () => {
      const stored = await store('&filename=x.txt', 'x')
      await objects.delete(container ?? '', stored.key)
      expect(await statusOf(stored)).toBe(404)
    })

    it('refuses containers that the app does not have, and public files where the store has none', async () => {
      const wrong = await send('&container=another', 'x')
      expect([wrong.status, await wrong.text()]).toEqual([
        400,
        expect.stringMatching(container === null ? /has no containers/ : /Expected one of/),
      ])
      const open = await send('&access=public', 'x')
      if (setup.canPublish) expect(open.status).toBe(200)
      else expect([open.status, await open.text()]).toEqual([400, expect.stringContaining('opens whole containers')])
    })

    it('a body of another length than it said leaves nothing', async () => {
      const keysBelow = async () => (await objects.list(container ?? '', { prefix: 'short/', limit: 10 })).objects
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new Uint8Array(12_000_000))
          setTimeout(() => controller.error(new Error('The client went away.')), 500)
        },
      })
      const sending = fetch(`${server.origin}/api/store/${location}?key=${OPEN.key}&path=short/`, {
        method: 'POST',
        headers: { 'Content-Type': 'image/png', 'Content-Length': '20000000' },
        body,
        duplex: 'half',
      } as RequestInit)
      await sending.catch(() => undefined)
      await expect.poll(keysBelow, { timeout: 10_000 }).toEqual([]) // the client knows of the end before the server does
    })

    it.skipIf(setup.isShort)('is 502 with the name of the store while its server is away, and as before when it is back', async () => {
      await elsewhere.stop()
      for (const response of [await call(`/api/file/${first.handle}`), await send('&filename=y.txt', 'y')]) {
        const text = await response.text()
        expect([response.status, text]).toEqual([502, expect.stringContaining(`The store \\"${name}\\" did not answer.`)])
        expect(text).not.toContain(new URL(elsewhere.url).host)
      }
      await elsewhere.start()
      expect(await textOf(first)).toBe('hello')
    })
  })
}
