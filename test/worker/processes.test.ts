import { createMessageBatch, createExecutionContext, getQueueResult, createScheduledController, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import worker from '../../src/index.ts'
import { createDurableProcesses, createDurableProcessIndex } from '../../src/durable/process-client.ts'
import { summaryOf, type ProcessDefinition } from '../../src/service/processes/record.ts'
import { details } from './support/batch.ts'
import { ACCOUNT, picture, request, upload } from './support/client.ts'

const bindings = env as never as Parameters<typeof worker.fetch>[1]
const store = createDurableProcesses(bindings.PROCESSES)
const index = createDurableProcessIndex(bindings.PROCESS_INDEX)

beforeAll(async () => {
  await upload('/photo.jpg', picture('photo.jpg'))
})

let count = 0
const definition = (more: Partial<ProcessDefinition> = {}): ProcessDefinition => ({
  id: `process-of-the-tests${count++ % 10}`,
  kind: 'batch',
  name: '',
  owner: { account: ACCOUNT, service: 1 },
  jobs: [{ type: 'unknown', params: {}, group: '' }],
  callback: null,
  fingerprint: null,
  requestId: 'test',
  createdAt: Date.now(),
  ...more,
})

const render = (destination: string) => ({
  type: 'render',
  params: { source: '/photo.jpg', destination, plan: { steps: [], output: { format: 'png', quality: 80 } }, rule: null },
  group: '/photo.jpg',
})

async function deliver(queue: string, bodies: readonly unknown[]) {
  const batch = createMessageBatch(
    queue,
    bodies.map((body, i) => ({ id: String(i), timestamp: new Date(), attempts: 1, body })),
  )
  const context = createExecutionContext()
  await worker.queue(batch as never, bindings, createExecutionContext())
  return getQueueResult(batch, context)
}

describe('a record', () => {
  it('is created once: the second create finds the first', async () => {
    const wish = definition()
    const [first, second] = await Promise.all([store.create(wish), store.create({ ...wish, callback: 'https://example.org/' })])
    expect(Number(first.created) + Number(second.created)).toBe(1)
    expect(second.record.definition).toEqual(first.record.definition)
  })

  it('writes nothing for an id that nobody has', async () => {
    expect(await store.read('nobody')).toBeNull()
    expect(await store.dispatch('nobody', { type: 'tick' })).toBeNull()
    const object = bindings.PROCESSES.get(bindings.PROCESSES.idFromName('nobody'))
    await runInDurableObject(object as never, async (_, state) => expect(state.storage.sql.databaseSize).toBeLessThan(4097))
  })

  it('fails a job of a type that nobody can do', async () => {
    const { id } = (await store.create(definition())).record.definition
    await vi.waitUntil(async () => (await store.read(id))?.state.status === 'FAILED')
    expect((await store.read(id))?.state.error).toMatchObject({ code: 'not_implemented' })
  })
})

describe('the consumer', () => {
  it('acknowledges each message by itself, and what it cannot read', async () => {
    const result = await deliver('emulsion-jobs', [{ process: 'nobody', run: 1, jobs: [0] }, { what: 'is this' }, 'text', null])
    expect(result.explicitAcks.toSorted()).toEqual(['0', '1', '2', '3'])
    expect(result.retryMessages).toEqual([])
  })

  it('does a job once, however often its message comes', async () => {
    const { record } = await store.create(definition({ jobs: [render('/once.png')] }))
    const { id } = record.definition
    const message = { process: id, run: 1, jobs: [0] }
    await Promise.all([deliver('emulsion-jobs', [message, message]), deliver('emulsion-jobs', [message])])
    await vi.waitUntil(async () => (await store.read(id))?.state.status === 'FINISHED')
    const stored = (await request(`/${ACCOUNT}/raw/once.png`)).headers.get('Last-Modified')
    await deliver('emulsion-jobs', [message])
    expect((await details(id)).jobs[0]).toMatchObject({ attempts: 1, status: 'FINISHED' })
    expect((await request(`/${ACCOUNT}/raw/once.png`)).headers.get('Last-Modified')).toBe(stored)
  })

  it('fails a process whose message was given up', async () => {
    // Of the future, so that no consumer takes it before.
    const wish = definition({ jobs: [render('/dead.png')] })
    const { record } = await store.create({ ...wish, createdAt: Date.now() + 3_600_000 })
    expect(record.state.status).toBe('PENDING')
    await deliver('emulsion-dead-letters', [{ process: record.definition.id, run: 1, jobs: [0] }])
    const { state } = (await store.read(record.definition.id)) ?? {}
    expect(state).toMatchObject({ status: 'FAILED', error: { code: 'dead_letter' } })
  })
})

describe('the sweep', () => {
  const sweep = async (): Promise<void> => {
    await worker.scheduled(createScheduledController({ scheduledTime: new Date() }), bindings, createExecutionContext())
  }

  it('wakes a process whose alarm was lost', async () => {
    const { record } = await store.create(definition({ jobs: [render('/swept.png')], createdAt: Date.now() + 3_600_000 }))
    const { id } = record.definition
    await index.put({ ...summaryOf(record), updatedAt: 1, revision: 0 })
    const object = bindings.PROCESSES.get(bindings.PROCESSES.idFromName(id))
    await runInDurableObject(object as never, async (_, state) => state.storage.deleteAlarm())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 })
    await sweep()
    vi.useRealTimers()
    await vi.waitUntil(async () => (await store.read(id))?.state.status === 'FINISHED', { timeout: 10_000 })
  })

  it('erases what is past its time, and forgets lines of processes that are gone', async () => {
    const { record } = await store.create(definition())
    const { id, owner } = record.definition
    await vi.waitUntil(async () => (await store.read(id))?.state.status === 'FAILED')
    await vi.waitUntil(async () =>
      (await index.list(ACCOUNT, { limit: 200 })).items.some((item) => item.id === id && item.status === 'FAILED'),
    )
    await index.put({
      id: 'gone',
      kind: 'batch',
      name: '',
      owner,
      status: 'FINISHED',
      error: null,
      run: 1,
      jobs: 1,
      createdAt: 1,
      updatedAt: 1,
      revision: 1,
    })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31 * 86_400_000 })
    await sweep()
    expect(await store.read(id)).toBeNull()
    const left = (await index.list(ACCOUNT, { limit: 200 })).items.map((item) => item.id)
    expect(left).not.toContain(id)
    expect(left).not.toContain('gone')
    vi.useRealTimers()
  })
})
