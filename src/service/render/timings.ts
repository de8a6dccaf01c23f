import type { Clock } from '../ports.ts'

/** Milliseconds by phase, in the order in which the phases began. */
export interface Timings {
  /** Runs `work` and adds its duration to `phase`. */
  measure<T>(phase: string, work: () => Promise<T> | T): Promise<T>
  /** Adds milliseconds that were measured elsewhere. */
  add(phase: string, milliseconds: number): void
  entries(): readonly (readonly [phase: string, milliseconds: number])[]
  /** Keeps a word about the work; the last one of a name stays. */
  note(name: string, text: string): void
  notes(): readonly (readonly [name: string, text: string])[]
}

/** In production Workers the clock stands still between I/O, so pure computation shows as 0 there. */
export function createTimings(clock: Clock): Timings {
  const phases = new Map<string, number>()
  const notes = new Map<string, string>()
  const add = (phase: string, milliseconds: number): void => void phases.set(phase, (phases.get(phase) ?? 0) + milliseconds)
  return {
    add,
    async measure(phase, work) {
      const started = clock.now()
      add(phase, 0)
      try {
        return await work()
      } finally {
        add(phase, clock.now() - started)
      }
    },
    entries: () => [...phases],
    note: (name, text) => void notes.set(name, text),
    notes: () => [...notes],
  }
}

/** Phases of a run in which it computes. */
const COMPUTING: readonly string[] = ['probe', 'inputs', 'look', 'render', 'recode', 'transcode', 'map', 'sample', 'trial']

/** Milliseconds in which a run has computed. */
export const computingMs = (timings: Timings): number =>
  timings.entries().reduce((sum, [phase, milliseconds]) => (COMPUTING.includes(phase) ? sum + milliseconds : sum), 0)

/** Of all phases that have ended. */
export const totalMs = (timings: Timings): number => timings.entries().reduce((sum, [, milliseconds]) => sum + milliseconds, 0)

/** Phases in which nothing is computed. */
const WAITING: readonly string[] = ['queue', 'head', 'edge', 'store', 'fetch', 'shared', 'save']

/** Notes what a run is planned to take. */
export const notePlan = (timings: Timings, milliseconds: number, bytes: number): void =>
  timings.note('plan', `${Math.ceil(milliseconds)} ms in ${(bytes / 1e6).toFixed(1)} MB`)

const measuredMs = (timings: Timings): number =>
  timings.entries().reduce((sum, [phase, milliseconds]) => (WAITING.includes(phase) ? sum : sum + milliseconds), 0)

/** Answers how long was computed since: as measured, and at least as planned, since the clock of a Worker may stand still. */
export function watchComputing(timings: Timings): () => number {
  const before = measuredMs(timings)
  return () => {
    const plan = timings.notes().find(([name]) => name === 'plan')?.[1]
    return Math.max(measuredMs(timings) - before, Number.parseInt(plan ?? '0', 10))
  }
}
