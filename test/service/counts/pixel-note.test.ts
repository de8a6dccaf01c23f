import { expect, it } from 'vitest'
import type { Execution } from '../../../src/image/planner.ts'
import { notePixels, pixelsOf } from '../../../src/service/render/pixel-note.ts'
import { createTimings } from '../../../src/service/render/timings.ts'

const execution = (more: Partial<Execution>): Execution =>
  ({ probe: { width: 100, height: 10, frames: 3 }, shapes: [{ width: 50, height: 5 }], isAnimated: false, ...more }) as Execution // what the note reads

it('adds up the pixels of all runs, of each frame that is shown', () => {
  const timings = createTimings({ now: () => 0 })
  expect(pixelsOf(timings)).toEqual({ read: 0, made: 0 })
  notePixels(timings, execution({}))
  notePixels(timings, execution({ isAnimated: true }))
  notePixels(timings, execution({ shapes: [] }))
  expect(pixelsOf(timings)).toEqual({ read: 1000 + 3000 + 1000, made: 250 + 750 + 1000 })
})
