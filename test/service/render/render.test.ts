import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import type { Encoded } from '../../../src/image/execute.ts'
import type { EngineName } from '../../../src/image/codecs/stages.ts'
import { DEFAULT_OUTPUT, step } from '../../../src/image/plan.ts'
import { BELIEVED_MS, createRecentFiles } from '../../../src/service/files/recent-files.ts'
import { memoryResultStore } from '../../support/memory/results.ts'
import type { CachedResult, FileInfo, ResultStore } from '../../../src/service/ports.ts'
import { NO_QUOTAS } from '../../../src/service/protection/quotas.ts'
import { ANYBODY } from '../../../src/service/protection/standing.ts'
import { createRender, SECOND_TTL_SECONDS } from '../../../src/service/render/render.ts'
import type { RenderRequest } from '../../../src/service/render/results/render-request.ts'
import type { RunRequest } from '../../../src/service/render/run-plan.ts'
import type { EngineChoice } from '../../../src/service/render/second-opinion.ts'
import { createTimings } from '../../../src/service/render/timings.ts'

const infoOf = (path: string, etag: string): FileInfo => ({
  path,
  size: 1,
  etag,
  lastModified: new Date(0),
  mime: 'image/jpeg',
  originalFileName: null,
  metadata: {},
  tags: [],
})
const request: RenderRequest = {
  account: 'a',
  path: '/a.jpg',
  plan: { steps: [], output: DEFAULT_OUTPUT },
  standing: ANYBODY,
  cache: { use: true, only: false, permanent: false, ttlSeconds: 0, version: '' },
}
const body = Uint8Array.of(1, 2, 3)
const settled = () => new Promise((done) => setImmediate(done))
const NOTHING_PURGED = { results: 0, layered: 0, layeredSources: [] }
const LIMITS = { maxSteps: 9, maxFileBytes: 100 }

/** Renders over nothing but memory; `runs` are the runs that were begun, to be ended by hand; `patience` ends every wait so far. */
function harness() {
  const runs: { readonly isWanted: () => boolean; readonly finish: (result: Encoded) => void; readonly fail: (error: Error) => void }[] = []
  const waits: (() => void)[] = []
  const deferred: Promise<unknown>[] = []
  const render = createRender({
    recent: createRecentFiles({ head: async (_account, path) => infoOf(path, 'e') }, { now: () => 0 }),
    results: { get: async () => null, put: async () => undefined, list: async () => [], purge: async () => NOTHING_PURGED },
    edge: { get: async () => null, put: async () => undefined },
    run: ({ isWanted = () => true }) => new Promise((finish, fail) => runs.push({ isWanted, finish, fail })),
    rulesOf: () => [],
    quotas: NO_QUOTAS,
    hash: async (text) => text,
    limits: LIMITS,
    engine: 'auto',
    autoThresholdMs: 0,
    wait: () => new Promise((done) => waits.push(done)),
    log: () => undefined,
  })
  const ask = () => {
    const timings = createTimings({ now: () => 0 })
    let hasGone = false
    const answer = render({ ...request, isGone: () => hasGone }, timings, (work) => deferred.push(work))
    return { answer, leave: () => (hasGone = true), phases: () => timings.entries().map(([phase]) => phase) }
  }
  return { ask, runs, waits, deferred }
}

describe('equal requests at the same time', () => {
  it('share one run, which is kept alive until it ends', async () => {
    const { ask, runs, deferred } = harness()
    const asked = [ask(), ask(), ask()]
    await settled()
    expect(runs).toHaveLength(1)
    expect(deferred).toHaveLength(1)
    const isOver = Promise.race([deferred[0]?.then(() => true), settled().then(() => false)])
    expect(await isOver).toBe(false)
    runs[0]?.finish({ body, mime: 'image/jpeg', warnings: [], engine: 'core' as const })
    const answers = await Promise.all(asked.map(async ({ answer }) => (await answer).body))
    expect(answers).toEqual([body, body, body])
    await deferred[0]
    expect(asked.map(({ phases }) => phases().includes('shared'))).toEqual([false, true, true])
  })

  it('share its failure, which is not kept', async () => {
    const { ask, runs } = harness()
    const asked = [ask(), ask()]
    await settled()
    runs[0]?.fail(new AppError('invalid_image'))
    for (const { answer } of asked) await expect(answer).rejects.toMatchObject({ code: 'invalid_image' })
    const again = ask()
    await settled()
    runs[1]?.finish({ body, mime: 'image/jpeg', warnings: [], engine: 'core' as const })
    expect((await again.answer).body).toBe(body)
  })

  it('are worked on until the last client has gone', async () => {
    const { ask, runs } = harness()
    const [first, second] = [ask(), ask()]
    await settled()
    first.leave()
    expect(runs[0]?.isWanted()).toBe(true)
    second.leave()
    expect(runs[0]?.isWanted()).toBe(false)
    const late = ask()
    await settled()
    expect(runs[0]?.isWanted()).toBe(true)
    runs[0]?.finish({ body, mime: 'image/jpeg', warnings: [], engine: 'core' as const })
    expect((await late.answer).body).toBe(body)
  })

  it('begin anew when they come just as a run is given up', async () => {
    const { ask, runs } = harness()
    const gone = ask()
    await settled()
    gone.leave()
    const late = ask()
    await settled()
    runs[0]?.fail(new AppError('abandoned'))
    await expect(gone.answer).rejects.toMatchObject({ code: 'abandoned' })
    await settled()
    runs[1]?.finish({ body, mime: 'image/jpeg', warnings: [], engine: 'core' as const })
    expect((await late.answer).body).toBe(body)
  })

  it('do not wait for ever for a run that ended without a word: one of them runs it again, for all', async () => {
    const { ask, runs, waits } = harness()
    void ask()
    await settled()
    const others = [ask(), ask(), ask()]
    await settled()
    expect(runs).toHaveLength(1)
    for (const done of waits.splice(0)) done()
    await settled()
    expect(runs).toHaveLength(2)
    runs[1]?.finish({ body, mime: 'image/jpeg', warnings: [], engine: 'core' as const })
    expect(await Promise.all(others.map(async ({ answer }) => (await answer).body))).toEqual([body, body, body])
    // And nobody after them waits for it either.
    const next = ask()
    await settled()
    expect(runs).toHaveLength(3)
    runs[2]?.finish({ body, mime: 'image/jpeg', warnings: [], engine: 'core' as const })
    await next.answer
  })
})

/** A service over these files (etag by account and path), whose results name the versions that they were made of. */
function world(files: Map<string, string>, results?: Partial<ResultStore>, choice: EngineChoice = 'auto') {
  let now = 0
  let engine: EngineName = 'core'
  const ttls: number[] = []
  let heads = 0
  const near = new Map<string, CachedResult>()
  const kept = new Map<string, CachedResult>()
  const runs: RunRequest[] = []
  const logged: string[] = []
  const recent = createRecentFiles(
    {
      head: async (account, path) => {
        heads++
        const etag = files.get(account + path)
        return etag === undefined ? null : infoOf(path, etag)
      },
    },
    { now: () => now },
  )
  const render = createRender({
    recent,
    results: {
      get: async (account, path, key) => kept.get(account + path + key) ?? null,
      put: async (account, { path }, key, result) => void kept.set(account + path + key, result),
      list: async () => [],
      purge: async () => NOTHING_PURGED,
      ...results,
    },
    edge: {
      get: async (key) => near.get(key) ?? null,
      async put(key, result, ttlSeconds) {
        near.set(key, result)
        ttls.push(ttlSeconds)
      },
    },
    run: async (run) => {
      runs.push(run)
      for (const { path, etag } of [run.source, ...run.inputs]) {
        const current = files.get(run.account + path)
        if (current === undefined) throw new AppError('file_not_found')
        if (current !== etag) throw new AppError('file_changed')
      }
      const text = [run.source, ...run.inputs].map(({ etag }) => etag).join('+')
      return { body: new TextEncoder().encode(text), mime: 'image/png', warnings: [], engine }
    },
    rulesOf: () => [],
    quotas: NO_QUOTAS,
    hash: async (text) => text,
    limits: LIMITS,
    engine: choice,
    autoThresholdMs: 0,
    wait: () => new Promise(() => undefined),
    log: ({ message }) => logged.push(message),
  })
  const show = async (wish: Partial<RenderRequest> = {}): Promise<string> => {
    const cache = { use: true, only: false, permanent: true, ttlSeconds: 60, version: '1' }
    const deferred: Promise<unknown>[] = []
    try {
      const rendered = await render({ ...request, cache, ...wish }, createTimings({ now: () => 0 }), (work) => deferred.push(work))
      if (rendered.notModified) return '304'
      return `${rendered.tier} ${await new Response(rendered.body as BodyInit).text()}`
    } catch (thrown) {
      return AppError.from(thrown).code
    } finally {
      await Promise.race([Promise.all(deferred), settled()])
    }
  }
  return {
    show,
    runs,
    near,
    kept,
    ttls,
    logged,
    recent,
    heads: () => heads,
    pass: (milliseconds: number) => void (now += milliseconds),
    use: (name: EngineName) => void (engine = name),
  }
}

const LAYERED = { plan: { steps: [step('composite', { path: '/logo.png' })], output: DEFAULT_OUTPUT } }
const fresh = { isFresh: () => true }

describe('a file that is changed', () => {
  it('is never shown in its old form for longer than the bound, as a picture, in a condition, as a layer', async () => {
    const files = new Map([
      ['a/a.jpg', 'v1'],
      ['a/logo.png', 'red'],
    ])
    const { show, pass } = world(files)
    expect([await show(), await show(), await show(LAYERED), await show(fresh)]).toEqual(['miss v1', 'edge v1', 'miss v1+red', '304'])
    files.set('a/logo.png', 'green')
    pass(BELIEVED_MS)
    expect([await show(), await show(LAYERED)]).toEqual(['edge v1', 'miss v1+green'])
    files.set('a/a.jpg', 'v2')
    pass(BELIEVED_MS)
    expect([await show(), await show(LAYERED)]).toEqual(['miss v2', 'miss v2+green'])
    files.delete('a/logo.png')
    pass(BELIEVED_MS)
    expect([await show(), await show(LAYERED), await show({ ...LAYERED, ...fresh })]).toEqual([
      'edge v2',
      'file_not_found',
      'file_not_found',
    ])
    files.delete('a/a.jpg')
    pass(BELIEVED_MS)
    expect([await show(), await show(fresh)]).toEqual(['file_not_found', 'file_not_found'])
    files.set('a/a.jpg', 'v3')
    expect(await show()).toBe('miss v3')
  })

  it('is shown at once where it was changed', async () => {
    const files = new Map([['a/a.jpg', 'v1']])
    const { show, recent } = world(files)
    await show()
    files.delete('a/a.jpg')
    expect(await show()).toBe('edge v1')
    recent.forget('a', '/a.jpg')
    expect(await show()).toBe('file_not_found')
  })

  it('is looked up again when it changed between the look-up and the reading', async () => {
    const files = new Map([['a/a.jpg', 'v1']])
    const { show, runs } = world(files)
    await show()
    files.set('a/a.jpg', 'v2')
    expect(
      await show({ cache: { ...request.cache, version: '2' }, plan: { steps: [step('grayscale', {})], output: DEFAULT_OUTPUT } }),
    ).toBe('miss v2')
    expect(runs.map(({ source }) => source.etag)).toEqual(['v1', 'v1', 'v2'])
  })

  it.each<[string, string | undefined]>([
    ['replaced', 'v2'],
    ['deleted', undefined],
  ])('leaves no result of a version that was %s while it was made, as a source or as a layer', async (_, version) => {
    for (const changed of ['/a.jpg', '/logo.png']) {
      const files = new Map([
        ['a/a.jpg', 'v1'],
        ['a/logo.png', 'v1'],
      ])
      const results = memoryResultStore()
      const names: string[] = []
      const put: ResultStore['put'] = async (account, source, key, ...rest) => {
        if (version === undefined) files.delete(`a${changed}`)
        else files.set(`a${changed}`, version)
        // Whoever changes a file purges what is there; this result comes later.
        await results.purge('a', { text: changed, isPrefix: false })
        names.push(key)
        await results.put(account, source, key, ...rest)
      }
      const { show } = world(files, { ...results, put })
      expect(await show(LAYERED)).toBe('miss v1+v1')
      expect([names.length, await results.get('a', '/a.jpg', names[0] ?? '')]).toEqual([1, null])
    }
  })

  it('is looked up anew for a result that becomes a file', async () => {
    const files = new Map([['a/a.jpg', 'v1']])
    const { show } = world(files)
    await show()
    files.set('a/a.jpg', 'v2')
    expect(await show({ fromCurrentFiles: true })).toBe('miss v2')
  })
})

describe('a picture of the second engine', () => {
  const cache = { use: true, only: false, permanent: true, ttlSeconds: 10 * SECOND_TTL_SECONDS, version: '1' }
  const etags = (near: ReadonlyMap<string, CachedResult>): string[] => [...near.values()].map(({ etag }) => etag)

  it('in the place of the core’s is not kept for good, nor for long, and has another ETag', async () => {
    const { show, near, kept, ttls, use } = world(new Map([['a/a.jpg', 'v1']]))
    use('second')
    expect([await show({ cache }), await show({ cache })]).toEqual(['miss v1', 'edge v1'])
    const [standIn] = etags(near)
    expect([kept.size, ttls]).toEqual([0, [SECOND_TTL_SECONDS]])
    expect(await show({ cache, isFresh: (etag) => etag === standIn })).toBe('304')
    near.clear()
    use('core')
    // What a client has of the second engine says nothing of what the core makes.
    expect(await show({ cache, isFresh: (etag) => etag === standIn })).toBe('miss v1')
    const [own] = etags(near)
    expect(own).not.toBe(standIn)
    expect([kept.size, ttls]).toEqual([1, [SECOND_TTL_SECONDS, cache.ttlSeconds]])
    expect(await show({ cache, isFresh: (etag) => etag === own })).toBe('304')
  })

  it('is never an answer where the core alone is wanted, and is kept where the second engine is', async () => {
    const files = new Map([['a/a.jpg', 'v1']])
    const names = new Set<string>()
    for (const choice of ['auto', 'core', 'second'] as const) {
      const { show, near, kept, use } = world(files, {}, choice)
      use(choice === 'core' ? 'core' : 'second')
      await show({ cache })
      for (const name of near.keys()) names.add(name)
      expect(kept.size, choice).toBe(choice === 'auto' ? 0 : 1)
    }
    expect(names.size).toBe(3)
  })
})

describe('a hit at the edge', () => {
  it('asks the storage once at most, and not at all for some seconds', async () => {
    const { show, heads, pass } = world(new Map([['a/a.jpg', 'v1']]))
    await show()
    // Once for the answer, and once behind it.
    expect([heads(), await show(), heads()]).toEqual([2, 'edge v1', 2])
    pass(BELIEVED_MS)
    expect([await show(), heads()]).toEqual(['edge v1', 3])
  })

  it('is never that of another account, even of equal bytes, nor of another path or version', async () => {
    const { show, near } = world(
      new Map([
        ['a/a.jpg', 'same'],
        ['b/a.jpg', 'same'],
        ['a/b.jpg', 'same'],
      ]),
    )
    await show()
    await show({ account: 'b' })
    await show({ path: '/b.jpg' })
    await show({ cache: { use: true, only: false, permanent: true, ttlSeconds: 60, version: '2' } })
    expect(near.size).toBe(4)
  })
})

it('a plan of too many steps is refused before anything is looked up', async () => {
  const { show, heads } = world(new Map([['a/a.jpg', 'v1']]))
  const many = (count: number) => ({ plan: { steps: Array.from({ length: count }, () => step('grayscale', {})), output: DEFAULT_OUTPUT } })
  expect([await show(many(LIMITS.maxSteps + 1)), heads()]).toEqual(['too_many_steps', 0])
  expect(await show(many(LIMITS.maxSteps))).toBe('miss v1')
})

describe('a store of results that fails', () => {
  const broken = () => Promise.reject(new AppError('storage_unavailable', { detail: 'disk full' }))

  it('costs no answer', async () => {
    const { show, logged } = world(new Map([['a/a.jpg', 'v1']]), { get: broken, put: broken })
    expect(await show()).toBe('miss v1')
    expect(logged).toEqual(['kept result not readable', 'result not kept'])
    expect(await show()).toBe('edge v1')
  })

  it('is told to who wants nothing but kept results', async () => {
    const { show } = world(new Map([['a/a.jpg', 'v1']]), { get: broken })
    expect(await show({ cache: { ...request.cache, only: true } })).toBe('storage_unavailable')
  })
})
