import type { Execution } from '../../image/planner.ts'
import type { Timings } from './timings.ts'

/** Pixels of the sources that runs have read, and of the results that they have made; of all frames that are shown. */
export interface Pixels {
  readonly read: number
  readonly made: number
}

const NOTE = 'pixels'

/** Adds those of a run to the note of the work, which also comes from a renderer. */
export function notePixels(timings: Timings, { probe, shapes, isAnimated }: Execution): void {
  const frames = isAnimated ? probe.frames : 1
  const result = shapes.at(-1) ?? probe
  const { read, made } = pixelsOf(timings)
  timings.note(NOTE, `${read + probe.width * probe.height * frames} to ${made + result.width * result.height * frames}`)
}

export function pixelsOf(timings: Pick<Timings, 'notes'>): Pixels {
  const text = timings.notes().find(([name]) => name === NOTE)?.[1] ?? ''
  const [, read = 0, made = 0] = /^(\d+) to (\d+)$/.exec(text) ?? []
  return { read: Number(read), made: Number(made) }
}
