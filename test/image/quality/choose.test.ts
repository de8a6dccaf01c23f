import { hitchhikersSSIM } from '@blazediff/ssim/hitchhikers-ssim'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { SECOND_STAGES } from '../../../src/image/second/stages.ts'
import { CORE_STAGES } from '../../../src/image/codecs/stages.ts'
import { execute, type Encoded } from '../../../src/image/execute.ts'
import { type FormatName, type Output, QUALITY_WISHES, step, type Step } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { QUALITY_TARGETS } from '../../../src/image/quality/targets.ts'
import { openImageContext } from '../../support/image-context.ts'
import { animated, photo, translucent } from '../../support/pictures.ts'

const LIMITS = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 10_000 }
/** Of more pixels than a reduced picture has. */
const LARGE = { width: 680, height: 460 }

/** Runs a plan; `phases` gets the names of its phases. */
async function run(
  file: Uint8Array,
  output: Partial<Output> & { readonly format: FormatName },
  steps: readonly Step[] = [],
  phases: string[] = [],
  stages = CORE_STAGES,
): Promise<Encoded> {
  const { context, release } = openImageContext()
  const execution = planExecution({ steps, output: { quality: 80, ...output } }, file, LIMITS, stages)
  const result = await execute(execution, file, [], context, async (phase, work) => {
    phases.push(phase)
    return work()
  })
  await release(true)
  return result
}

/** The score by another implementation, of the whole picture. */
async function scoreOf(file: Uint8Array, original: Uint8Array): Promise<number> {
  const pixels = async (one: Uint8Array) =>
    sharp(one).flatten({ background: '#fff' }).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const [a, b] = [await pixels(file), await pixels(original)]
  return hitchhikersSSIM(a.data, b.data, undefined, a.info.width, a.info.height, { windowSize: 8, windowStride: 4, covPooling: false })
}

const told = ({ quality = '' }: Encoded) => {
  const [number = '', score = ''] = quality.split(';ssim=')
  return { quality: Number(number), score: Number(score) }
}

describe.each(['jpeg', 'webp'] as const)('q=auto as %s', (format) => {
  it.each(['high', 'medium', 'low'] as const)('reaches the similarity of %s, and not much more', async (target) => {
    const small = await photo({ format: 'png' })
    for (const file of target === 'medium' ? [small, await photo({ ...LARGE, format: 'png' })] : [small]) {
      const phases: string[] = []
      const result = await run(file, { format, ...QUALITY_WISHES[`auto:${target}`] }, [], phases)
      const { quality, score } = told(result)
      const { ssim, least } = QUALITY_TARGETS[target]
      expect(phases.filter((phase) => phase === 'trial').length).toBeLessThanOrEqual(3)
      expect(score).toBeGreaterThanOrEqual(ssim)
      expect(Math.abs((await scoreOf(result.body, file)) - score)).toBeLessThan(0.005)
      if (quality > least) expect(score).toBeLessThan(ssim + 0.006)
    }
  })

  it('is the picture of that quality, byte for byte, and the same each time', async () => {
    for (const file of [await photo({ format: 'png' }), await photo({ ...LARGE, format: 'png' })]) {
      const steps = [step('sepia', {})]
      const result = await run(file, { format, ...QUALITY_WISHES.auto }, steps)
      expect(await run(file, { format, ...QUALITY_WISHES.auto }, steps)).toEqual(result)
      expect((await run(file, { format, quality: told(result).quality }, steps)).body).toEqual(result.body)
    }
  })

  it('goes by the second engine too', async () => {
    const file = await photo({ format: 'png' })
    const { score } = told(await run(file, { format, ...QUALITY_WISHES.auto }, [], [], SECOND_STAGES))
    expect(score).toBeGreaterThanOrEqual(QUALITY_TARGETS.medium.ssim)
  })
})

it('q=auto judges a transparent picture as it is seen on white', async () => {
  const file = await translucent()
  const result = await run(file, { format: 'webp', ...QUALITY_WISHES.auto })
  expect(Math.abs((await scoreOf(result.body, file)) - told(result).score)).toBeLessThan(0.005)
})

it('q=auto means nothing where there is no quality', async () => {
  const file = await photo({ format: 'png' })
  for (const output of [{ format: 'png' }, { format: 'webp', lossless: true }] as const) {
    const result = await run(file, { ...output, ...QUALITY_WISHES.auto })
    expect(result.quality).toBeUndefined()
    expect(result.body).toEqual((await run(file, output)).body)
  }
})

describe('a limit of bytes', () => {
  it.each(['jpeg', 'webp'] as const)('is kept, and filled to 96 per cent unless a better quality would break it: %s', async (format) => {
    for (const [file, limits] of [
      [await photo({ format: 'png' }), [5000, 9777]],
      [await photo({ ...LARGE, format: 'png' }), [23_000]],
    ] as const) {
      for (const maxBytes of limits) {
        const result = await run(file, { format, quality: 100, maxBytes })
        const { quality } = told(result)
        expect(result.body.length).toBeLessThanOrEqual(maxBytes)
        const better = await run(file, { format, quality: quality + 1 })
        expect(result.body.length >= maxBytes * 0.96 || better.body.length > maxBytes).toBe(true)
      }
    }
  })

  it('goes no higher than the quality that is wished', async () => {
    const file = await photo({ format: 'png' })
    const result = await run(file, { format: 'jpeg', quality: 60, maxBytes: 1_000_000 })
    expect(result.quality).toBe('60')
    expect(result.body).toEqual((await run(file, { format: 'jpeg', quality: 60 }, [])).body)
  })

  it('with q=auto goes no higher than the target needs, and lower where it must', async () => {
    const file = await photo({ format: 'png' })
    const auto = await run(file, { format: 'jpeg', ...QUALITY_WISHES.auto })
    const roomy = await run(file, { format: 'jpeg', ...QUALITY_WISHES.auto, maxBytes: 1_000_000 })
    expect(roomy).toEqual(auto)
    const tight = await run(file, { format: 'jpeg', ...QUALITY_WISHES.auto, maxBytes: 5000 })
    expect(told(tight).quality).toBeLessThan(told(auto).quality)
    expect(tight.body.length).toBeLessThanOrEqual(5000)
  })

  it('counts what the picture takes along', async () => {
    const file = new Uint8Array(
      await sharp(await photo())
        .withExif({ IFD0: { Artist: 'x'.repeat(3000) } })
        .jpeg()
        .toBuffer(),
    )
    const result = await run(file, { format: 'jpeg', quality: 100, maxBytes: 9000, metadata: 'keep' }, [step('sepia', {})])
    expect(result.body.length).toBeLessThanOrEqual(9000)
    expect((await sharp(result.body).metadata()).exif?.length).toBeGreaterThan(3000)
  })

  it('that no quality keeps is an error with the least size', async () => {
    const file = await photo({ format: 'png' })
    const least = (await run(file, { format: 'jpeg', quality: 1 })).body.length
    await expect(run(file, { format: 'jpeg', quality: 100, maxBytes: 400 })).rejects.toMatchObject({
      code: 'max_bytes_not_reached',
      reason: `Expected at most 400 bytes; the least that was reached is ${least}.`,
    })
  })

  it('of a lossless format is kept with more effort, or refused', async () => {
    const file = await photo({ format: 'png' })
    const sizes = [(await run(file, { format: 'png' })).body.length, (await run(file, { format: 'png', effort: 100 })).body.length] as const
    expect(sizes[1]).toBeLessThan(sizes[0])
    expect((await run(file, { format: 'png', maxBytes: sizes[0] })).body.length).toBe(sizes[0])
    expect((await run(file, { format: 'png', maxBytes: sizes[1] })).body.length).toBe(sizes[1])
    await expect(run(file, { format: 'png', maxBytes: sizes[1] - 1 })).rejects.toMatchObject({
      code: 'max_bytes_not_reached',
      reason: expect.stringContaining(`is ${sizes[1]}.`) as unknown,
    })
  })
})

it('an animation has the quality that its first frame needs, and fits a limit as a whole', async () => {
  const file = await animated('webp')
  const auto = await run(file, { format: 'webp', ...QUALITY_WISHES.auto })
  const frames = await sharp(auto.body).metadata()
  expect(frames.pages).toBe((await sharp(file).metadata()).pages)
  expect(auto.body).toEqual((await run(file, { format: 'webp', quality: told(auto).quality })).body)
  const maxBytes = Math.round(auto.body.length * 0.8)
  const tight = await run(file, { format: 'webp', quality: 100, maxBytes })
  expect(tight.body.length).toBeLessThanOrEqual(maxBytes)
  expect((await sharp(tight.body).metadata()).pages).toBe(frames.pages)
})
