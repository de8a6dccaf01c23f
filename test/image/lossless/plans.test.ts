import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { CORE_STAGES } from '../../../src/image/codecs/stages.ts'
import { execute, type Encoded } from '../../../src/image/execute.ts'
import { P3_PRIMARIES } from '../../../src/image/icc/primaries.ts'
import { DEFAULT_OUTPUT, step, type Output, type Step } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { SECOND_STAGES } from '../../../src/image/second/stages.ts'
import { jpegWithProfile } from '../../support/icc/embed.ts'
import { gamma, grayProfile, matrixProfile, SRGB_CURVE } from '../../support/icc/profile.ts'
import { openImageContext } from '../../support/image-context.ts'
import { readJpeg } from '../engine/jpeg/coefficient-reader.ts'

const LIMITS = { maxSteps: 8, maxPixels: 10_000_000, maxSide: 4000 }
const DEMANDED = { quality: 100, lossless: true, onlyLossless: true, colours: 'keep' } as const
const P3 = matrixProfile(P3_PRIMARIES, SRGB_CURVE)

const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
const picture = (width = 96, height = 64) => sharp({ create: { width, height, channels: 3, background: '#888', noise } })
const jpegOf = async (options: object = { quality: 90 }, width?: number, height?: number): Promise<Uint8Array> =>
  new Uint8Array(await picture(width, height).jpeg(options).toBuffer())

async function run(file: Uint8Array, output: Partial<Output>, steps: readonly Step[] = [], stages = CORE_STAGES): Promise<Encoded> {
  const { context } = openImageContext()
  const execution = planExecution({ steps, output: { ...DEFAULT_OUTPUT, ...output } }, file, LIMITS, stages)
  return execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
}

const coefficients = (file: Uint8Array) => readJpeg(file).components.map(({ blocks, quantisers }) => ({ blocks, quantisers }))

const TURN = step('rotate', { degrees: 90 })
const MIRROR = step('flip', { axis: 'horizontal' })

describe('demanded', () => {
  it('turns, mirrors and cuts come without loss, alone and together', async () => {
    const file = await jpegOf()
    const there = await run(file, DEMANDED, [TURN, MIRROR, step('crop', { x: 16, y: 32, width: 40, height: 50 })])
    expect(there.isLossless).toBe(true)
    const upright = await sharp(file).rotate(90).toBuffer()
    expect(await sharp(there.body).metadata()).toMatchObject({ width: 40, height: 50 })
    expect(upright.length).toBeGreaterThan(0)
    const back = await run((await run(file, DEMANDED, [TURN, MIRROR])).body, DEMANDED, [MIRROR, step('rotate', { degrees: 270 })])
    expect(coefficients(back.body)).toEqual(coefficients((await run(file, DEMANDED)).body))
  })

  it('the EXIF orientation is applied, and no more said where metadata are kept', async () => {
    const file = new Uint8Array(
      await picture()
        .withExif({ IFD0: { Copyright: 'Ours' } })
        .withMetadata({ orientation: 6 })
        .jpeg({ quality: 90 })
        .toBuffer(),
    )
    const { body } = await run(file, { ...DEMANDED, metadata: 'keep' })
    const { width, height, orientation, exif } = await sharp(body).metadata()
    expect([width, height, orientation ?? 1]).toEqual([64, 96, 1])
    expect(exif?.includes('Ours')).toBe(true)
    expect((await sharp((await run(file, DEMANDED)).body).metadata()).orientation).toBeUndefined()
  })

  it('the profile is kept, with the colours', async () => {
    const { body, isLossless } = await run(jpegWithProfile(await jpegOf(), P3), DEMANDED, [TURN])
    expect(isLossless).toBe(true)
    expect(new Uint8Array((await sharp(body).metadata()).icc ?? [])).toEqual(P3)
  })

  it('PNG and WebP keep every pixel', async () => {
    const file = new Uint8Array(await picture().png().toBuffer())
    for (const format of ['source', 'webp'] as const) {
      const { body, isLossless } = await run(file, { ...DEMANDED, format })
      expect(await sharp(body).raw().toBuffer()).toEqual(await sharp(file).raw().toBuffer())
      expect(isLossless).toBeUndefined()
    }
  })

  it('a damaged file is shown as far as it goes', async () => {
    const file = await jpegOf({ quality: 90 }, 320, 320)
    const { body, warnings } = await run(file.subarray(0, file.length * 0.6), DEMANDED)
    expect(warnings).toEqual(['The file ends before the image does.', 'A segment ends before its data do.'])
    expect(await sharp(body).metadata()).toMatchObject({ width: 320, height: 320 })
  })

  const gray = async () => jpegWithProfile(new Uint8Array(await picture().toColourspace('b-w').jpeg().toBuffer()), grayProfile(gamma(1.8)))
  const cmyk = async () => new Uint8Array(await picture().toColourspace('cmyk').jpeg().toBuffer())
  const REFUSED: Record<string, [file: () => Promise<Uint8Array>, output: Partial<Output>, steps: Step[], reason: RegExp]> = {
    'a step that takes pixels': [jpegOf, {}, [step('blur', { sigma: 2 })], /received blur, which takes pixels/],
    'a scaling': [jpegOf, {}, [TURN, step('resize', { width: 40 })], /received resize/],
    'a turn by another angle': [jpegOf, {}, [step('rotate', { degrees: 10 })], /received rotate/],
    'a cut that the picture decides': [jpegOf, {}, [step('trim', {})], /received trim/],
    'a cut between blocks': [jpegOf, {}, [step('crop', { x: 10, y: 0, width: 40, height: 40 })], /nearest is 40×40 at 16,0/],
    'an edge of a part of an MCU': [() => jpegOf({}, 90, 64), {}, [MIRROR], /nearest is 80×64 at 10,0/],
    'another format of the source': [async () => new Uint8Array(await picture().png().toBuffer()), { format: 'jpeg' }, [], /received png/],
    'colours that are converted': [async () => jpegWithProfile(await jpegOf(), P3), { colours: undefined }, [], /become sRGB/],
    'grays that are converted': [gray, {}, [], /become sRGB/],
    inks: [cmyk, {}, [], /CMYK/],
    'a format that has none': [jpegOf, { format: 'avif' }, [], /avif is not written without loss/],
  }
  it.each(Object.entries(REFUSED))('%s is refused', async (_name, [file, output, steps, reason]) => {
    const thrown: unknown = await run(await file(), { ...DEMANDED, ...output }, steps).catch((error: unknown) => error)
    if (!(thrown instanceof AppError)) throw new Error('it was made')
    if (thrown.code !== 'not_implemented') expect([thrown.code, thrown.fault.status]).toEqual(['not_lossless', 422])
    expect(thrown.reason).toMatch(reason)
  })

  it('a limit of bytes holds, or is refused with the size that there is', async () => {
    const file = await jpegOf()
    const { length } = (await run(file, DEMANDED, [TURN])).body
    const fitting = await run(file, { ...DEMANDED, maxBytes: length }, [TURN])
    expect([fitting.isLossless, fitting.body.length]).toEqual([true, length])
    await expect(run(file, { ...DEMANDED, maxBytes: length - 1 }, [TURN])).rejects.toMatchObject({
      code: 'max_bytes_not_reached',
      reason: `Expected at most ${length - 1} bytes, received ${length} without loss.`,
    })
    const png = new Uint8Array(await picture().png().toBuffer())
    await expect(run(png, { ...DEMANDED, maxBytes: 1000 })).rejects.toMatchObject({ code: 'max_bytes_not_reached' })
  })

  it('the second engine has no such way', async () => {
    await expect(run(await jpegOf(), DEMANDED, [], SECOND_STAGES)).rejects.toMatchObject({ code: 'not_lossless' })
  })
})

describe('chosen', () => {
  const isLossless = async (...args: Parameters<typeof run>): Promise<boolean> => (await run(...args)).isLossless === true

  it('where the encoder would write the same quantisers and subsampling', async () => {
    const file = await jpegOf({ quality: 80 })
    expect(await isLossless(file, { quality: 80 })).toBe(true)
    expect(await isLossless(file, { quality: 80 }, [TURN, step('crop', { x: 16, y: 0, width: 32, height: 32 })])).toBe(true)
    expect(await isLossless(file, { quality: 79 })).toBe(false)
    expect(await isLossless(await jpegOf({ quality: 80, chromaSubsampling: '4:4:4' }), { quality: 80 })).toBe(false)
    expect(await isLossless(file, { quality: 80, effort: 95 })).toBe(false)
    expect(await isLossless(new Uint8Array(await picture().toColourspace('b-w').jpeg({ quality: 55 }).toBuffer()), { quality: 55 })).toBe(
      true,
    )
  })

  it('and never where something is lost: then pixels are made', async () => {
    const file = await jpegOf({ quality: 80 })
    expect(await isLossless(file, { quality: 80 }, [step('crop', { x: 3, y: 0, width: 32, height: 32 })])).toBe(false)
    expect(await isLossless(file, { quality: 80 }, [step('resize', { width: 40 })])).toBe(false)
    expect(await isLossless(await jpegOf({ quality: 80 }, 90, 64), { quality: 80 }, [MIRROR])).toBe(false)
    expect(await isLossless(jpegWithProfile(file, P3), { quality: 80 })).toBe(false)
    expect(await isLossless(jpegWithProfile(file, P3), { quality: 80, colours: 'keep' })).toBe(true)
    expect(await isLossless(file, { quality: 80, format: 'webp' })).toBe(false)
  })

  it('where nobody names a quality', async () => {
    const file = await jpegOf({ quality: 93, chromaSubsampling: '4:4:4' })
    const { body } = await run(file, { keepsCoding: true })
    expect(coefficients(body)).toEqual(coefficients((await run(file, DEMANDED)).body))
    // Both have the best codes; how often a byte of them has to be stuffed is chance.
    expect(body.length).toBeLessThanOrEqual(file.length + 32)
    expect(await isLossless(new Uint8Array(await picture().png().toBuffer()), { keepsCoding: true })).toBe(false)
  })

  it('gives the pixels that the file has', async () => {
    const file = await jpegOf({ quality: 80 })
    const { body } = await run(file, { quality: 80 })
    expect(await sharp(body).raw().toBuffer()).toEqual(await sharp(file).raw().toBuffer())
  })
})
