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

describe('a damaged animation', () => {
  const cut = async (film: (seed: number) => Promise<Uint8Array> | Uint8Array, share: number): Promise<Uint8Array> => {
    const file = await film(9)
    return file.slice(0, Math.floor(file.length * share))
  }
  const framesIn = async (file: Uint8Array): Promise<number> => (await sharp(file).metadata()).pages ?? 1

  it.each(Object.entries(FILMS))('of %s ends where it is cut, with a warning', async (_format, film) => {
    const { body, warnings } = await run(planned([]), await cut(film, 0.7))
    expect(warnings).not.toEqual([])
    const frames = await framesIn(body)
    expect(frames).toBeGreaterThan(1)
    expect(frames).toBeLessThanOrEqual(FRAMES)
  })

  it('of PNG whose first frame is damaged shows the picture that others see', async () => {
    const source = pngFilm(9)
    const inControl = source.indexOf(0x66, 50) + 8
    source[inControl] = (source[inControl] ?? 0) ^ 1 // the checksum of fcTL is wrong then
    const { body, warnings } = await run(planned([]), source)
    expect(warnings).toHaveLength(1)
    expect(Buffer.compare(await pixelsOf(body), await sharp(source).ensureAlpha().raw().toBuffer())).toBe(0)
  })
})

it('an encoder of animations gives a frame without a change one pixel', async () => {
  const still = Array.from({ length: 3 }, () => gifFilm(1).slice())
  const frames = await Promise.all(still.map((file) => sharp(file, { page: 0 }).ensureAlpha().raw().toBuffer()))
  const raw = { width: WIDTH, height: HEIGHT * frames.length, channels: 4, pageHeight: HEIGHT } as const
  const gif = await sharp(Buffer.concat(frames), { raw })
    .gif({ delay: [100, 100, 100], keepDuplicateFrames: true })
    .toBuffer()
  const { body } = await run(planned([step('resize', { width: 10 })]), gif)
  const anmf = [...body.keys()].filter((at) => Buffer.from(body.subarray(at, at + 4)).toString() === 'ANMF')
  const sizes = anmf.map((at) => [body[at + 14]! + 1, body[at + 17]! + 1])
  expect(sizes).toEqual([
    [10, Math.round((HEIGHT * 10) / WIDTH)],
    [1, 1],
    [1, 1],
  ])
})
