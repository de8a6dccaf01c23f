import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { execute } from '../../src/image/execute.ts'
import { step, type Step, type TransformPlan, WRITTEN_NAMES } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import type { Raster } from '../../src/image/raster.ts'
import { applyStepsWith, decodeAs } from '../support/apply-steps.ts'
import { openImageContext } from '../support/image-context.ts'
import { animated, photo } from '../support/pictures.ts'

const LIMITS = { maxSteps: 8, maxPixels: 1_000_000, maxSide: 2000 }
const WIDTH = 97
const HEIGHT = 61

/** Smooth and asymmetrical, so that a wrong window or turn shows and a right one differs only by rounding. */
const picture = (): Buffer => {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3)
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++)
      pixels.set([(x * 255) / WIDTH, (y * 255) / HEIGHT, 127 + 100 * Math.sin((x + 2 * y) / 19)], (y * WIDTH + x) * 3)
  }
  return pixels
}

let file: Uint8Array
beforeAll(async () => {
  file = await sharp(picture(), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .png()
    .toBuffer()
})

const plan = (...steps: Step[]): TransformPlan => ({ steps, output: { format: 'png', quality: 80 } })

/** Decodes whole, then applies one step after the other: what the plan means. */
async function stepwise(steps: readonly Step[]): Promise<Raster> {
  const { context, release } = openImageContext()
  const result = await applyStepsWith(context, await decodeAs(context, 'png', file), steps)
  await release(true)
  return result
}

async function planned(steps: readonly Step[]): Promise<Raster> {
  const { context, release } = openImageContext()
  const limits = { ...LIMITS, maxSide: 10_000, maxPixels: 10_000_000 } // a sliver becomes high
  const encoded = await execute(planExecution(plan(...steps), file, limits), file, [], context, (_phase, work) => Promise.resolve(work()))
  await release(true)
  const { data, info } = await sharp(encoded.body).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

const largestDifference = (a: Raster, b: Raster): number =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.data[i] ?? 0))), 0)

const crop = fc
  .record({ x: fc.nat(20), y: fc.nat(20), width: fc.integer({ min: 20, max: 60 }), height: fc.integer({ min: 20, max: 60 }) })
  .map((p) => step('crop', p))
const resize = fc
  .record({
    width: fc.integer({ min: 5, max: 150 }),
    height: fc.integer({ min: 5, max: 150 }),
    fit: fc.constantFrom('stretch', 'inside', 'outside'),
  })
  .map((p) => step('resize', p))
const cover = fc
  .record({
    width: fc.integer({ min: 5, max: 90 }),
    height: fc.integer({ min: 5, max: 90 }),
    position: fc.constantFrom('center', 'top-left', 'bottom-right', 'left'),
  })
  .map((p) => step('cover', p))
const flip = fc.constantFrom('vertical', 'horizontal').map((axis) => step('flip', { axis }))

describe('the planner', () => {
  it('joins leading geometry into the decode without changing its meaning', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(crop, { maxLength: 2 }),
        fc.oneof(resize, cover),
        fc.array(fc.oneof(flip, crop), { maxLength: 1 }),
        async (crops, scale, rest) => {
          const steps = [...crops, scale, ...rest]
          let meant: Raster
          try {
            meant = await stepwise(steps)
          } catch {
            expect(() => planExecution(plan(...steps), file, LIMITS)).toThrow()
            return
          }
          const got = await planned(steps)
          expect([got.width, got.height]).toEqual([meant.width, meant.height])
          expect(largestDifference(got, meant)).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each<[string, Step[]]>([
    ['as it is', []],
    ['scaled', [step('resize', { width: 40 })]],
    ['behind a step', [step('negate', {})]],
    ['with corners that a step makes', [step('flatten', { background: '000000ff' }), step('roundCorners', { radius: 30 })]],
  ])('puts what is transparent on white for a format without alpha: %s', async (_what, steps) => {
    const clear = await sharp({ create: { width: 60, height: 40, channels: 4, background: '#f0000000' } })
      .png()
      .toBuffer()
    const { context, release } = openImageContext()
    const toJpeg: TransformPlan = { steps, output: { format: 'jpeg', quality: 95 } }
    const { body } = await execute(planExecution(toJpeg, clear, LIMITS), clear, [], context, (_phase, work) => Promise.resolve(work()))
    await release(true)
    const corner = await sharp(body).extract({ left: 0, top: 0, width: 1, height: 1 }).raw().toBuffer()
    for (const value of corner) expect(value).toBeGreaterThan(250)
  })

  it('leaves to the steps only what a decoder cannot do', () => {
    const left = (...steps: Step[]) => planExecution(plan(...steps), file, LIMITS).steps.map(({ op }) => op)
    const [c, r, f] = [step('crop', { x: 1 }), step('resize', { width: 9 }), step('flip', { axis: 'vertical' })]
    expect(left()).toEqual([])
    expect(left(c, r)).toEqual([])
    expect(left(c, c, r, c)).toEqual(['crop'])
    expect(left(f, c, f, r, f, f)).toEqual([])
    expect(left(r, f, c, f)).toEqual(['crop', 'flip'])
    expect(left(step('rotate', { degrees: 270 }), r)).toEqual([])
    expect(left(step('rotate', { degrees: 89 }), r)).toEqual(['rotate', 'resize'])
    const [pointwise, wide] = [step('grayscale', {}), step('blur', { sigma: 1 })]
    expect(left(pointwise, f)).toEqual(['grayscale'])
    expect(left(pointwise, step('negate', {}), f, step('rotate', { degrees: 90 }), wide)).toEqual(['grayscale', 'negate', 'blur'])
    expect(left(pointwise, wide, f)).toEqual(['grayscale', 'blur', 'flip'])
  })

  it.each<[string, Step[], string]>([
    ['too many steps', Array.from({ length: 9 }, () => step('flip', { axis: 'vertical' })), 'too_many_steps'],
    ['a side over the limit', [step('resize', { width: 2001 })], 'output_too_large'],
    [
      'an intermediate picture over the limit',
      [step('resize', { width: 1900, height: 1900, fit: 'stretch' }), step('resize', { width: 1 })],
      'output_too_large',
    ],
    ['a crop beside the picture', [step('crop', { x: WIDTH })], 'invalid_parameter'],
  ])('refuses before decoding: %s', (_what, steps, code) => {
    expect(() => planExecution(plan(...steps), file, LIMITS)).toThrowError(expect.objectContaining({ code }))
  })

  it('refuses a source of more pixels than the limit, by its header alone', () => {
    expect(() => planExecution(plan(), file, { ...LIMITS, maxPixels: WIDTH * HEIGHT - 1 })).toThrowError(
      expect.objectContaining({ code: 'too_many_pixels' }),
    )
  })
})

describe('the format of a result, when none is wished', () => {
  const animatedGif = (): Promise<Uint8Array> => animated('gif')
  it.each<[string, () => Promise<Uint8Array>, string]>([
    ['a JPEG', () => photo(), 'jpeg'],
    ['a PNG', () => photo({ format: 'png' }), 'png'],
    ['a WebP', () => photo({ format: 'webp' }), 'webp'],
    ['an animated GIF', animatedGif, 'gif'],
  ])('of %s', async (_, file, format) => {
    const { output } = planExecution({ steps: [], output: { format: 'source', quality: 80 } }, await file(), LIMITS)
    expect(output.format).toBe(format)
    expect(WRITTEN_NAMES).toContain(format)
  })
})

describe('a plan that takes more memory than there is', () => {
  const large = () =>
    sharp({ create: { width: 1900, height: 1000, channels: 3, background: '#369' } })
      .jpeg()
      .toBuffer()
  const refusal = async (limit: number, format: TransformPlan['output']['format'], ...steps: Step[]): Promise<string | undefined> => {
    try {
      planExecution({ steps, output: { format, quality: 80 } }, await large(), { ...LIMITS, maxPixels: 9_000_000, memoryBytes: limit })
      return undefined
    } catch (error) {
      expect(error).toMatchObject({ code: 'too_many_pixels' })
      return (error as { reason?: string }).reason
    }
  }

  it('is refused with the width that fits when the encoder holds the alpha of the whole picture', async () => {
    const translucent = step('roundCorners', { radius: 20 })
    const reason = await refusal(10_000_000, 'webp', translucent)
    const width = Number(/at most (\d+) pixels of width for this shape, received 1900×1000/.exec(reason ?? '')?.[1])
    expect(width).toBeGreaterThan(700)
    expect(width).toBeLessThan(1900)
    // Scaling takes some memory of its own.
    expect(await refusal(10_000_000, 'webp', step('resize', { width: Math.floor(width * 0.96) }), translucent)).toBeUndefined()
  })

  it('is not, as WebP, when it is opaque: its rows are encoded as they come', async () => {
    expect(await refusal(12_000_000, 'webp')).toBeUndefined()
  })

  it('is refused with both numbers otherwise', async () => {
    expect(await refusal(3_000_000, 'jpeg', step('rotate', { degrees: 5 }))).toMatch(/at most 3000000 bytes .* needs \d+/)
    expect(await refusal(30_000_000, 'jpeg', step('rotate', { degrees: 5 }))).toBeUndefined()
  })
})
