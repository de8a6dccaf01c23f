import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryBudget, type MemoryLease } from '../../src/service/memory-budget.ts'

const settled = () => new Promise((done) => setImmediate(done))

describe('the memory budget of an isolate', () => {
  it('never lends more than it has, loses nobody, and serves in order of arrival, whatever the order of releases', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 30 }), fc.infiniteStream(fc.nat()), async (sizes, draws) => {
        const budget = createMemoryBudget({ totalBytes: 100, maxWaiting: 100 })
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
    const budget = createMemoryBudget({ totalBytes: 100, maxWaiting: 1 })
    await expect(budget.acquire(101)).rejects.toMatchObject({ code: 'too_many_pixels' })
    const lease = await budget.acquire(100)
    const waiting = budget.acquire(1)
    await expect(budget.acquire(1)).rejects.toMatchObject({ code: 'overloaded', fault: { status: 429, retry: true } })
    lease.release()
    ;(await waiting).release()
  })
})
