import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { step } from '../../../src/image/plan.ts'
import { createInTime, type InTimeRequest } from '../../../src/service/deadline/in-time.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import type { Rendered } from '../../../src/service/render/results/render-request.ts'
import { ANYBODY } from '../../../src/service/protection/standing.ts'
import { lookOf } from '../../../src/service/render/results/look.ts'
import { memoryResultStore } from '../../support/memory/results.ts'

const exact: Rendered = {
  body: Uint8Array.of(1),
  size: 1,
  mime: 'image/webp',
  etag: 'key',
  warnings: '',
  engine: 'core',
  tier: 'miss',
  notModified: false,
  sourceBytes: 9,
  files: [],
}
const request: InTimeRequest = {
  account: 'a',
  path: '/a.jpg',
  plan: { steps: [step('resize', { width: 800 })], output: { format: 'webp', quality: 80 } },
  cache: { use: true, only: false, permanent: true, ttlSeconds: 60, version: '' },
  standing: ANYBODY,
  requestId: 'r',
}
const source = { path: '/a.jpg', etag: 'e', size: 9, mime: 'image/jpeg' }

interface Given {
  readonly isKept?: boolean
  readonly estimatedMs?: number
  readonly waitMs?: number
  readonly slowness?: number
  /** Whether a run ends before its deadline. */
  readonly isQuick?: boolean
  readonly isRuled?: boolean
  /** Whether the job that makes the exact result has failed. */
  readonly hasFailed?: boolean
  /** Whether nobody else waits for a placeholder. */
  readonly looksAreOver?: () => boolean
}

/** Over nothing but memory: a clock that stands still, and waits that end at once. */
function setUp({
  isKept = false,
  estimatedMs = 10,
  waitMs = 0,
  slowness = 1,
  isQuick = true,
  isRuled = false,
  hasFailed = false,
  looksAreOver = () => true,
}: Given = {}) {
  const results = memoryResultStore()
  const runs: string[] = []
  const looks: string[] = []
  const seenTo: string[] = []
  let now = 0
  const inTime = createInTime({
    render: async ({ cache }) => {
      if (cache.only) {
        if (isKept) return { ...exact, tier: 'store' }
        throw new AppError('not_cached')
      }
      runs.push('run')
      return isQuick ? exact : new Promise(() => undefined)
    },
    findSources: async ({ plan }) => ({ plan, source, inputs: [], layers: [], renditions: new Map(), isRuled, key: 'key' }),
    quickLooks: {
      areOver: looksAreOver,
      take: (_account, _source, _plan, _timings, use) =>
        use({
          estimatedMs,
          shape: { width: 800, height: 600 },
          glimpse: async () => {
            looks.push('glimpse')
            return { body: Uint8Array.of(2), mime: 'image/jpeg', of: 'thumbnail' }
          },
        }),
    },
    seeTo: ({ key }) => {
      seenTo.push(key)
      return Promise.resolve(hasFailed)
    },
    results,
    load: { waitMs: () => waitMs, slowness: () => slowness, count: (run) => run },
    hash: (text) => Promise.resolve(text),
    clock: { now: () => now },
    // Only what waits for looks to be over ends while the clock stands still.
    wait: (ms) => (isQuick && ms > 25 ? new Promise(() => undefined) : Promise.resolve()),
  })
  const ask = async (deadlineMs = 150) => {
    const deferred: Promise<unknown>[] = []
    const answer = await inTime(request, deadlineMs, createTimings({ now: () => 0 }), (work) => void deferred.push(work))
    await Promise.all(deferred)
    return answer
  }
  const keep = async (key: string, width: number): Promise<void> => {
    const shown = { look: await lookOf((text) => Promise.resolve(text), request.plan, []), width, height: width * 0.75 }
    await results.put('a', source, key, { ...exact, body: Uint8Array.of(3), shown })
  }
  return { ask, keep, runs, looks, seenTo, pass: (ms: number) => void (now += ms) }
}

describe('a wish with a deadline', () => {
  it('has what is kept', async () => {
    const { ask, runs } = setUp({ isKept: true, estimatedMs: 9000 })
    expect(await ask()).toEqual({ ...exact, tier: 'store' })
    expect(runs).toEqual([])
  })

  it('has the exact result when it is there in time', async () => {
    const { ask, runs } = setUp()
    expect(await ask()).toEqual(exact)
    expect(runs).toEqual(['run'])
  })

  it.each<[string, Given]>([
    ['the estimate', { estimatedMs: 200 }],
    ['the wait before it', { estimatedMs: 10, waitMs: 200 }],
    ['what estimates are worth here', { estimatedMs: 100, slowness: 2 }],
    ['a header that tells nothing', { estimatedMs: Infinity }],
  ])('has a placeholder when %s is over it, and nothing is begun', async (_name, given) => {
    const { ask, runs, seenTo } = setUp(given)
    const { standsIn, etag, mime } = await ask()
    expect(standsIn).toMatchObject({ kind: 'placeholder', of: 'thumbnail' })
    expect([etag, mime]).toEqual(['key-placeholder', 'image/jpeg'])
    expect([runs, seenTo]).toEqual([[], ['key']])
  })

  it('has the nearest kept result rather than a placeholder', async () => {
    const { ask, keep } = setUp({ estimatedMs: 200 })
    await keep('small', 200)
    await keep('large', 1000)
    const { standsIn, etag, body } = await ask()
    expect(standsIn?.kind).toBe('nearest')
    expect([etag, body]).toEqual(['key-near-large', Uint8Array.of(3)])
  })

  it('has what stands in when the estimate was wrong, while the run goes on', async () => {
    const { ask, runs, seenTo } = setUp({ isQuick: false })
    expect((await ask()).standsIn).toMatchObject({ kind: 'placeholder' })
    expect([runs, seenTo]).toEqual([['run'], []])
  })

  it('of a file under rules waits for the picture with them: what stands in would be made of the file itself', async () => {
    const { ask, keep, runs } = setUp({ estimatedMs: 9000, isRuled: true })
    await keep('small', 200)
    expect(await ask()).toEqual(exact)
    expect(runs).toEqual(['run'])
  })

  it('has the same placeholder again for a while, and not when its deadline is longer', async () => {
    const { ask, looks, runs, pass } = setUp({ estimatedMs: 200 })
    const first = await ask()
    expect(await ask()).toEqual(first)
    expect([looks.length, await ask(250), runs]).toEqual([1, exact, ['run']])
    pass(10_000)
    expect((await ask()).standsIn?.kind).toBe('placeholder')
    expect(looks.length).toBe(2)
  })

  it('has the placeholder of before while it waits for a run whose estimate was wrong', async () => {
    const { ask, looks, runs } = setUp({ isQuick: false })
    await ask()
    await ask()
    expect([looks.length, runs.length]).toEqual([1, 2])
  })

  it('has the exact result seen to once, and again when that has not come', async () => {
    const { ask, pass, seenTo } = setUp({ estimatedMs: 200 })
    await ask()
    await ask()
    expect(seenTo.length).toBe(1)
    pass(5000)
    await ask()
    expect(seenTo.length).toBe(2)
  })

  it.each([
    ['no other look is taken', 3, 3],
    ['it has waited for long enough', Infinity, 20],
  ])('has the exact result seen to when %s', async (_, over, wanted) => {
    let asked = 0
    const { ask, seenTo } = setUp({ estimatedMs: 200, looksAreOver: () => ++asked >= over })
    await ask()
    expect([asked, seenTo]).toEqual([wanted, ['key']])
  })

  it('waits for what no job could make, so that its error is told', async () => {
    const { ask, runs } = setUp({ estimatedMs: 200, hasFailed: true })
    expect((await ask()).standsIn?.kind).toBe('placeholder')
    expect([await ask(), runs]).toEqual([exact, ['run']])
  })
})
