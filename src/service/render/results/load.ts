import type { Clock } from '../../ports.ts'
import type { RunPlan } from '../run-plan.ts'
import { computingMs } from '../timings.ts'

/** What this isolate runs at the moment, and how its times are to its estimates. */
export interface Load {
  /** About how long a new run of a request waits until it begins to compute, in milliseconds. */
  waitMs(): number
  /** How many times an estimate the work mostly takes here; 1 before anything has run. */
  slowness(): number
  /** The same run, counted. */
  count(run: RunPlan): RunPlan
}

/** The weight of the last run in a mean. */
const NEWEST = 0.2
/** What a run takes before one has ended. */
const FIRST_MS = 200
/** A clock that stands still while the isolate computes, as in production, says nothing of slowness. */
const LEAST_MS = 1
const MOST_SLOWNESS = 20

/** @param places runs that compute at the same time. */
export function createLoad(clock: Clock, places: number): Load {
  const running = new Set<{ readonly since: number }>()
  let [meanMs, slowness] = [FIRST_MS, 1]
  const mean = (old: number, value: number): number => old + (value - old) * NEWEST
  return {
    waitMs() {
      let left = 0
      for (const { since } of running) left += Math.max(0, meanMs - (clock.now() - since))
      return left / places
    },
    slowness: () => slowness,
    count: (run) => async (request, timings) => {
      const mine = { since: clock.now() }
      if (request.lane === 'request') running.add(mine)
      try {
        const result = await run(request, timings)
        const tookMs = computingMs(timings)
        const plannedMs = Number(/^(\d+) ms/.exec(timings.notes().find(([name]) => name === 'plan')?.[1] ?? '')?.[1])
        if (tookMs > LEAST_MS) meanMs = mean(meanMs, tookMs)
        if (tookMs > LEAST_MS && plannedMs > LEAST_MS) slowness = mean(slowness, Math.min(MOST_SLOWNESS, tookMs / plannedMs))
        return result
      } finally {
        running.delete(mine)
      }
    },
  }
}
