import { createExecutionContext, createMessageBatch, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import worker from '../../src/index.ts'
import { createDurableProcessIndex } from '../../src/durable/process-client.ts'
import { details, ended, post, type Details } from './support/batch.ts'
import { ACCOUNT, ORIGIN, picture, PUBLIC_KEY, request, SECRET_KEY, upload } from './support/client.ts'
import { decodePixels } from './support/pixels.ts'

const bindings = env as never as Parameters<typeof worker.fetch>[1]
const index = createDurableProcessIndex(bindings.PROCESS_INDEX)

/** The message of a bucket about one object. */
const event = async (path: string, action = 'PutObject', more: object = {}) => {
  const object = await bindings.FILES.head(ACCOUNT + path)
  return {
    account: 'cloudflare-account',
    action,
    bucket: 'emulsion-files',
    object: { key: ACCOUNT + path, ...(object && { size: object.size, eTag: object.etag }) },
    eventTime: '2026-11-22T06:00:00.000Z',
    ...more,
  }
}

async function notify(...events: readonly unknown[]): Promise<void> {
  await worker.queue(
    createMessageBatch(
      'emulsion-storage-events',
      events.map((body, i) => ({ id: String(i), timestamp: new Date(), attempts: 1, body })),
    ) as never,
    bindings,
    createExecutionContext(),
  )
}

type Run = Details & { readonly id: string }

/** The runs of rules about one file, newest first. */
async function runsOf(path: string): Promise<readonly Run[]> {
  const { items } = await index.list(ACCOUNT, { kinds: ['trigger'], limit: 200 })
  const all = await Promise.all(items.map(async ({ id }) => ({ ...(await details(id)), id })))
  return all.filter(({ jobs }) => jobs.some((job) => (job as { source?: string }).source === path))
}

/** The one run of a file, when it has ended. */
async function runOf(path: string): Promise<Run> {
  const [run, ...others] = await runsOf(path)
  if (!run || others.length > 0) throw new Error(`${others.length + (run ? 1 : 0)} runs for ${path}`)
  return { ...(await ended(run.id)), id: run.id }
}

const raw = (path: string) => request(`/${ACCOUNT}/raw${path}`)
const etagOf = async (path: string): Promise<string | undefined> => (await bindings.FILES.head(ACCOUNT + path))?.etag
const remove = (path: string) =>
  request(`/v2/accounts/${ACCOUNT}/files?filePath=${encodeURIComponent(path)}`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${SECRET_KEY}` },
  })
/** Writes as another program does that knows nothing of the service. */
const putFromOutside = (path: string, name: string, more: R2PutOptions = {}) =>
  bindings.FILES.put(ACCOUNT + path, picture(name), { httpMetadata: { contentType: 'image/jpeg' }, ...more })

describe('a file that a rule matches', () => {
  it('has its process when its upload is answered, without any event', async () => {
    await upload('/incoming/a/photo.jpg', picture('photo.jpg'))
    expect(await runsOf('/incoming/a/photo.jpg')).toHaveLength(1)
    const run = await runOf('/incoming/a/photo.jpg')
    expect(run).toMatchObject({ status: 'FINISHED', kind: 'trigger', name: 'thumbs' })
    expect(run.jobs.map(({ destination }) => destination)).toEqual([
      '/incoming/a/thumbs/photo-200.webp',
      '/incoming/a/thumbs/photo-800.webp',
    ])
    const thumb = await decodePixels(await raw('/incoming/a/thumbs/photo-200.webp'))
    expect([thumb.width, thumb.height, thumb.corner('top-left')]).toEqual([64, 48, 'red'])
  })

  it('starts one process however often the event comes, and another for another version, equal bytes or not', async () => {
    const path = '/incoming/b.jpg'
    await putFromOutside(path, 'photo.jpg')
    const message = await event(path)
    await Promise.all([notify(message, message), notify(message, message), notify(message)])
    await runOf(path)
    await bindings.FILES.delete(ACCOUNT + path)
    await new Promise((resolve) => setTimeout(resolve, 5)) // another millisecond
    await putFromOutside(path, 'photo.jpg')
    await notify(await event(path), message)
    expect(await runsOf(path)).toHaveLength(2)
  })

  it.each(['application/octet-stream', 'binary/octet-stream', undefined])(
    'is known by its content when its type is %s',
    async (contentType) => {
      const path = `/incoming/untold-${String(contentType).replace('/', '-')}.jpg`
      await putFromOutside(path, 'photo.jpg', { httpMetadata: contentType === undefined ? {} : { contentType } })
      await notify(await event(path))
      expect(await runOf(path)).toMatchObject({ status: 'FINISHED' })
    },
  )

  it('no content makes a picture of a text', async () => {
    const path = '/incoming/untold.txt'
    await bindings.FILES.put(ACCOUNT + path, 'a text')
    await notify(await event(path))
    expect(await runsOf(path)).toEqual([])
  })

  it.each<[string, () => Promise<unknown>]>([
    ['is copied', () => api('/files/copy', { source: '/x/s.jpg', destination: '/incoming/copied.jpg' })],
    ['is joined from parts', () => uploadInParts('/incoming/parts.jpg')],
    ['is saved', () => request(`/${ACCOUNT}/save/image/x/s.jpg?w=20`, { method: 'POST', ...json({ destination: '/incoming/saved.jpg' }) })],
    [
      'comes from a batch',
      () => post('/request', { service_id: 1, source: '/x/s.jpg', jobs: [{ destination: '/incoming/batch.jpg', transformations: [] }] }),
    ],
  ])('starts it, too, when it %s', async (_, store) => {
    await upload('/x/s.jpg', picture('photo.jpg'))
    const before = (await index.list(ACCOUNT, { kinds: ['trigger'], limit: 200 })).items.length
    await store()
    await vi.waitUntil(async () => (await index.list(ACCOUNT, { kinds: ['trigger'], limit: 200 })).items.length === before + 1, {
      timeout: 10_000,
    })
  })

  it('starts it although its owner’s metadata speaks of rules', async () => {
    const path = '/incoming/meta.jpg'
    const mark = { 'emulsion-rule': 'thumbs', origin: '{}', derivation: { rule: 'thumbs' } }
    await upload(path, picture('photo.jpg'), { 'X-Upload-Metadata': JSON.stringify(mark) })
    expect((await runOf(path)).status).toBe('FINISHED')
  })

  it('is not one that a rule made, wherever it lies; a copy of it is', async () => {
    const path = '/incoming/c.jpg'
    await upload(path, picture('photo.jpg'))
    await runOf(path)
    const [made, copy] = ['/incoming/thumbs/c-200.webp', '/incoming/copies/c.webp']
    await notify(await event(made), await event('/incoming/thumbs/c-800.webp'))
    expect(await runsOf(made)).toEqual([])
    await api('/files/copy', { source: made, destination: copy })
    expect((await runOf(copy)).status).toBe('FINISHED')
  })

  it('is one that another program copied with the marks of its original', async () => {
    await upload('/incoming/orig.jpg', picture('photo.jpg'))
    await runOf('/incoming/orig.jpg')
    const made = await bindings.FILES.head(`${ACCOUNT}/incoming/thumbs/orig-200.webp`)
    const path = '/incoming/outside/orig.jpg'
    await putFromOutside(path, 'photo.jpg', { customMetadata: made?.customMetadata ?? {} })
    await notify(await event(path))
    expect((await runOf(path)).status).toBe('FINISHED')
  })

  it.each<[string, string, () => Promise<unknown>]>([
    ['outside the prefix', '/elsewhere/d.jpg', async () => event(await upload('/elsewhere/d.jpg', picture('photo.jpg')))],
    ['of another type', '/incoming/d.txt', async () => event(await upload('/incoming/d.txt', 'text'))],
    ['that is gone', '/incoming/gone.jpg', () => event('/incoming/gone.jpg')],
    ['of another account', '/incoming/x.jpg', () => event('/x', 'PutObject', { object: { key: 'Another/incoming/x.jpg' } })],
    ['without an account', 'x.jpg', () => event('/x', 'PutObject', { object: { key: 'x.jpg' } })],
  ])('is not one %s', async (_, path, make) => {
    await notify(await make())
    expect(await runsOf(path)).toEqual([])
  })

  it('is not one of an event with an action that does not exist', async () => {
    await putFromOutside('/incoming/e.jpg', 'photo.jpg')
    await notify(await event('/incoming/e.jpg', 'Explode'))
    expect(await runsOf('/incoming/e.jpg')).toEqual([])
  })
})

describe('a derivative', () => {
  const thumb = (name: string): string => `/incoming/thumbs/${name}-200.webp`

  it('belongs to the source that came first: a second one of the same name fails and deletes nothing', async () => {
    await upload('/incoming/twin.jpg', picture('photo.jpg'))
    await runOf('/incoming/twin.jpg')
    const first = await etagOf(thumb('twin'))
    await upload('/incoming/twin.png', picture('photo.png'))
    const second = await runOf('/incoming/twin.png')
    expect(second).toMatchObject({ status: 'FAILED', error: { code: 'conflict' } })
    expect(second.error?.message).toContain('/incoming/twin.jpg')
    expect(await etagOf(thumb('twin'))).toBe(first)
    await remove('/incoming/twin.png')
    expect(await etagOf(thumb('twin'))).toBe(first)
  })

  it('leaves its place to the next source when its own is deleted', async () => {
    await upload('/incoming/heir.jpg', picture('photo.jpg'))
    await runOf('/incoming/heir.jpg')
    await upload('/incoming/heir.png', picture('photo.png'))
    const { id } = await runOf('/incoming/heir.png')
    await remove('/incoming/heir.jpg')
    await vi.waitUntil(async () => (await etagOf(thumb('heir'))) === undefined, { timeout: 10_000 })
    await post('/retry', { service_id: 1, process_ids: [id] })
    expect((await ended(id)).status).toBe('FINISHED')
    expect(await etagOf(thumb('heir'))).toBeDefined()
  })

  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['a file of the owner', 'own', {}],
    ['what an earlier version marked in the metadata of the owner', 'old', { 'X-Upload-Metadata': '{"emulsion-rule":"thumbs"}' }],
  ])('never replaces %s', async (_, name, headers) => {
    await upload(thumb(name), picture('photo.jpg'), headers)
    const own = await etagOf(thumb(name))
    const path = `/incoming/${name}.jpg`
    await upload(path, picture('photo.jpg'), { Authorization: `Bearer ${PUBLIC_KEY}` })
    expect(await runOf(path)).toMatchObject({ status: 'FAILED', error: { code: 'conflict' } })
    expect(await etagOf(thumb(name))).toBe(own)
  })

  it('is replaced by that of a new version of its source', async () => {
    await upload('/incoming/new.jpg', picture('photo.jpg'))
    await runOf('/incoming/new.jpg')
    const first = await etagOf(thumb('new'))
    await upload('/incoming/new.jpg', picture('orientation-6.jpg'))
    await vi.waitUntil(async () => (await etagOf(thumb('new'))) !== first, { timeout: 10_000 })
  })

  it('that cannot have a place is a failed run that names the file, at the first event', async () => {
    const path = `/incoming/${'n'.repeat(490)}.jpg`
    await upload(path, picture('photo.jpg'))
    const run = await runOf(path)
    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'invalid_path' }, attempt: 0 })
    expect(run.error?.message).toContain('/incoming/nnn')
    expect(run.jobs[0]?.attempts).toBe(1)
  })
})

describe('a deleted file', () => {
  it('takes its derivatives along, and nothing that somebody else has put there', async () => {
    await upload('/incoming/f.jpg', picture('photo.jpg'))
    await runOf('/incoming/f.jpg')
    await upload('/incoming/thumbs/f-800.webp', picture('photo.jpg'))
    expect((await remove('/incoming/f.jpg')).status).toBe(200)
    await vi.waitUntil(async () => (await raw('/incoming/thumbs/f-200.webp')).status === 404, { timeout: 10_000 })
    await vi.waitUntil(async () => (await runsOf('/incoming/f.jpg')).every(({ status }) => status === 'FINISHED'), { timeout: 10_000 })
    expect((await raw('/incoming/thumbs/f-800.webp')).status).toBe(200)
  })

  it('takes them along each time, however often it comes and goes', async () => {
    const path = '/incoming/again.jpg'
    for (const name of ['photo.jpg', 'orientation-6.jpg', 'photo.jpg']) {
      await upload(path, picture(name))
      await vi.waitUntil(async () => (await etagOf('/incoming/thumbs/again-800.webp')) !== undefined, { timeout: 10_000 })
      await vi.waitUntil(async () => (await etagOf('/incoming/thumbs/again-200.webp')) !== undefined, { timeout: 10_000 })
      await remove(path)
      await vi.waitUntil(async () => (await etagOf('/incoming/thumbs/again-200.webp')) === undefined, { timeout: 10_000 })
      await vi.waitUntil(async () => (await etagOf('/incoming/thumbs/again-800.webp')) === undefined, { timeout: 10_000 })
    }
  })

  it('that is back keeps them', async () => {
    await upload('/incoming/g.jpg', picture('photo.jpg'))
    await runOf('/incoming/g.jpg')
    await notify(await event('/incoming/g.jpg', 'DeleteObject'))
    expect(await runsOf('/incoming/g.jpg')).toHaveLength(1)
    expect((await raw('/incoming/thumbs/g-200.webp')).status).toBe(200)
  })
})

describe('the sweep', () => {
  const sweep = () => worker.scheduled(createScheduledController({ scheduledTime: new Date() }), bindings, createExecutionContext())

  it('starts what no event and no answered write has started', async () => {
    await putFromOutside('/incoming/lost.jpg', 'photo.jpg')
    expect(await runsOf('/incoming/lost.jpg')).toEqual([])
    await sweep()
    expect((await runOf('/incoming/lost.jpg')).status).toBe('FINISHED')
    await sweep()
    expect(await runsOf('/incoming/lost.jpg')).toHaveLength(1)
  })

  it('removes the derivatives of a file that went away unseen', async () => {
    await upload('/incoming/vanished.jpg', picture('photo.jpg'))
    await runOf('/incoming/vanished.jpg')
    await bindings.FILES.delete(`${ACCOUNT}/incoming/vanished.jpg`)
    await sweep()
    await vi.waitUntil(async () => (await raw('/incoming/thumbs/vanished-200.webp')).status === 404, { timeout: 10_000 })
  })
})

it('runs of rules are listed by kind, with the rule’s name and its batch service', async () => {
  const [run] = (await index.list(ACCOUNT, { kinds: ['trigger'], limit: 1 })).items
  expect(run?.owner).toEqual({ account: ACCOUNT, service: 1 })
  expect(await details(run?.id ?? '')).toMatchObject({ kind: 'trigger' })
})

const json = (body: object): RequestInit => ({
  headers: { Authorization: `Bearer ${SECRET_KEY}`, 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})

async function api(path: string, body: object): Promise<Response> {
  const response = await request(`/v2/accounts/${ACCOUNT}${path}`, { method: 'POST', ...json(body) })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return response
}

async function uploadInParts(filePath: string): Promise<void> {
  const body = picture('photo.jpg')
  const begun = await api('/uploads', {
    path: { fileName: filePath.slice(1 + filePath.lastIndexOf('/')), folderPath: '/incoming' },
    size: body.length,
    mime: 'image/jpeg',
    protocol: '1.1',
  })
  const { uploadId, uploadParts } = (await begun.json()) as { uploadId: string; uploadParts: { first: { uploadUrl: string } } }
  const stored = await request(uploadParts.first.uploadUrl.slice(ORIGIN.length), { method: 'PUT', body })
  const etag = stored.headers.get('ETag') ?? ''
  await request(`/v2/accounts/${ACCOUNT}/uploads/${uploadId}/parts/0`, { method: 'PUT', ...json({ etag }) })
}
