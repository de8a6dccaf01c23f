import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { execute } from '../../../src/image/execute.ts'
import { codec, DEFAULT_OUTPUT, type Output, type Step, step, type TransformPlan } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { openImageContext } from '../../support/image-context.ts'
import { FRAMES, gifFilm, HEIGHT, pngFilm, webpFilm, WIDTH } from './films.ts'

const LIMITS = { maxSteps: 10, maxPixels: 2 ** 20, maxSide: 10_000, memoryBytes: 60_000_000 }

async function run(plan: TransformPlan, file: Uint8Array, limits = LIMITS) {
  const { context, release } = openImageContext()
  try {
    return await execute(planExecution(plan, file, limits), file, [], context, async (_phase, work) => work())
  } finally {
    await release(true)
  }
}

const planned = (steps: readonly Step[], output: Partial<Output> = {}): TransformPlan => ({
  steps,
  output: { ...DEFAULT_OUTPUT, format: 'webp', lossless: true, ...output },
})

const about = async (file: Uint8Array) => {
  const { context } = openImageContext()
  const webp = codec('webp')
  return webp.about?.(file, webp.probe(file), { core: await context.core() }).animation?.()
}

async function pixelsOf(file: Uint8Array): Promise<Buffer> {
  return sharp(file, { page: 0, pages: 1 }).ensureAlpha().raw().toBuffer()
}

const FILMS = { gif: gifFilm, png: pngFilm, webp: webpFilm }

const PLANS: Readonly<Record<string, readonly Step[]>> = {
  'as they are': [],
  'made smaller': [step('resize', { width: 11 })],
  'made larger and cut': [step('resize', { width: 40 }), step('crop', { x: 3, y: 2, width: 20, height: 9 })],
  'turned and mirrored': [step('rotate', { degrees: 90 }), step('flip', { axis: 'horizontal' })],
  'blurred, in gray': [step('blur', { sigma: 1.5 }), step('grayscale', {})],
  'in a frame': [step('extend', { top: 3, left: 2, bottom: 1, right: 0, background: '010203ff' })],
}

describe.each(Object.entries(FILMS))('an animated %s', (_format, film) => {
  it.each(Object.entries(PLANS))('has in its frames what each page shows alone: %s', async (_name, steps) => {
    const source = await film(5)
    const { body } = await run(planned(steps), source)
    for (let page = 1; page <= FRAMES; page++) {
      const alone = await run({ ...planned(steps), page }, source)
      const frame = await run({ ...planned([]), page }, body)
      expect(Buffer.compare(await pixelsOf(frame.body), await pixelsOf(alone.body)), `frame ${page}`).toBe(0)
    }
  })

  it('keeps count, times and loops', async () => {
    const source = await film(6)
    const { pages, delay, loop } = await sharp(source).metadata()
    const result = await about((await run(planned([step('resize', { width: 9 })]), source)).body)
    if (film === pngFilm)
      expect(result).toEqual({ frames: FRAMES, durationMs: FRAMES * 100, plays: 0 }) // libvips reads no animated PNG
    else expect(result).toEqual({ frames: pages, durationMs: delay?.reduce((sum, one) => sum + one, 0), plays: loop })
  })

  it('is one picture when it is wished, or when the format has no more', async () => {
    const source = await film(7)
    const first = await run({ ...planned([]), page: 1 }, source)
    expect((await run(planned([], { still: true }), source)).body).toEqual(first.body)
    const opaque = await run(planned([], { format: 'jpeg' }), source)
    expect((await sharp(opaque.body).metadata()).pages).toBeUndefined()
  })

  it('counts all its frames, before the plan and behind it', async () => {
    const source = await film(8)
    const tight = { ...LIMITS, maxPixels: WIDTH * HEIGHT * FRAMES - 1 }
    await expect(run(planned([]), source, tight)).rejects.toMatchObject({
      code: 'too_many_pixels',
      reason: expect.stringContaining(`${FRAMES} frames of ${WIDTH}×${HEIGHT}`) as string,
    })
    await expect(run(planned([step('resize', { width: 2 * WIDTH })]), source, { ...LIMITS, maxPixels: 4000 })).rejects.toMatchObject({
      reason: expect.stringContaining(`${FRAMES} frames of ${2 * WIDTH}×${2 * HEIGHT}`) as string,
    })
    await run(planned([], { still: true }), source, tight)
  })
})
