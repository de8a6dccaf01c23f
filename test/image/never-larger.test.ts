import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { execute, type Encoded } from '../../src/image/execute.ts'
import { type Output, QUALITY_WISHES, step, type Step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { readUltraHdr } from '../support/ultra-hdr/read.ts'
import { ultraHdr } from '../support/ultra-hdr/write.ts'
import { openImageContext } from '../support/image-context.ts'
import { readJpeg } from './engine/jpeg/coefficient-reader.ts'
import { animated, p3Jpeg, photo, sample, translucent } from '../support/pictures.ts'

const LIMITS = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 10_000 }

async function run(file: Uint8Array, output: Partial<Output> = {}, steps: readonly Step[] = []): Promise<Encoded> {
  const { context, release } = openImageContext()
  const execution = planExecution({ steps, output: { format: 'source', quality: 80, ...output } }, file, LIMITS)
  const result = await execute(execution, file, [], context, async (_phase, work) => work())
  await release(true)
  return result
}

const pixelsOf = (file: Uint8Array): Promise<Buffer> => sharp(file, { animated: true }).raw().toBuffer()
const joined = (...parts: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))))
const jpegSegment = (code: number, data: string): Uint8Array =>
  joined(Uint8Array.of(0xff, code, (data.length + 2) >> 8, (data.length + 2) & 255), data)
const SECRET = 'taken at home'

/** Files that are smaller than what is wished of them, and carry more than their pixels. */
const SOURCES: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  'a JPEG with comments, EXIF, a thumbnail in JFIF and bytes behind its end': async () => {
    const exif = { IFD0: { Artist: SECRET } }
    const file = await sharp(await photo({ format: 'png' }))
      .withExif(exif)
      .jpeg({ quality: 30 })
      .toBuffer()
    const jfif = jpegSegment(0xe0, `JFIF\0\x01\x01\0\0\x01\0\x01\x02\x02${SECRET.slice(0, 12)}`)
    return joined(file.subarray(0, 2), jfif, jpegSegment(0xfe, SECRET), jpegSegment(0xeb, SECRET), file.subarray(2), SECRET)
  },
  'a progressive JPEG': async () =>
    sharp(await photo({ format: 'png' }))
      .jpeg({ quality: 30, progressive: true })
      .toBuffer(),
  'a gray JPEG': async () =>
    sharp(await photo({ format: 'png' }))
      .grayscale()
      .jpeg({ quality: 30 })
      .toBuffer(),
  'a JPEG of 4:4:4': async () =>
    sharp(await photo({ format: 'png' }))
      .jpeg({ quality: 20, chromaSubsampling: '4:4:4' })
      .toBuffer(),
  'a WebP with EXIF': async () =>
    sharp(await photo({ format: 'png' }))
      .withExif({ IFD0: { Artist: SECRET } })
      .webp({ quality: 20 })
      .toBuffer(),
  'a WebP with alpha': async () =>
    sharp(await translucent())
      .webp({ quality: 10, alphaQuality: 30 })
      .toBuffer(),
  'an animated GIF with a comment': async () => {
    const file = await sharp(await animated('gif'), { animated: true })
      .gif({ colours: 8, dither: 0 })
      .toBuffer()
    const comment = joined(Uint8Array.of(0x21, 0xfe, SECRET.length), SECRET, Uint8Array.of(0))
    const behindScreen = 13 + ((file[10] ?? 0) & 0x80 ? 3 * (2 << ((file[10] ?? 0) & 7)) : 0)
    return joined(file.subarray(0, behindScreen), comment, file.subarray(behindScreen))
  },
  'an animated WebP': async () =>
    sharp(await animated('webp'), { animated: true })
      .webp({ quality: 5 })
      .toBuffer(),
}

describe('a result that would be larger than its source is that source', () => {
  it.each(Object.entries(SOURCES))('%s', async (_what, make) => {
    const file = new Uint8Array(await make())
    const result = await run(file, { quality: 98 })
    expect(result.quality).toBe('source')
    expect(result.body.length).toBeLessThanOrEqual(file.length)
    expect(await pixelsOf(result.body)).toEqual(await pixelsOf(file))
    const { exif, xmp, comments } = await sharp(result.body).metadata()
    expect([exif, xmp, comments]).toEqual([undefined, undefined, undefined])
    expect(Buffer.from(result.body).includes(SECRET.slice(0, 12))).toBe(false)
  })

  it('a PNG without its texts', async () => {
    const picture = await sharp(await photo({ format: 'png' }))
      .png({ compressionLevel: 9, adaptiveFiltering: true, effort: 10 })
      .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`)
      .toBuffer()
    const result = await run(new Uint8Array(picture), { effort: 1 })
    expect(result.quality).toBe('source')
    expect(await pixelsOf(result.body)).toEqual(await pixelsOf(picture))
    expect(Buffer.from(result.body).includes(SECRET)).toBe(false)
  })

  it('of any format, at any quality', async () => {
    const made = [
      await photo(),
      await photo({ format: 'webp', quality: 60 }),
      await photo({ format: 'png' }),
      await translucent(),
      await p3Jpeg(),
    ]
    for (const file of made)
      for (const quality of [30, 80, 100]) expect((await run(file, { quality })).body.length).toBeLessThanOrEqual(file.length)
  })

  it('with the profile that its colours need', async () => {
    const file = await p3Jpeg()
    const result = await run(file, { quality: 100 })
    expect(result.quality).toBe('source')
    expect((await sharp(result.body).metadata()).icc).toEqual((await sharp(file).metadata()).icc)
    expect(await pixelsOf(result.body)).toEqual(await pixelsOf(file))
  })

  it('with the metadata that are wished', async () => {
    const file = new Uint8Array(
      await sharp(await photo())
        .withExif({ IFD0: { Artist: 'Ana', Copyright: 'Ana' } })
        .jpeg({ quality: 30 })
        .toBuffer(),
    )
    const result = await run(joined(file, 'x'.repeat(500)), { quality: 98, metadata: 'copyright' })
    expect(result.quality).toBe('source')
    expect(Buffer.from((await sharp(result.body).metadata()).exif ?? []).includes('Ana')).toBe(true)
    expect(await pixelsOf(result.body)).toEqual(await pixelsOf(file))
  })

  it('with its gain map', async () => {
    const file = await ultraHdr()
    const result = await run(file, { quality: 100 })
    expect([result.quality, result.gainMap]).toEqual(['source', 'kept'])
    expect(await pixelsOf(readUltraHdr(result.body).map)).toEqual(await pixelsOf(readUltraHdr(file).map))
    expect(await pixelsOf(result.body)).toEqual(await pixelsOf(file))
  })

  it('also when a limit of bytes allows more', async () => {
    const file = await photo({ quality: 40 })
    expect((await run(file, { quality: 100, maxBytes: 1_000_000 })).quality).toBe('source')
    const tight = await run(file, { quality: 100, maxBytes: Math.round(file.length / 2) })
    expect(tight.body.length).toBeLessThanOrEqual(file.length / 2)
  })

  it('also when steps turn out to leave all as it is', async () => {
    const file = await photo({ quality: 30 })
    expect((await run(file, { quality: 98 }, [step('resize', { width: 320, height: 213 })])).quality).toBe('source')
    expect((await run(file, { quality: 98 }, [step('trim', {})])).quality).toBe('source')
  })
})

describe('a turned result that would be larger than its source has the coefficients of the source', () => {
  const turned = async (orientation: number, profile = 'srgb'): Promise<Uint8Array> =>
    new Uint8Array(
      await sharp(await photo({ width: 320, height: 208 }))
        .withMetadata({ orientation })
        .withIccProfile(profile)
        .jpeg({ quality: 12 })
        .toBuffer(),
    )
  const blocksOf = (file: Uint8Array) => readJpeg(new Uint8Array(file)).components.map(({ blocks }) => blocks)
  const demanded = { quality: 100, lossless: true, onlyLossless: true } as const

  it.each([2, 3, 4, 5, 6, 7, 8])('by its orientation %i', async (orientation) => {
    const file = await turned(orientation)
    for (const output of [{ quality: 98 }, QUALITY_WISHES['auto:high'], { quality: 100, maxBytes: 1_000_000 }]) {
      const result = await run(file, output)
      expect([result.quality, result.isLossless]).toEqual(['source', true])
      expect(result.body.length).toBeLessThanOrEqual(file.length)
      expect(blocksOf(result.body)).toEqual(blocksOf((await run(file, demanded)).body))
      const { orientation: left = 1, ...shown } = await sharp(result.body).metadata()
      expect([left, shown.width, shown.height]).toEqual([1, ...(orientation > 4 ? [208, 320] : [320, 208])])
    }
    expect((await run(file, { quality: 8 })).quality).toBeUndefined()
  })

  it('by the plan, and when a step turns out to leave all as it is', async () => {
    const file = await photo({ quality: 30 })
    expect((await run(file, { quality: 98 }, [step('flip', { axis: 'horizontal' })])).isLossless).toBe(true)
    expect((await run(await turned(3), { quality: 98 }, [step('trim', {})])).isLossless).toBe(true)
  })

  it('with the profile that its colours need, and the metadata that are wished', async () => {
    const source = await turned(6, 'p3')
    const result = await run(source, { quality: 100, metadata: 'keep' })
    expect([result.quality, result.isLossless]).toEqual(['source', true])
    const { icc, exif, orientation = 1 } = await sharp(result.body).metadata()
    expect([icc, exif !== undefined, orientation]).toEqual([(await sharp(source).metadata()).icc, true, 1])
  })

  it('with its gain map', async () => {
    const file = await ultraHdr({ width: 512, height: 320 })
    const result = await run(file, { quality: 100 }, [step('rotate', { degrees: 90 })])
    expect([result.quality, result.isLossless, result.gainMap]).toEqual(['source', true, 'kept'])
  })

  it('unless there is no memory for both', async () => {
    const file = await turned(3)
    const plan = { steps: [], output: { format: 'source', quality: 98 } } as const
    const { peakBytes, spare } = planExecution(plan, file, LIMITS)
    expect(planExecution(plan, file, { ...LIMITS, memoryBytes: peakBytes }).spare).not.toBeNull()
    const tight = planExecution(plan, file, { ...LIMITS, memoryBytes: peakBytes - 1 })
    expect([tight.spare, tight.peakBytes]).toEqual([null, peakBytes - (spare?.bytes ?? 0)])
  })
})

describe('another result is never the source', () => {
  it.each<[string, () => Promise<Uint8Array>, Partial<Output>, readonly Step[]]>([
    ['a smaller one', () => photo({ quality: 90 }), { quality: 30 }, []],
    ['another format', () => photo({ quality: 30 }), { format: 'webp', quality: 100 }, []],
    ['another size', () => photo({ quality: 30 }), { quality: 100 }, [step('resize', { width: 319 })]],
    ['a cut', () => photo({ quality: 30 }), { quality: 100 }, [step('crop', { x: 1, y: 0, width: 319, height: 213 })]],
    ['other pixels', () => photo({ quality: 30 }), { quality: 100 }, [step('negate', {})]],
    ['a turned one whose edge cuts through blocks', () => photo({ quality: 30 }), { quality: 100 }, [step('flip', { axis: 'vertical' })]],
    [
      'of a WebP that must be turned',
      async () =>
        sharp(await photo())
          .withMetadata({ orientation: 3 })
          .webp({ quality: 30 })
          .toBuffer(),
      { quality: 100 },
      [],
    ],
    [
      'of a source in inks',
      async () =>
        sharp(await photo())
          .toColourspace('cmyk')
          .jpeg({ quality: 30 })
          .toBuffer(),
      { quality: 100 },
      [],
    ],
    ['of a source that is cut short', async () => (await sample()).subarray(0, 60_000), { quality: 100 }, []],
    ['one frame of an animation', () => animated('webp'), { quality: 100, still: true }, []],
  ])('%s', async (_what, make, output, steps) => {
    expect((await run(new Uint8Array(await make()), output, steps)).quality).toBeUndefined()
  })

  it('but it is when a turn is undone', async () => {
    const file = new Uint8Array(
      await sharp(await photo())
        .withMetadata({ orientation: 2 })
        .jpeg({ quality: 30 })
        .toBuffer(),
    )
    const result = await run(file, { quality: 98 }, [step('flip', { axis: 'horizontal' })])
    expect(result.quality).toBe('source')
    expect((await sharp(result.body).metadata()).orientation).toBeUndefined()
  })
})
