import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { addCounts, createCounter, type Counts } from '../../../src/service/counts/counts.ts'
import { createSharedCounts, type CountStore, type Delta } from '../../../src/service/counts/shared-counts.ts'

const HITS = 'emulsion_cache_total{"tier":"edge"}'
const hitsOf = (counts: Counts): number => counts[HITS]?.[0] ?? 0

const SEND_EVERY_MS = 5000

type Fate = 'arrives' | 'is lost' | 'is answered by an error' | 'arrives twice'

/** Adds up as a shard does. Each call has a fate. */
function createStore(fates: Iterator<Fate>): CountStore & { readonly seen: readonly Delta[] } {
  const last = new Map<string, number>()
  const seen: Delta[] = []
  let counts: Counts = {}
  const receive = (delta: Delta): void => {
    seen.push(delta)
    if ((last.get(delta.sender) ?? 0) >= delta.seq) return
    last.set(delta.sender, delta.seq)
    counts = addCounts(counts, delta.counts)
  }
  return {
    seen,
    add(delta) {
      const fate = fates.next().value as Fate
      if (fate !== 'is lost') receive(delta)
      if (fate === 'arrives twice') receive(delta)
      return fate === 'arrives' || fate === 'arrives twice' ? Promise.resolve() : Promise.reject(new AppError('storage_unavailable'))
    },
    sum: () => Promise.resolve(counts),
  }
}

function* always(fate: Fate): Generator<Fate> {
  for (;;) yield fate
}

function createIsolate(store: CountStore, name: string) {
  let now = 1_000_000
  const waits: (() => void)[] = []
  const logged: unknown[] = []
  const counter = createCounter()
  const wait = (): Promise<void> => new Promise((done) => waits.push(done))
  const shared = createSharedCounts({
    counter,
    store,
    newSender: () => name,
    clock: { now: () => now },
    wait,
    log: (entry) => void logged.push(entry),
    sendEveryMs: SEND_EVERY_MS,
  })
  return { ...shared, hit: () => counter.add('emulsion_cache_total', { tier: 'edge' }), waits, logged, pass: (ms: number) => (now += ms) }
}

describe('the counts of isolates', () => {
  it('add up, whoever is asked', async () => {
    const store = createStore(always('arrives'))
    const isolates = ['a', 'b', 'c', 'd'].map((name) => createIsolate(store, name))
    for (const [i, { hit }] of isolates.entries()) for (let hits = 0; hits <= i; hits++) hit()
    for (const { sum } of isolates) await sum()
    for (const { sum } of isolates) expect(hitsOf(await sum())).toBe(1 + 2 + 3 + 4)
  })

  it('never fall and end as what was counted, whatever becomes of the deltas', async () => {
    const fate = fc.constantFrom<Fate[]>('arrives', 'is lost', 'is answered by an error', 'arrives twice')
    const act = fc.record({ isolate: fc.integer({ min: 0, max: 3 }), hits: fc.integer({ min: 0, max: 3 }), asks: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 30 }), fc.array(act, { maxLength: 40 }), async (fates, acts) => {
        const endless = (function* () {
          yield* fates
          yield* always('arrives')
        })()
        const store = createStore(endless)
        const isolates = ['a', 'b', 'c', 'd'].map((name) => createIsolate(store, name))
        let [counted, told] = [0, 0]
        for (const { isolate, hits, asks } of acts) {
          const one = isolates[isolate] as ReturnType<typeof createIsolate>
          for (let i = 0; i < hits; i++) one.hit()
          counted += hits
          if (!asks) continue
          const now = hitsOf(await one.sum())
          expect(now).toBeGreaterThanOrEqual(told)
          told = now
        }
        for (let i = 0; i <= fates.length; i++) for (const { sum } of isolates) await sum()
        expect(hitsOf(await store.sum())).toBe(counted)
      }),
    )
  })

  it('are not told in part', async () => {
    const store = { ...createStore(always('arrives')), sum: () => Promise.reject(new AppError('storage_unavailable')) }
    await expect(createIsolate(store, 'a').sum()).rejects.toThrow(AppError)
  })
})

describe('a delta', () => {
  it('goes some seconds after an answer, one for all answers until then', async () => {
    const store = createStore(always('arrives'))
    const { hit, sendLater, waits } = createIsolate(store, 'a')
    const deferred: Promise<unknown>[] = []
    for (let i = 0; i < 100; i++) {
      hit()
      sendLater((work) => deferred.push(work))
    }
    expect([deferred.length, waits.length, store.seen.length]).toEqual([1, 1, 0])
    waits[0]?.()
    await deferred[0]
    expect(store.seen).toEqual([{ sender: 'a', seq: 1, counts: { [HITS]: [100] } }])
    hit()
    sendLater((work) => deferred.push(work))
    expect(deferred.length).toBe(2)
  })

  it('is promised anew when the request that promised it has ended', () => {
    const { sendLater, pass } = createIsolate(createStore(always('arrives')), 'a')
    const deferred: Promise<unknown>[] = []
    sendLater((work) => deferred.push(work))
    pass(2 * SEND_EVERY_MS - 1)
    sendLater((work) => deferred.push(work))
    expect(deferred.length).toBe(1)
    pass(1)
    sendLater((work) => deferred.push(work))
    expect(deferred.length).toBe(2)
  })

  it('that was not confirmed is sent again as it was, before what came later', async () => {
    const store = createStore(['is answered by an error', ...Array<Fate>(9).fill('arrives')].values() as Iterator<Fate>)
    const { hit, sum, logged } = createIsolate(store, 'a')
    hit()
    await sum()
    expect(logged).toHaveLength(1)
    hit()
    expect(hitsOf(await sum())).toBe(2)
    expect(store.seen.map(({ seq, counts }) => [seq, hitsOf(counts)])).toEqual([
      [1, 1],
      [1, 1],
      [2, 1],
    ])
  })

  it('that is confirmed twice takes nothing of the next one along', async () => {
    const calls: (readonly [seq: number, confirm: () => void, refuse: () => void])[] = []
    const store = createStore(always('arrives'))
    let isOpen = false
    const { hit, send, sum } = createIsolate(
      {
        ...store,
        add: (delta) =>
          isOpen
            ? store.add(delta)
            : new Promise((done, failed) =>
                calls.push([delta.seq, () => done(store.add(delta)), () => failed(new AppError('storage_unavailable'))]),
              ),
      },
      'a',
    )
    const settled = (): Promise<void> => new Promise((done) => setImmediate(done))
    hit()
    const refused = send()
    calls[0]?.[2]()
    await refused
    hit()
    const both = [send(), send()]
    calls[1]?.[1]()
    await settled()
    // The first request has gone on to the next delta; now the second hears that the former one is there.
    calls[2]?.[1]()
    await settled()
    expect(calls.map(([seq]) => seq)).toEqual([1, 1, 1, 2, 2])
    for (const [, , refuse] of calls.slice(3)) refuse()
    await Promise.all(both)
    isOpen = true
    expect(hitsOf(await sum())).toBe(2)
  })

  it('of two requests at once counts once', async () => {
    const store = createStore(always('arrives'))
    const { hit, sum } = createIsolate(store, 'a')
    hit()
    await Promise.all([sum(), sum()])
    expect(hitsOf(await sum())).toBe(1)
  })
})

it('a series that has another form than before begins anew', () => {
  expect(addCounts({ a: [1, 2], b: [3] }, { a: [1, 2, 3], b: [4], c: [5] })).toEqual({ a: [1, 2, 3], b: [7], c: [5] })
})
