import { env } from 'cloudflare:workers'
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { createR2FileStore } from '../../../src/adapters/r2-file-store.ts'
import { createDurableFileClaims, createDurableHandleIndex } from '../../../src/durable/handle-client.ts'
import type { Env } from '../../../src/env.ts'
import { newHandle } from '../../../src/service/handles/handle.ts'
import type { HandleRecord } from '../../../src/service/handles/ports.ts'
import { ACCOUNT, request } from '../support/client.ts'
import { basic, OPEN, store } from '../support/filestack.ts'
import { ownedService } from '../support/owned-service.ts'
import definition from '../../../emulsion.config.ts'

const bindings = env as never as Env
const index = createDurableHandleIndex(bindings.HANDLES)
const hash = async (text: string): Promise<string> => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
const claims = createDurableFileClaims(bindings.FILE_CLAIMS, hash)
const files = createR2FileStore(bindings.FILES)
const META = { mime: 'text/plain', originalFileName: 'a.txt', metadata: {}, tags: [] }
const BYTES = new TextEncoder().encode('abc')

let count = 0
function record(path = `/filestack/default/handles-${count++}.txt`): HandleRecord {
  const handle = newHandle((length) => crypto.getRandomValues(new Uint8Array(length)))
  return { handle, app: OPEN.key, account: ACCOUNT, container: 'default', key: path.slice('/filestack/default/'.length), path }
}
const part = (handle: string) => bindings.HANDLES.get(bindings.HANDLES.idFromName(handle.slice(0, 2)))
const ring = (handle: string): Promise<boolean> => runDurableObjectAlarm(part(handle))
const put = (path: string, handle: string) => files.put(ACCOUNT, path, BYTES, META, { origin: { handle } })
const status = async (handle: string): Promise<number> => (await request(`/api/file/${handle}`)).status
const isThere = async (path: string): Promise<boolean> => (await files.head(ACCOUNT, path)) !== null
const past = (): number => Date.now() - 1
const later = (): number => Date.now() + 3_600_000
const removeAs = (handle: string): Promise<Response> => request(`/api/file/${handle}`, { method: 'DELETE', headers: basic(OPEN.secret) })

describe('a store that died', () => {
  it('behind its record: nobody finds the handle, and the sweep forgets it', async () => {
    const one = record()
    await index.begin(one, past())
    expect(await status(one.handle)).toBe(404)
    await ring(one.handle)
    expect(await index.settle(one.handle)).toBe(false)
  })

  it('behind its file: the sweep deletes it', async () => {
    const one = record()
    await index.begin(one, past())
    await claims.claim(ACCOUNT, one.path, one.handle)
    await put(one.path, one.handle)
    expect(await status(one.handle)).toBe(404)
    await ring(one.handle)
    expect(await isThere(one.path)).toBe(false)
  })

  it('is not swept before its time', async () => {
    const one = record()
    await index.begin(one, later())
    await claims.claim(ACCOUNT, one.path, one.handle)
    await put(one.path, one.handle)
    await ring(one.handle)
    expect(await index.settle(one.handle)).toBe(true)
    expect(await status(one.handle)).toBe(200)
  })

  it('over the file of another handle: that file stays', async () => {
    const { handle, key } = await store(OPEN, 'first', 'path=died-over.txt', { 'Content-Type': 'text/plain' })
    const two = record(`/filestack/default/${key}`)
    await index.begin(two, past())
    await claims.claim(ACCOUNT, two.path, two.handle)
    await put(two.path, two.handle)
    await ring(two.handle)
    expect(await status(handle)).toBe(200)
    expect(await status(two.handle)).toBe(404)
  })

  it('before its file, at a path where somebody else has a file: that file stays', async () => {
    const one = record()
    await files.put(ACCOUNT, one.path, BYTES, META)
    await index.begin(one, past())
    await claims.claim(ACCOUNT, one.path, one.handle)
    await ring(one.handle)
    expect(await isThere(one.path)).toBe(true)
  })

  it('and lives on: what was swept meanwhile is not answered', async () => {
    const one = record()
    await index.begin(one, past())
    await ring(one.handle)
    expect(await index.settle(one.handle)).toBe(false)
    expect(await index.find(one.handle)).toBeNull()
  })
})

describe('a removal', () => {
  it('that died half way is finished by the alarm', async () => {
    const { handle, key } = await store(OPEN, 'abc', '', { 'Content-Type': 'text/plain' })
    await runInDurableObject(part(handle), (_, { storage }) => {
      const row = storage.kv.get<object>(`row/${handle}`)
      const due = Date.now() - 1
      storage.kv.put(`row/${handle}`, { ...row, state: 'removed', fate: 'any', due })
      storage.kv.put(`due/${String(due).padStart(15, '0')}/${handle}`, handle)
      return storage.setAlarm(later())
    })
    expect(await status(handle)).toBe(404)
    expect(await isThere(`/filestack/default/${key}`)).toBe(true)
    await ring(handle)
    expect(await isThere(`/filestack/default/${key}`)).toBe(false)
    const rows = await runInDurableObject(part(handle), (_, { storage }) => [...storage.kv.list({ prefix: `row/${handle}` })])
    expect(rows).toEqual([])
  })

  it('leaves no row and no claim behind', async () => {
    const { handle } = await store(OPEN, 'abc', 'path=no-rows.txt', { 'Content-Type': 'text/plain' })
    await removeAs(handle)
    const rows = await runInDurableObject(part(handle), (_, { storage }) => [...storage.kv.list()].filter(([key]) => key.includes(handle)))
    expect(rows).toEqual([])
    const object = bindings.FILE_CLAIMS.get(
      bindings.FILE_CLAIMS.idFromName(`${ACCOUNT}/${(await hash('/filestack/default/no-rows.txt')).slice(0, 2)}`),
    )
    expect(await runInDurableObject(object, (_, { storage }) => [...storage.kv.list()].filter(([key]) => key.includes('no-rows')))).toEqual(
      [],
    )
  })

  it('and a store to the same path at once: either the file is there with its handle, or neither', async () => {
    for (let round = 0; round < 10; round++) {
      const one = await store(OPEN, 'old', 'path=race.txt', { 'Content-Type': 'text/plain' })
      const [two] = await Promise.all([store(OPEN, 'new', 'path=race.txt', { 'Content-Type': 'text/plain' }), removeAs(one.handle)])
      const response = await request(`/api/file/${two.handle}`)
      expect([response.status, await response.text()]).toEqual([200, 'new'])
      await removeAs(two.handle)
      expect(await isThere('/filestack/default/race.txt')).toBe(false)
    }
  })

  it('twenty at once succeed', async () => {
    const { handle } = await store(OPEN, 'abc', '', { 'Content-Type': 'text/plain' })
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await removeAs(handle)).status))
    expect(statuses.every((code) => code === 200 || code === 404)).toBe(true)
    expect(await status(handle)).toBe(404)
  })
})

describe('an overwrite', () => {
  /** Stored by its handle, and about to be overwritten until then. */
  async function beginsOverwrite(until: number): Promise<HandleRecord> {
    const one = record()
    await index.begin(one, later())
    await claims.claim(ACCOUNT, one.path, one.handle)
    await put(one.path, one.handle)
    expect([await index.settle(one.handle), await index.overwrite(one.handle, until)]).toEqual([true, true])
    return one
  }

  it('that died behind its file, while the handle was removed: the sweep deletes the file', async () => {
    const one = await beginsOverwrite(Date.now() + 300)
    await index.remove(one.handle, false)
    await put(one.path, one.handle)
    expect([await status(one.handle), await isThere(one.path)]).toEqual([404, true])
    await vi.waitUntil(async () => (await ring(one.handle), !(await isThere(one.path))), { timeout: 20_000 })
    expect(
      await runInDurableObject(part(one.handle), (_, { storage }) => [...storage.kv.list()].filter(([key]) => key.includes(one.handle))),
    ).toEqual([])
  })

  it('leaves the file of somebody else at its path alone', async () => {
    const one = await beginsOverwrite(Date.now() + 300)
    await index.remove(one.handle, false)
    const { handle } = await store(OPEN, 'another', `path=${one.key}`, { 'Content-Type': 'text/plain' })
    await new Promise((done) => setTimeout(done, 400))
    await ring(one.handle)
    expect([await status(handle), await isThere(one.path)]).toEqual([200, true])
  })

  it('keeps the file of a handle that was removed without it', async () => {
    const one = await beginsOverwrite(Date.now() + 300)
    await index.remove(one.handle, true)
    await new Promise((done) => setTimeout(done, 400))
    await ring(one.handle)
    expect([await status(one.handle), await isThere(one.path)]).toEqual([404, true])
  })

  it('of a handle that is gone is not begun', async () => {
    const one = record()
    expect(await index.overwrite(one.handle, later())).toBe(false)
  })

  it('may come again and again, and the handle stays', async () => {
    const one = await beginsOverwrite(past())
    await index.overwrite(one.handle, later())
    await index.overwrite(one.handle, past())
    await ring(one.handle)
    expect(await status(one.handle)).toBe(200)
    await removeAs(one.handle)
    expect([await status(one.handle), await isThere(one.path)]).toEqual([404, false])
  })
})

it('a refused store leaves no row', async () => {
  const kept = await store(OPEN, 'kept', 'path=refused.txt', { 'Content-Type': 'text/plain' })
  const response = await request(`/api/store/S3?key=${OPEN.key}&path=refused.txt&mimetype=none`, { method: 'POST', body: 'abc' })
  expect(response.status).toBe(400)
  expect(await (await request(`/api/file/${kept.handle}`)).text()).toBe('kept')
})

it('asking for a handle that never was leaves no storage behind', async () => {
  const handle = `zz${'A'.repeat(18)}`
  expect(await status(handle)).toBe(404)
  const stored = await runInDurableObject(part(handle), async (_, { storage }) => [[...storage.kv.list()], await storage.getAlarm()])
  expect(stored).toEqual([[], null])
})

it('a hundred stores at once each get a handle of their own', async () => {
  const stored = await Promise.all(Array.from({ length: 100 }, (_, i) => store(OPEN, String(i), '', { 'Content-Type': 'text/plain' })))
  expect(new Set(stored.map(({ handle }) => handle)).size).toBe(100)
  const texts = await Promise.all(stored.map(async ({ handle }) => (await request(`/api/file/${handle}`)).text()))
  expect(texts).toEqual(Array.from({ length: 100 }, (_, i) => String(i)))
})

it('without an app there is no door', async () => {
  const send = ownedService(definition, { EMULSION_FILESTACK_KEY: '', EMULSION_FILESTACK_SECURED_KEY: '' })
  const response = await send('/api/store/S3?key=x', { method: 'POST', body: 'abc' })
  expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'not_found' } }])
})
