import { describe, expect, it } from 'vitest'
import {
  callbackEnded,
  callbackOutcome,
  dueDelivery,
  newCallback,
  replayed,
  type CallbackOutcome,
} from '../../../src/service/processes/callback.ts'
import { DEFAULT_POLICY } from '../../../src/service/processes/policy.ts'
import type { CallbackState } from '../../../src/service/processes/record.ts'

const outcome = (status: number | null, more: Partial<CallbackOutcome> = {}): CallbackOutcome => ({
  status,
  error: null,
  retryAfterMs: null,
  final: false,
  ...more,
})

/** Lets the receiver answer until nothing is due any more; the times of the attempts in seconds after the end. */
function attempts(answer: (n: number) => CallbackOutcome): { readonly seconds: readonly number[]; readonly state: CallbackState } {
  let state = callbackEnded(newCallback(), 0)
  const seconds: number[] = []
  while (state.status === 'PENDING' && seconds.length < 20) {
    const now = state.dueAt
    seconds.push(now / 1000)
    state = dueDelivery(state, now, DEFAULT_POLICY) ?? state
    state = callbackOutcome(state, { run: 1, attempt: state.attempts, outcome: answer(seconds.length) }, now, DEFAULT_POLICY)
  }
  return { seconds, state }
}

describe('a callback', () => {
  it('is tried at once and then after 5 s, 15 s, 60 s, 5 min, 15 min, 1 h, 6 h', () => {
    const { seconds, state } = attempts(() => outcome(500))
    const pauses = seconds.slice(1).map((at, i) => at - (seconds[i] ?? 0))
    expect([seconds[0], ...pauses]).toEqual([0, 5, 15, 60, 300, 900, 3600, 21_600])
    expect(state.status).toBe('FAILED')
    expect(state.log).toHaveLength(8)
  })

  it.each([
    ['200 delivers', outcome(200), 'DELIVERED', 1],
    ['204 delivers', outcome(204), 'DELIVERED', 1],
    ['a redirect is no success', outcome(302), 'FAILED', 8],
    ['404 is tried again', outcome(404), 'FAILED', 8],
    ['no answer is tried again', outcome(null), 'FAILED', 8],
    ['410 stops', outcome(410), 'STOPPED', 1],
    ['a refused address stops', outcome(null, { final: true }), 'FAILED', 1],
  ] as const)('%s', (_, answer, status, count) => {
    const { seconds, state } = attempts(() => answer)
    expect([state.status, seconds.length]).toEqual([status, count])
  })

  it('waits as long as Retry-After asks, never less than the schedule, never more than a day', () => {
    expect(attempts((n) => (n === 1 ? outcome(503, { retryAfterMs: 120_000 }) : outcome(200))).seconds).toEqual([0, 120])
    expect(attempts((n) => (n === 1 ? outcome(503, { retryAfterMs: 1000 }) : outcome(200))).seconds).toEqual([0, 5])
    expect(attempts((n) => (n === 1 ? outcome(503, { retryAfterMs: 1e12 }) : outcome(200))).seconds).toEqual([0, 86_400])
  })

  it('whose outcome nobody heard of is sent again', () => {
    const first = dueDelivery(callbackEnded(newCallback(), 0), 0, DEFAULT_POLICY)
    expect(first && dueDelivery(first, 29_999, DEFAULT_POLICY)).toBeNull()
    expect(first && dueDelivery(first, 30_000, DEFAULT_POLICY)?.attempts).toBe(2)
  })

  it('counts a success that comes late, and no failure that comes late', () => {
    const second = { ...callbackEnded(newCallback(), 0), attempts: 2 }
    expect(callbackOutcome(second, { run: 1, attempt: 1, outcome: outcome(200) }, 0, DEFAULT_POLICY).status).toBe('DELIVERED')
    expect(callbackOutcome(second, { run: 1, attempt: 1, outcome: outcome(500) }, 0, DEFAULT_POLICY)).toBe(second)
  })

  it('is replayed from the beginning of its schedule', () => {
    const { state } = attempts(() => outcome(500))
    expect(replayed(state, 99)).toMatchObject({ status: 'PENDING', dueAt: 99, attempts: 0 })
  })
})
