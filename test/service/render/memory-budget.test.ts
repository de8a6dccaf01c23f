import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryBudget, type MemoryLease } from '../../../src/service/render/memory-budget.ts'

const clock = { now: () => 0 }
const settled = () => new Promise((done) => setImmediate(done))

describe('the memory budget of an isolate', () => {
  it('never lends more than it has, loses nobody, and serves in order of arrival, whatever the order of releases', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 30 }), fc.infiniteStream(fc.nat()), async (sizes, draws) => {
        const budget = createMemoryBudget({ totalBytes: 100, maxWaiting: 100, clock })
        const running: { readonly index: number; readonly lease: MemoryLease }[] = []
        const started: number[] = []
        const all = sizes.map(async (bytes, index) => {
          const lease = await budget.acquire(bytes)
          started.push(index)
          running.push({ index, lease })
        })
        await settled()
        while (running.length > 0) {
          expect(running.reduce((sum, { index }) => sum + (sizes[index] ?? 0), 0)).toBe(budget.usage().bytes)
          expect(budget.usage().bytes).toBeLessThanOrEqual(100)
          const [done] = running.splice((draws.next().value as number) % running.length, 1)
          done?.lease.release()
          done?.lease.release()
          await settled()
        }
        await Promise.all(all)
        expect(started).toEqual(sizes.map((_, index) => index))
        expect(budget.usage()).toEqual({ bytes: 0, waiting: 0 })
      }),
      { numRuns: 50 },
    )
  })

  it('refuses what can never fit, and whoever comes when the queue is full', async () => {
    const budget = createMemoryBudget({ totalBytes: 100, maxWaiting: 1, clock })
    await expect(budget.acquire(101)).rejects.toMatchObject({ code: 'too_many_pixels' })
    const lease = await budget.acquire(100)
    const waiting = budget.acquire(1)
    await expect(budget.acquire(1)).rejects.toMatchObject({ code: 'overloaded', fault: { status: 429, retry: true } })
    lease.release()
    ;(await waiting).release()
  })

  it('takes back what a request held that ended without a word', async () => {
    let milliseconds = 0
    const budget = createMemoryBudget({ totalBytes: 100, maxWaiting: 3, clock: { now: () => milliseconds } })
    await budget.acquire(60)
    milliseconds = 100_000
    const alive = await budget.acquire(40)
    const waiting = [budget.acquire(50), budget.acquire(30)]
    expect(budget.usage()).toEqual({ bytes: 100, waiting: 2 })
    milliseconds = 120_001
    const next = budget.acquire(20)
    expect(await Promise.all([waiting[0], next].map(async (one) => Promise.race([one, settled()])))).toEqual([expect.anything(), undefined])
    expect(budget.usage()).toEqual({ bytes: 90, waiting: 2 })
    alive.release()
    await Promise.all([...waiting, next])
    expect(budget.usage()).toEqual({ bytes: 100, waiting: 0 })
  })
})
