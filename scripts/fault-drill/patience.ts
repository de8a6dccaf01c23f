import type { ProcessPolicy } from '../../src/service/processes/policy.ts'

/** A callback that failed this often is sent again by hand: the schedule's next pauses are minutes and hours. */
export const REPLAY_FROM_ATTEMPT = 3
/** Pause between two such rounds. */
export const REPLAY_MS = 10_000
/** Chance that a receiver's refusals alone keep some callback of a drill from its end. */
const CHANCE = 1e-6

/**
 * How long the callbacks of so many ended processes may take, in milliseconds. Each attempt comes after the first pauses of the schedule
 * or by hand. So many attempts are granted that a receiver which refuses `refused` (0 to below 1) of them has accepted one of each
 * callback, and one of them may have been lost with the server.
 */
export function callbackPatienceMs(processes: number, refused: number, { callbackScheduleMs, deliveryLeaseMs }: ProcessPolicy): number {
  const attempts = refused === 0 ? 1 : Math.ceil(Math.log(CHANCE / processes) / Math.log(refused))
  const pauseMs = Math.max(REPLAY_MS, ...callbackScheduleMs.slice(0, REPLAY_FROM_ATTEMPT - 1))
  return attempts * pauseMs + deliveryLeaseMs
}
