import sharp from 'sharp'
import { expect, it } from 'vitest'
import { execute } from '../../../src/image/execute.ts'
import { step, type Step } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { countArrays, countInstances } from '../../support/count-memory.ts'
import { openImageContext } from '../../support/image-context.ts'
import { writeGif } from '../engine/gif/writer.ts'
import { writeApng } from '../engine/png/apng-writer.ts'
import { random, randomSamples } from '../engine/png/writer.ts'

const LIMITS = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 10_000 }
const [WIDTH, HEIGHT] = [340, 260]
const PIXELS = WIDTH * HEIGHT
/** The core's first pages and tables, for which no plan speaks. */
const CORE_BYTES = 1_000_000

/** Noise, whose frames restore what was before: nothing is held twice for less. */
const SOURCES: Readonly<Record<string, (frames: number) => Promise<Uint8Array> | Uint8Array>> = {
  gif(frames) {
    const next = random(1)
    const picture = () => ({ width: WIDTH, height: HEIGHT, indices: Array.from({ length: PIXELS }, () => next(4)), disposal: 3 })
    const palette = Array.from({ length: 12 }, (_, i) => 20 * i)
    return writeGif({ width: WIDTH, height: HEIGHT, palette, frames: Array.from({ length: frames }, picture) })
  },
  png: (frames) =>
    writeApng({
      width: WIDTH,
      height: HEIGHT,
      colourType: 2,
      bitDepth: 8,
      frames: Array.from({ length: frames }, (_, i) => ({
        width: WIDTH,
        height: HEIGHT,
        samples: randomSamples(i + 1, 3 * PIXELS, 8),
        dispose: 2,
      })),
    }),
  webp(frames) {
    const raw = { width: WIDTH, height: HEIGHT * frames, channels: 4, pageHeight: HEIGHT } as const
    return sharp(Buffer.from(randomSamples(3, 4 * PIXELS * frames, 8)), { raw })
      .webp({ lossless: true, effort: 0 })
      .toBuffer()
  },
}

const PLANS: Readonly<Record<string, readonly Step[]>> = {
  'as it is': [],
  'turned and larger': [step('rotate', { degrees: 90 }), step('resize', { width: 420 })],
  'smaller and blurred': [step('resize', { width: 150 }), step('blur', { sigma: 3 })],
}

const arrays = countArrays()
const instances = countInstances()

/** Each source as it is, and each plan once. */
const cases = Object.keys(SOURCES).flatMap((format, i) =>
  Object.keys(PLANS)
    .filter((_, j) => j === 0 || j === 1 + (i % 2))
    .map((what) => ({ format, what })),
)

it.each(cases)(
  'an animated $format, $what, takes no more memory than its plan says, and no more for more frames',
  async ({ format, what }) => {
    const taken: number[] = []
    for (const frames of [2, 4]) {
      const file = await SOURCES[format]!(frames)
      arrays.reset()
      const execution = planExecution({ steps: PLANS[what]!, output: { format: 'webp', quality: 80 } }, file, LIMITS)
      const { context, release } = openImageContext()
      const { body } = await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
      await release(true)
      expect(file.length + arrays.most + instances.bytes()).toBeLessThanOrEqual(execution.peakBytes + CORE_BYTES)
      taken.push(arrays.most - 2 * body.length)
    }
    expect(taken[1]! - taken[0]!).toBeLessThan(4 * PIXELS)
  },
)
