import sharp from 'sharp'
import { expect, it } from 'vitest'
import { execute } from '../../../src/image/execute.ts'
import { DEFAULT_OUTPUT, type Step, step, type TransformPlan } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { openImageContext } from '../../support/image-context.ts'
import { FRAMES, gifFilm, pngFilm, webpFilm } from './films.ts'

const LIMITS = { maxSteps: 10, maxPixels: 2 ** 20, maxSide: 10_000, memoryBytes: 60_000_000 }

async function run(plan: TransformPlan, file: Uint8Array): Promise<Uint8Array> {
  const { context, release } = openImageContext()
  try {
    return (await execute(planExecution(plan, file, LIMITS), file, [], context, async (_phase, work) => work())).body
  } finally {
    await release(true)
  }
}

const planned = (steps: readonly Step[], format: 'gif' | 'png' | 'source', page?: number): TransformPlan => ({
  steps,
  output: { ...DEFAULT_OUTPUT, format },
  ...(page !== undefined && { page }),
})

const pixelsOf = (file: Uint8Array, page: number): Promise<Buffer> =>
  sharp(file, { page: page - 1 })
    .ensureAlpha()
    .raw()
    .toBuffer()

it.each([1, 2, 3, 4])('an animated GIF stays one, with the pixels of its pages, film %i', async (seed) => {
  const source = gifFilm(seed)
  const steps = [step('crop', { x: 2, y: 1, width: 17, height: 14 }), step('flip', { axis: 'horizontal' })]
  const result = await run(planned(steps, 'source'), source)
  for (let page = 1; page <= FRAMES; page++) {
    const alone = await run(planned(steps, 'png', page), source)
    expect(Buffer.compare(await pixelsOf(result, page), await sharp(alone).ensureAlpha().raw().toBuffer()), `frame ${page}`).toBe(0)
  }
})

it.each(Object.entries({ gifFilm, pngFilm, webpFilm }))('of a %s: count, times and loops', async (_name, film) => {
  const source = await film(3)
  const { format, pages, delay, loop } = await sharp(await run(planned([step('resize', { width: 12 })], 'gif'), source)).metadata()
  const theirs = film === pngFilm ? { delay: Array.from({ length: FRAMES }, () => 100), loop: 0 } : await sharp(source).metadata()
  expect({ format, pages, delay, loop: loop ?? 1 }).toEqual({ format: 'gif', pages: FRAMES, delay: theirs.delay, loop: theirs.loop ?? 1 })
})
