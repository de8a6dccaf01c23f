import { createMessageBatch } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import worker from '../../src/index.ts'
import { createDurableProcessIndex } from '../../src/durable/process-client.ts'
import type { ProcessSummary } from '../../src/service/processes/record.ts'
import { details, ended } from './support/batch.ts'
import { ACCOUNT, picture, request, SECRET_KEY, upload } from './support/client.ts'
import { decodePixels } from './support/pixels.ts'

const bindings = env as never as Parameters<typeof worker.fetch>[1]
const index = createDurableProcessIndex(bindings.PROCESS_INDEX)

/** The rule of emulsion.config.ts: `/incoming/…` gets two WebP files in `{dir}/thumbs/`. */
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
  )
}

const runs = async (): Promise<readonly ProcessSummary[]> => (await index.list(ACCOUNT, { kinds: ['trigger'], limit: 100 })).items
const raw = (path: string) => request(`/${ACCOUNT}/raw${path}`)

async function runOf(before: readonly ProcessSummary[]): Promise<ProcessSummary> {
  const isNew = ({ id }: ProcessSummary): boolean => before.every((old) => old.id !== id)
  return vi.waitUntil(async () => (await runs()).find(isNew), { timeout: 10_000, interval: 20 })
}

describe('a file that a rule matches', () => {
  it('gets its derivatives, by a process that the status routes show', async () => {
    const before = await runs()
    await upload('/incoming/a/photo.jpg', picture('photo.jpg'))
    await bindings.STORAGE_EVENTS.send((await event('/incoming/a/photo.jpg')) as never)
    const { id, name } = await runOf(before)
    expect(name).toBe('thumbs')
    const found = await ended(id)
    expect(found).toMatchObject({ status: 'FINISHED', kind: 'trigger' })
    expect(found.jobs.map(({ destination }) => destination)).toEqual([
      '/incoming/a/thumbs/photo-200.webp',
      '/incoming/a/thumbs/photo-800.webp',
    ])
    const thumb = await decodePixels(await raw('/incoming/a/thumbs/photo-200.webp'))
    expect([thumb.width, thumb.height, thumb.corner('top-left')]).toEqual([64, 48, 'red'])
  })

  it('starts one process however often the event comes, and another for another version', async () => {
    await upload('/incoming/b.jpg', picture('photo.jpg'))
    const before = await runs()
    const message = await event('/incoming/b.jpg')
    await Promise.all([notify(message, message), notify(message, message), notify(message)])
    const { id } = await runOf(before)
    await ended(id)
    expect((await runs()).length).toBe(before.length + 1)
    await upload('/incoming/b.jpg', picture('photo.png'))
    await notify(await event('/incoming/b.jpg'), message)
    const after = await runOf([...before, ...(await runs()).filter((run) => run.id === id)])
    expect((await ended(after.id)).status).toBe('FINISHED')
    expect((await runs()).length).toBe(before.length + 2)
  })

  it('is not one that a rule made, wherever it lies', async () => {
    await upload('/incoming/c.jpg', picture('photo.jpg'))
    const before = await runs()
    await notify(await event('/incoming/c.jpg'))
    await ended((await runOf(before)).id)
    const made = await runs()
    await notify(await event('/incoming/thumbs/c-200.webp'), await event('/incoming/thumbs/c-800.webp'))
    expect((await runs()).length).toBe(made.length)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['outside the prefix', async () => event(await upload('/elsewhere/d.jpg', picture('photo.jpg')))],
    ['of another type', async () => event(await upload('/incoming/d.txt', 'text'))],
    ['that is gone', () => event('/incoming/gone.jpg')],
    ['of another account', async () => event('/x', 'PutObject', { object: { key: 'Another/incoming/x.jpg' } })],
    ['without an account', async () => event('/x', 'PutObject', { object: { key: 'x.jpg' } })],
    ['with an action that does not exist', async () => event(await upload('/incoming/e.jpg', picture('photo.jpg')), 'Explode')],
  ])('is not one %s', async (_, make) => {
    const before = await runs()
    await notify(await make())
    expect((await runs()).length).toBe(before.length)
  })
})

describe('a deleted file', () => {
  const erase = (path: string) => bindings.FILES.delete(ACCOUNT + path)

  it('takes its derivatives along, and nothing that somebody else has put there', async () => {
    const before = await runs()
    await upload('/incoming/f.jpg', picture('photo.jpg'))
    await notify(await event('/incoming/f.jpg'))
    const first = await runOf(before)
    await ended(first.id)
    await upload('/incoming/thumbs/f-800.webp', picture('photo.jpg'), { Authorization: `Bearer ${SECRET_KEY}` })
    await erase('/incoming/f.jpg')
    await notify(await event('/incoming/f.jpg', 'DeleteObject'))
    const { id } = await runOf([...before, first])
    expect((await ended(id)).status).toBe('FINISHED')
    expect((await raw('/incoming/thumbs/f-200.webp')).status).toBe(404)
    expect((await raw('/incoming/thumbs/f-800.webp')).status).toBe(200)
  })

  it('that is back keeps them', async () => {
    const before = await runs()
    await upload('/incoming/g.jpg', picture('photo.jpg'))
    await notify(await event('/incoming/g.jpg'))
    await ended((await runOf(before)).id)
    const after = await runs()
    await notify(await event('/incoming/g.jpg', 'DeleteObject'))
    expect((await runs()).length).toBe(after.length)
    expect((await raw('/incoming/thumbs/g-200.webp')).status).toBe(200)
  })
})

it('runs of rules are listed by kind, with the rule’s name', async () => {
  const [run] = await runs()
  expect(run?.owner).toEqual({ account: ACCOUNT, service: 1 })
  expect(await details(run?.id ?? '')).toMatchObject({ kind: 'trigger' })
})
