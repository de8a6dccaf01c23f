import type { Clock } from '../ports.ts'

/** Milliseconds by phase, in the order in which the phases began. */
export interface Timings {
  /** Runs `work` and adds its duration to `phase`. */
  measure<T>(phase: string, work: () => Promise<T> | T): Promise<T>
  entries(): readonly (readonly [phase: string, milliseconds: number])[]
}

/** In production Workers the clock stands still between I/O, so pure computation shows as 0 there. */
export function createTimings(clock: Clock): Timings {
  const phases = new Map<string, number>()
  return {
    async measure(phase, work) {
      const started = clock.now()
      phases.set(phase, phases.get(phase) ?? 0)
      try {
        return await work()
      } finally {
        phases.set(phase, (phases.get(phase) ?? 0) + clock.now() - started)
      }
    },
    entries: () => [...phases],
  }
}

/** Of all phases that have ended. */
export const totalMs = (timings: Timings): number => timings.entries().reduce((sum, [, milliseconds]) => sum + milliseconds, 0)
