import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Env } from '../../src/env.ts'
import { createDurableProcesses } from '../../src/durable/process-client.ts'
import { create, ended, post } from './support/batch.ts'
import { ACCOUNT, picture, request, upload } from './support/client.ts'
import { decodePixels } from './support/pixels.ts'

const bindings = env as never as Env
const small = [{ type: 'resize', width: 20 }]
const stamp = (source: string) => [{ type: 'watermark', source, width: 10 }]
const widthAt = async (path: string): Promise<number> => (await decodePixels(await request(`/${ACCOUNT}/raw${path}`))).width
const retry = (id: string) => post('/retry', { service_id: 1, process_ids: [id] })

beforeEach(async () => {
  await upload('/v/photo.jpg', picture('photo.jpg'))
  await upload('/v/logo.png', picture('photo.png'))
})

describe('jobs that get in each other’s way are refused, and both are named', () => {
  it.each<[string, readonly object[], readonly string[]]>([
    [
      'one destination twice',
      [{ destination: '/v/a.png' }, { destination: '/v/b.png' }, { destination: '/v/a.png' }],
      ['jobs[0]', 'jobs[2]'],
    ],
    ['one destination in two spellings', [{ destination: '/v/a.png' }, { destination: 'v/a.png' }], ['jobs[0]', 'jobs[1]']],
    ['a destination that is the source of others', [{ destination: '/v/photo.jpg' }, { destination: '/v/b.png' }], ['jobs[0]', 'jobs[1]']],
    ['the same in another spelling and order', [{ destination: '/v/b.png' }, { destination: 'v/photo.jpg' }], ['jobs[1]', 'jobs[0]']],
    [
      'a destination that is a layer of another',
      [{ destination: '/v/b.png', transformations: stamp('/v/logo.png') }, { destination: '/v/logo.png' }],
      ['jobs[1]', 'jobs[0]'],
    ],
  ])('%s', async (_, jobs, named) => {
    const response = await post('/request', {
      service_id: 1,
      source: '/v/photo.jpg',
      jobs: jobs.map((job) => ({ transformations: [], ...job })),
    })
    const { message } = (await response.json()) as { message: string }
    expect([response.status, message.includes('/v/')]).toEqual([400, true])
    for (const text of named) expect(message).toContain(text)
  })
})

describe('the versions that a process reads', () => {
  it('are those of its record: a retry after a change of the source fails and says so', async () => {
    const id = await create({ source: '/v/photo.jpg', jobs: [{ destination: '/v/out.jpg', transformations: small }] })
    expect((await ended(id)).status).toBe('FINISHED')
    await retry(id)
    expect(await ended(id)).toMatchObject({ status: 'FINISHED', attempt: 1 })
    await upload('/v/photo.jpg', picture('orientation-6.jpg'))
    await retry(id)
    expect(await ended(id)).toMatchObject({ status: 'FAILED', attempt: 2, error: { code: 'source_changed' } })
    expect(await widthAt('/v/out.jpg')).toBe(20)
  })

  it('are those of its layers, too', async () => {
    const id = await create({ source: '/v/photo.jpg', jobs: [{ destination: '/v/out.png', transformations: stamp('/v/logo.png') }] })
    expect((await ended(id)).status).toBe('FINISHED')
    await upload('/v/logo.png', picture('half-transparent.png'))
    await retry(id)
    const failed = await ended(id)
    expect(failed).toMatchObject({ status: 'FAILED', error: { code: 'source_changed' } })
    expect(failed.error?.message).toContain('/v/logo.png')
  })

  it('of a file that is not there yet is whichever comes', async () => {
    const id = await create({ source: '/v/late.jpg', jobs: [{ destination: '/v/late-out.jpg', transformations: small }] })
    expect(await ended(id)).toMatchObject({ status: 'FAILED', error: { code: 'file_not_found' } })
    await upload('/v/late.jpg', picture('photo.jpg'))
    await retry(id)
    expect((await ended(id)).status).toBe('FINISHED')
  })

  it('a job alone may write onto its source, and a retry does not do it twice', async () => {
    const half = [{ type: 'resize', width: '50%' }]
    const id = await create({ source: '/v/photo.jpg', jobs: [{ destination: '/v/photo.jpg', transformations: half }] })
    expect((await ended(id)).status).toBe('FINISHED')
    expect(await widthAt('/v/photo.jpg')).toBe(32)
    await retry(id)
    expect((await ended(id)).error?.code).toBe('source_changed')
    expect(await widthAt('/v/photo.jpg')).toBe(32)
  })
})

it('a question for an id that nobody has leaves no record behind', async () => {
  const id = 'n'.repeat(21)
  const store = createDurableProcesses(bindings.PROCESSES)
  const { listDurableObjectIds } = await import('cloudflare:test')
  const count = async (): Promise<number> => (await listDurableObjectIds(bindings.PROCESSES)).length
  const before = await count()
  for (const path of [`/request/${id}`, `/request/${id}?details=1`, `/request/${id}/events`, `/request/${id}/callback`]) {
    const response = await request(path, {
      headers: { Authorization: `Bearer ${(env as never as Record<string, string>)['EMULSION_BATCH_SECRET']}` },
      ...(path.endsWith('/callback') && { method: 'POST' }),
    })
    expect([path, response.status]).toEqual([path, 404])
  }
  expect(await (await retry(id)).json()).toMatchObject([{ status: 404 }])
  expect(await count()).toBe(before)
  // What the question would have left: the count sees it.
  await store.read(id)
  expect(await count()).toBe(before + 1)
})
