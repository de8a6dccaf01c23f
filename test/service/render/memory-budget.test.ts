import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryBudget, type HeldFile, type MemoryLease, type MemoryWish } from '../../../src/service/render/memory-budget.ts'
import type { Ticket } from '../../../src/service/render/ticket.ts'

/** A look at the line takes no time, so that many can be tried. */
const wait = (): Promise<void> => new Promise((done) => setImmediate(done))
const settled = async (): Promise<void> => {
  for (let i = 0; i < 4; i++) await wait()
}
const request: Ticket = { lane: 'request', order: () => 0, isWanted: () => true }
const budgetOf = (totalBytes: number, maxWaiting = 100, clock = { now: () => 0 }) =>
  createMemoryBudget({ totalBytes, maxWaiting, clock, wait })

/** What is held: the work of each, and each file once. */
function bytesOf(wishes: readonly MemoryWish[]): number {
  const files = new Map(wishes.flatMap(({ files = [] }) => files.map((file) => [file.key, file.bytes] as const)))
  return wishes.reduce((sum, { bytes }) => sum + bytes, 0) + [...files.values()].reduce((sum, bytes) => sum + bytes, 0)
}

const FILES: readonly HeldFile[] = [20, 30, 40].map((bytes, i) => ({ key: `file ${i}`, bytes }))
const wishes = fc.record({ bytes: fc.integer({ min: 0, max: 60 }), files: fc.subarray([...FILES], { maxLength: 1 }) })

describe('the memory budget of an isolate', () => {
  it('never lends more than it has, loses nobody, and serves in order of arrival, whatever the order of releases', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wishes, { maxLength: 30 }), fc.infiniteStream(fc.nat()), async (asked, draws) => {
        const budget = budgetOf(100)
        const running: { readonly wish: MemoryWish; readonly lease: MemoryLease }[] = []
        const started: number[] = []
        const all = asked.map(async (wish, index) => {
          const lease = await budget.acquire(wish, request)
          started.push(index)
          running.push({ wish, lease })
        })
        await settled()
        while (running.length > 0) {
          const { bytes } = budget.usage()
          expect(bytes).toBeGreaterThanOrEqual(bytesOf(running.map(({ wish }) => wish)))
          expect(bytes).toBeLessThanOrEqual(100)
          const [done] = running.splice((draws.next().value as number) % running.length, 1)
          done?.lease.release()
          done?.lease.release()
          await settled()
        }
        await Promise.all(all)
        expect(started).toEqual(asked.map((_, index) => index))
        expect(budget.usage()).toEqual({ bytes: 0, waiting: 0 })
      }),
      { numRuns: 50 },
    )
  })

  it('serves the smaller order first, and a batch waits where a request is refused', async () => {
    const budget = budgetOf(100, 2)
    const lease = await budget.acquire({ bytes: 100 }, request)
    const served: string[] = []
    const ask = async (name: string, ticket: Ticket): Promise<void> => {
      const own = await budget.acquire({ bytes: 100 }, ticket)
      served.push(name)
      own.release()
    }
    const late: Ticket = { ...request, lane: 'batch', order: () => 9 }
    const all = [ask('batch', late), ask('second', { ...request, order: () => 2 }), ask('another batch', late)]
    await expect(budget.acquire({ bytes: 1 }, request)).rejects.toMatchObject({ code: 'overloaded', fault: { status: 429, retry: true } })
    lease.release()
    await Promise.all(all)
    expect(served).toEqual(['second', 'batch', 'another batch'])
  })

  it('is not waited for by work that nobody wants any more, which leaves its place in the line', async () => {
    const budget = budgetOf(100, 1)
    const lease = await budget.acquire({ bytes: 100 }, request)
    let isWanted = true
    const waiting = budget.acquire({ bytes: 100 }, { ...request, isWanted: () => isWanted })
    const refused = expect(waiting).rejects.toMatchObject({ code: 'abandoned' })
    await settled()
    isWanted = false
    await refused
    const next = budget.acquire({ bytes: 100 }, request)
    lease.release()
    ;(await next).release()
    expect(budget.usage()).toEqual({ bytes: 0, waiting: 0 })
  })

  it('refuses what can never fit, its files included', async () => {
    const budget = budgetOf(100)
    await expect(budget.acquire({ bytes: 101 }, request)).rejects.toMatchObject({ code: 'too_many_pixels' })
    await expect(budget.acquire({ bytes: 81, files: FILES.slice(0, 1) }, request)).rejects.toMatchObject({ code: 'too_many_pixels' })
    expect(budget.usage()).toEqual({ bytes: 0, waiting: 0 })
  })

  it('takes back what a request held that ended without a word', async () => {
    let milliseconds = 0
    const budget = budgetOf(100, 3, { now: () => milliseconds })
    await budget.acquire({ bytes: 60 }, request)
    milliseconds = 100_000
    const alive = await budget.acquire({ bytes: 40 }, request)
    const next = budget.acquire({ bytes: 50 }, request)
    await settled()
    expect(budget.usage()).toEqual({ bytes: 100, waiting: 1 })
    milliseconds = 120_001
    await next
    expect(budget.usage()).toEqual({ bytes: 90, waiting: 0 })
    alive.release()
  })

  it('leaves out who has gone from the line, and lets him in again if he comes back', async () => {
    let milliseconds = 0
    const sleepers: (() => void)[] = []
    const budget = createMemoryBudget({
      totalBytes: 100,
      maxWaiting: 9,
      clock: { now: () => milliseconds },
      wait: () => new Promise((done) => sleepers.push(done)),
    })
    const first = await budget.acquire({ bytes: 100 }, request)
    const gone = budget.acquire({ bytes: 100 }, request)
    first.release()
    milliseconds = 2001
    const alive = await budget.acquire({ bytes: 100 }, request)
    for (const wake of sleepers.splice(0)) wake()
    await settled()
    expect(budget.usage()).toEqual({ bytes: 100, waiting: 1 })
    alive.release()
    for (const wake of sleepers.splice(0)) wake()
    await gone
  })
})

describe('a file in the budget', () => {
  const [file] = FILES as readonly [HeldFile]
  const bytes = Uint8Array.of(1, 2, 3)

  it('is read once for all who hold it, and stays for those who wait for it', async () => {
    const budget = budgetOf(100)
    let readings = 0
    const read = async () => (readings++, bytes)
    const wish = { bytes: 50, files: [file] }
    const first = await budget.acquire(wish, request)
    const waiting = [budget.acquire(wish, request), budget.acquire(wish, request)]
    expect(await first.file(file.key, read)).toBe(bytes)
    first.release()
    for (const next of waiting) {
      const lease = await next
      expect(await lease.file(file.key, read)).toBe(bytes)
      lease.release()
    }
    expect(readings).toBe(1)
    expect(budget.usage().bytes).toBe(0)
  })

  it('gives its place to the next in the line when nobody works on it, and is read again later', async () => {
    const budget = budgetOf(100)
    let readings = 0
    const read = async () => (readings++, bytes)
    const first = await budget.acquire({ bytes: 0, files: [file] }, request)
    await first.file(file.key, read)
    const large = budget.acquire({ bytes: 100 }, request)
    const again = budget.acquire({ bytes: 10, files: [file] }, request)
    first.release()
    ;(await large).release()
    await (await again).file(file.key, read)
    expect(readings).toBe(2)
  })

  it('whose reading failed is read again by the next', async () => {
    const lease = await budgetOf(100).acquire({ bytes: 0, files: [file] }, request)
    await expect(lease.file(file.key, () => Promise.reject(new Error('broke off')))).rejects.toThrow('broke off')
    expect(await lease.file(file.key, async () => bytes)).toBe(bytes)
  })
})
