import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { TransformPlan } from '../../../src/image/plan.ts'
import { createRecentFiles } from '../../../src/service/files/recent-files.ts'
import { createMakeLater } from '../../../src/service/jobs/make-later.ts'
import { createResultJobs } from '../../../src/service/jobs/result.ts'
import { createRunJobs } from '../../../src/service/jobs/run-jobs.ts'
import { ENDLESS_ROOM } from '../../../src/service/ports.ts'
import { createProcesses } from '../../../src/service/processes/processes.ts'
import { NO_QUOTAS } from '../../../src/service/protection/quotas.ts'
import { ANYBODY } from '../../../src/service/protection/standing.ts'
import { createRender, LATER_TTL_SECONDS } from '../../../src/service/render/render.ts'
import type { Rendered, RenderRequest } from '../../../src/service/render/results/render-request.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import { memoryProcessIndex, memoryProcessStore } from '../../support/memory/processes.ts'
import { memoryEdgeCache, memoryResultStore } from '../../support/memory/results.ts'

const ACCOUNT = 'Emu1s1n'
const PLAN: TransformPlan = { steps: [], output: { format: 'auto-avif', quality: 80 } }
const hash = (text: string): Promise<string> => Promise.resolve(createHash('sha256').update(text).digest('hex'))

/** The service around encoders that take a second for AVIF, by estimate. */
function service() {
  const [edge, results, index] = [memoryEdgeCache(), memoryResultStore(), memoryProcessIndex()]
  const store = memoryProcessStore(index)
  const ttls: number[] = []
  const made: string[] = []
  const render = createRender({
    recent: createRecentFiles(
      {
        head: (_account, path) =>
          Promise.resolve({
            path,
            size: 1,
            etag: 'e',
            lastModified: new Date(0),
            mime: 'image/jpeg',
            originalFileName: null,
            metadata: {},
            tags: [],
          }),
      },
      { now: () => 0 },
    ),
    results,
    edge: {
      get: edge.get,
      put(key, result, seconds) {
        ttls.push(seconds)
        return edge.put(key, result, seconds)
      },
    },
    async run({ plan }) {
      const isNow = (plan.output.withinMs ?? Infinity) < 1000
      made.push(isNow ? 'webp' : 'avif')
      await new Promise((done) => setImmediate(done))
      const common = { warnings: [], engine: 'core', body: Uint8Array.of(1) } as const
      return isNow ? { ...common, mime: 'image/webp', later: 'avif' } : { ...common, mime: 'image/avif' }
    },
    rulesOf: () => [],
    quotas: NO_QUOTAS,
    hash,
    limits: { maxSteps: 9, maxFileBytes: 100 },
    engine: 'auto',
    autoThresholdMs: 0,
    wait: () => new Promise(() => undefined),
    log: () => undefined,
  })
  const processes = createProcesses({ store, index, clock: { now: () => 0 }, hash, room: ENDLESS_ROOM })
  const makeLater = createMakeLater(processes)
  const runJobs = createRunJobs({
    store,
    runners: { result: createResultJobs(render) },
    clock: { now: () => 0 },
    newLease: () => crypto.randomUUID(),
    every: () => ({ stop: () => undefined }),
    leaseMs: 1000,
    log: () => undefined,
    observe: () => undefined,
  })
  const wish: RenderRequest = {
    account: ACCOUNT,
    path: '/a.jpg',
    plan: PLAN,
    standing: ANYBODY,
    cache: { use: true, only: false, permanent: true, ttlSeconds: 3600, version: '' },
    withinMs: 500,
  }
  /** A request as the dialect answers it: what stands in for something else is seen to. */
  async function ask(more: Partial<RenderRequest> = {}): Promise<Rendered> {
    const deferred: Promise<unknown>[] = []
    const rendered = await render({ ...wish, ...more }, createTimings({ now: () => 0 }), (work) => deferred.push(work))
    await new Promise((done) => setImmediate(done))
    if (rendered.later && rendered.tier === 'miss')
      await makeLater({ account: ACCOUNT, path: wish.path, plan: PLAN, standing: ANYBODY, key: rendered.etag, requestId: 'r' })
    return rendered
  }
  const records = async () => {
    const { items } = await index.list(ACCOUNT, { limit: 100 })
    return Promise.all(items.map(({ id }) => store.read(id)))
  }
  /** The queue delivers: each message of each process once more. */
  async function work(): Promise<void> {
    for (const record of await records())
      if (record) await runJobs({ process: record.definition.id, run: record.state.run, jobs: record.definition.jobs.map((_, i) => i) })
  }
  return { ask, work, records, made, ttls, results }
}

describe('AVIF that takes longer than a request may', () => {
  it('is WebP now, for a short time, and AVIF for a long one as soon as the job is done', async () => {
    const { ask, work, made, ttls } = service()
    const first = await ask()
    expect([first.mime, first.tier, first.later]).toEqual(['image/webp', 'miss', 'avif'])
    const meanwhile = await ask()
    expect([meanwhile.mime, meanwhile.tier, meanwhile.later, meanwhile.etag]).toEqual(['image/webp', 'edge', 'avif', first.etag])
    await work()
    const then = await ask()
    expect([then.mime, then.tier, then.later]).toEqual(['image/avif', 'store', undefined])
    expect(then.etag).not.toBe(first.etag)
    expect([(await ask()).mime, (await ask()).tier]).toEqual(['image/avif', 'edge'])
    expect(made).toEqual(['webp', 'avif'])
    expect(ttls).toEqual([LATER_TTL_SECONDS, 3600])
  })

  it('is made at once for who waits, also beside those who do not', async () => {
    const { ask, made } = service()
    await ask()
    expect((await ask({ withinMs: undefined })).mime).toBe('image/avif')
    expect((await ask()).mime).toBe('image/avif')
    expect(made).toEqual(['webp', 'avif'])
    const other = service()
    const both = await Promise.all([other.ask(), other.ask({ withinMs: undefined })])
    expect(both.map(({ mime }) => mime)).toEqual(['image/webp', 'image/avif'])
  })

  it('is one job of one process for 50 clients at once', async () => {
    const { ask, work, records, made } = service()
    const all = await Promise.all(Array.from({ length: 50 }, () => ask()))
    expect(new Set(all.map(({ mime }) => mime))).toEqual(new Set(['image/webp']))
    const [record, ...others] = await records()
    expect([others.length, record?.definition.kind, record?.definition.jobs.length]).toEqual([0, 'result', 1])
    await work()
    await work() // each message may come twice
    expect(made).toEqual(['webp', 'avif'])
  })

  it('is made once more when its result was purged, and by the next request when the first was killed before it could say so', async () => {
    const { ask, work, made, results, records } = service()
    await ask()
    await work()
    await results.purge(ACCOUNT, { text: '/', isPrefix: true })
    const version = { cache: { use: true, only: false, permanent: true, ttlSeconds: 3600, version: 'other' } }
    expect((await ask(version)).mime).toBe('image/webp')
    expect((await records()).map((record) => record?.state.status)).toEqual(['PENDING'])
    await work()
    expect((await ask(version)).mime).toBe('image/avif')
    expect(made).toEqual(['webp', 'avif', 'webp', 'avif'])
  })

  it('keeps its stand-in out of the result bucket', async () => {
    const { ask, results } = service()
    await ask()
    expect(await results.purge(ACCOUNT, { text: '/', isPrefix: true })).toMatchObject({ results: 0 })
  })
})
