import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import {
  createQuotas,
  exceededBy,
  type Exceeded,
  type RenderQuotas,
  type Spending,
  windowsAt,
} from '../../../src/service/protection/quotas.ts'
import { ANYBODY, OWNER } from '../../../src/service/protection/standing.ts'
import { createTimings, notePlan, watchComputing } from '../../../src/service/render/timings.ts'

const NOW = Date.UTC(2026, 10, 27, 10, 30, 40)
const NOTHING: Spending = { renders: 0, cpuMs: 0 }

describe('windows', () => {
  it.each([
    [NOW, Date.UTC(2026, 10, 27, 10, 31), Date.UTC(2026, 11, 1)],
    [Date.UTC(2026, 11, 31, 23, 59, 59, 999), Date.UTC(2027, 0, 1), Date.UTC(2027, 0, 1)],
    [Date.UTC(2028, 1, 29), Date.UTC(2028, 1, 29, 0, 1), Date.UTC(2028, 2, 1)],
  ])('of %d end at %d and %d', (now, minuteEnds, monthEnds) => {
    expect(windowsAt(now).map(({ endsAt }) => endsAt)).toEqual([minuteEnds, monthEnds])
    const [here, next] = [windowsAt(now), windowsAt(minuteEnds)]
    expect(next[0].name).not.toBe(here[0].name)
    expect(next[1].name === here[1].name).toBe(minuteEnds < monthEnds)
  })
})

describe('a used-up quota', () => {
  const [minute, month] = windowsAt(NOW)
  it.each<[string, RenderQuotas, Readonly<Record<string, Spending>>, keyof RenderQuotas | null]>([
    ['none without quotas', {}, { [minute.name]: { renders: 1e9, cpuMs: 1e9 } }, null],
    ['none below', { rendersPerMinute: 2 }, { [minute.name]: { renders: 1, cpuMs: 0 } }, null],
    ['of a minute', { rendersPerMinute: 2 }, { [minute.name]: { renders: 2, cpuMs: 0 } }, 'rendersPerMinute'],
    ['none of another minute', { rendersPerMinute: 2 }, { 'minute 1': { renders: 2, cpuMs: 0 } }, null],
    ['of computing', { cpuMsPerMinute: 50 }, { [minute.name]: { renders: 1, cpuMs: 51 } }, 'cpuMsPerMinute'],
    ['of a month', { cpuMsPerMonth: 50 }, { [month.name]: { renders: 1, cpuMs: 50 } }, 'cpuMsPerMonth'],
    [
      'the longer one of two',
      { rendersPerMinute: 1, rendersPerMonth: 1 },
      { [minute.name]: { renders: 1, cpuMs: 0 }, [month.name]: { renders: 1, cpuMs: 0 } },
      'rendersPerMonth',
    ],
    ['at once when nothing is allowed', { rendersPerMonth: 0 }, {}, 'rendersPerMonth'],
  ])('%s', (_, quotas, spent, quota) => {
    expect(exceededBy(quotas, (name) => spent[name] ?? NOTHING, NOW)?.quota ?? null).toBe(quota)
  })
})

describe('counting', () => {
  /** A ledger that answers as it is told, and the calls that reach it. */
  function counting(answer: () => Promise<Exceeded | null>, quotas: RenderQuotas | null = { rendersPerMinute: 5 }) {
    let now = NOW
    const calls: unknown[] = []
    const logged: string[] = []
    const counted = createQuotas({
      quotasOf: () => quotas,
      ledger: {
        beginRender(account, asked) {
          calls.push([account, asked])
          return answer()
        },
        async spend(account, cpuMs) {
          calls.push([account, cpuMs])
          await answer()
        },
      },
      clock: { now: () => now },
      log: ({ message }) => logged.push(message),
    })
    return { ...counted, calls, logged, at: (later: number) => (now = later) }
  }
  const refused = async (work: Promise<void>): Promise<AppError> =>
    work.then(() => Promise.reject(new Error('It was allowed.')), AppError.from)

  it('asks nobody for an account without quotas', async () => {
    const { begin, spend, calls } = counting(() => Promise.reject(new Error()), null)
    await begin('A', ANYBODY)
    await spend('A', 5)
    expect(calls).toEqual([])
  })

  it('refuses until the window ends, and asks the ledger once in that time', async () => {
    const endsAt = NOW + 20_500
    let answer: Exceeded | null = { quota: 'rendersPerMinute', limit: 5, endsAt }
    const { begin, calls, at } = counting(() => Promise.resolve(answer))
    const first = await refused(begin('A', ANYBODY))
    expect([first.code, first.fault.status, first.retryAfterSeconds]).toEqual(['quota_exceeded', 429, 21])
    expect(first.reason).toContain('5 pictures a minute')
    at(NOW + 20_000)
    expect((await refused(begin('A', ANYBODY))).retryAfterSeconds).toBe(1)
    expect(calls).toHaveLength(1)
    answer = null
    at(endsAt)
    await begin('A', ANYBODY)
    expect(calls).toHaveLength(2)
  })

  it('counts what the owner wishes, and refuses none of it', async () => {
    const { begin, calls } = counting(() => Promise.resolve(null))
    await begin('A', OWNER)
    expect(calls).toEqual([['A', {}]])
  })

  it('makes pictures when nobody counts', async () => {
    const { begin, spend, logged } = counting(() => Promise.reject(new Error('gone')))
    await begin('A', ANYBODY)
    await spend('A', 5)
    expect(logged).toEqual(['quotas not counted', 'quotas not counted'])
  })
})

it('what was computed is what was measured since, and no less than was planned', () => {
  const timings = createTimings({ now: () => 0 })
  timings.add('decode', 30)
  const computed = watchComputing(timings)
  timings.add('decode', 12)
  timings.add('fetch', 900)
  expect(computed()).toBe(12)
  notePlan(timings, 44.2, 1e6)
  expect(computed()).toBe(45)
})
