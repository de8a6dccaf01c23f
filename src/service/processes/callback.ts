import type { ProcessPolicy } from './policy.ts'
import type { CallbackState } from './record.ts'

/** What came of one attempt. `final`: the address is refused by policy, another attempt cannot help. */
export interface CallbackOutcome {
  readonly status: number | null
  readonly error: string | null
  readonly retryAfterMs: number | null
  readonly final: boolean
}

const MAX_LOG = 20

export const newCallback = (): CallbackState => ({ status: 'WAITING', dueAt: 0, attempts: 0, log: [] })

export const callbackEnded = (callback: CallbackState, at: number): CallbackState => ({
  ...callback,
  status: 'PENDING',
  dueAt: at,
  attempts: 0,
})

export const replayed = (callback: CallbackState, at: number): CallbackState =>
  callback.status === 'PENDING' ? { ...callback, dueAt: Math.min(callback.dueAt, at) } : callbackEnded(callback, at)

/** The state in which the delivery that is due now is under way; `null` when none is due. Until it is heard of, `dueAt` is when it counts as lost. */
export const dueDelivery = (callback: CallbackState, at: number, { deliveryLeaseMs }: ProcessPolicy): CallbackState | null =>
  callback.status === 'PENDING' && callback.dueAt <= at
    ? { ...callback, attempts: callback.attempts + 1, dueAt: at + deliveryLeaseMs }
    : null

/** Only 2xx is success, and 410 stops: every other answer is tried again until the schedule is used up. A late outcome of an earlier attempt only matters when it is a success. */
export function callbackOutcome(
  callback: CallbackState,
  { run, attempt, outcome }: { readonly run: number; readonly attempt: number; readonly outcome: CallbackOutcome },
  at: number,
  { callbackScheduleMs, maxRetryAfterMs }: ProcessPolicy,
): CallbackState {
  const { status, error, retryAfterMs, final } = outcome
  const delivered = status !== null && status >= 200 && status < 300
  if (callback.status !== 'PENDING' || (attempt !== callback.attempts && !delivered)) return callback
  const logged = { ...callback, log: [...callback.log, { at, run, status, error }].slice(-MAX_LOG) }
  if (delivered) return { ...logged, status: 'DELIVERED' }
  if (status === 410) return { ...logged, status: 'STOPPED' }
  const pause = callbackScheduleMs[callback.attempts - 1]
  if (final || pause === undefined) return { ...logged, status: 'FAILED' }
  return { ...logged, dueAt: at + Math.max(pause, Math.min(retryAfterMs ?? 0, maxRetryAfterMs)) }
}
