import { describe, expect, it } from 'vitest'
import { callbackPatienceMs, REPLAY_FROM_ATTEMPT, REPLAY_MS } from '../../scripts/fault-drill/patience.ts'
import { callbackEnded, callbackOutcome, dueDelivery, newCallback, replayed } from '../../src/service/processes/callback.ts'
import { DEFAULT_POLICY } from '../../src/service/processes/policy.ts'

const outcomeOf = (status: number) => ({ status, error: null, retryAfterMs: null, final: false })

/** When a callback is accepted whose first attempts are refused, while somebody sends it again as the drill does. In milliseconds. */
function acceptedAfter(refusals: number): number {
  let callback = callbackEnded(newCallback(), 0)
  let made = 0
  for (let at = 0; ; at += 1000) {
    const isForReplay = callback.status === 'FAILED' || callback.attempts >= REPLAY_FROM_ATTEMPT
    if (at > 0 && at % REPLAY_MS === 0 && isForReplay) callback = replayed(callback, at)
    const sent = dueDelivery(callback, at, DEFAULT_POLICY)
    if (sent === null) continue
    made++
    const outcome = outcomeOf(made > refusals ? 204 : 500)
    callback = callbackOutcome(sent, { run: 1, attempt: sent.attempts, outcome }, at, DEFAULT_POLICY)
    if (callback.status === 'DELIVERED') return at
  }
}

describe('the patience of a drill with callbacks', () => {
  it.each([
    [1, 0.5],
    [24, 0.5],
    [200, 0.5],
    [24, 0.9],
  ])('%i processes, refused %d: outlasts every row of refusals that is likelier than one in a million', (processes, refused) => {
    const patience = callbackPatienceMs(processes, refused, DEFAULT_POLICY)
    for (let refusals = 0; processes * refused ** refusals > 1e-6; refusals++) expect(acceptedAfter(refusals)).toBeLessThan(patience)
  })

  it('is one attempt and a lost one where nothing is refused', () => {
    expect(callbackPatienceMs(200, 0, DEFAULT_POLICY)).toBe(45_000)
  })
})
