import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { webp } from '../../../src/image/codecs/webp.ts'
import { openRowsContext } from '../../../src/image/execute.ts'
import { type Geometry, wholeImage } from '../../../src/image/geometry.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { truncated } from '../../support/broken-pictures.ts'
import { decodeAs, encodeAs } from '../../support/apply-steps.ts'
import { canonical } from '../../../src/image/plan.ts'
import { countInstances } from '../../support/count-memory.ts'
import { openImageContext } from '../../support/image-context.ts'
import { animated, photo, translucent } from '../../support/pictures.ts'
import { animationHeader, extended, frame, pixelChunks, webpFile } from './webp-file.ts'

const { context } = openImageContext()

async function decode(file: Uint8Array, page?: number): Promise<Raster> {
  const probe = webp.probe(file)
  return decodeAs(context, 'webp', file, { ...wholeImage(probe), page })
}

/** libwebp, by another way into it. */
async function expected(file: Uint8Array, page = 1): Promise<Buffer> {
  return sharp(file, { page: page - 1 })
    .ensureAlpha()
    .raw()
    .toBuffer()
}

/** A raster of noise, translucent or not, from a seed. */
function noise(width: number, height: number, isTranslucent: boolean, seed = 1): Raster {
  let state = seed
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
    return i % 4 === 3 && !isTranslucent ? 255 : state >>> 24
  })
  return { width, height, data }
}

const lossless = (raster: Raster): Promise<Buffer> =>
  sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 4 } })
    .webp({ lossless: true, exact: true })
    .toBuffer()

describe('still files', () => {
  it.each([
    ['lossy', () => photo({ format: 'webp' })],
    ['lossless with alpha', () => translucent('webp')],
    [
      'lossy with alpha',
      async () =>
        new Uint8Array(
          await sharp(await translucent('png'))
            .webp({ quality: 70 })
            .toBuffer(),
        ),
    ],
    ['one pixel', async () => new Uint8Array(await lossless(noise(1, 1, false)))],
  ])('%s decode as libwebp does elsewhere', async (_name, make) => {
    const file = await make()
    const { width, height, data } = await decode(file)
    const metadata = await sharp(file).metadata()
    expect([width, height]).toEqual([metadata.width, metadata.height])
    expect(Buffer.compare(Buffer.from(data), await expected(file))).toBe(0)
  })

  it('is cut and scaled as the geometry says', async () => {
    const file = await photo({ format: 'webp' })
    const window = { x: 40, y: 20, width: 200, height: 100 }
    const { width, height } = await decodeAs(context, 'webp', file, { window, width: 50, height: 25, kernel: 'lanczos3' })
    expect([width, height]).toEqual([50, 25])
  })
})

describe('one pass', () => {
  const window = { x: 0, y: 0, width: 500, height: 400 }
  const sized = (width: number, height: number, part = window): Geometry => ({ window: part, width, height, kernel: 'lanczos3' })
  const cut = { x: 30, y: 20, width: 200, height: 100 }

  it.each([
    ['lossy, whole and cut', { quality: 80 }, [sized(450, 360), sized(200, 100, cut), sized(400, 330)]],
    ['lossy, without the filter', { quality: 80 }, [sized(300, 240), sized(200, 160), sized(150, 120)]],
    ['lossy, from means', { quality: 80 }, [sized(100, 80), sized(90, 70), sized(60, 48)]],
    ['lossless', { lossless: true }, [sized(450, 360), sized(200, 100, cut), sized(20, 10)]],
  ] as const)('gives each geometry the pixels that it has alone, in the memory that was said: %s', async (_name, options, geometries) => {
    const file = await sharp(noise(500, 400, 'lossless' in options).data, { raw: { width: 500, height: 400, channels: 4 } })
      .webp(options)
      .toBuffer()
    const probe = webp.probe(file)
    const passes = geometries.map((geometry) => webp.pass?.of(probe, geometry))
    expect(new Set(passes).size).toBe(1)
    const rows = await openRowsContext(openImageContext().context)
    const before = rows.core.size()
    const together = (await webp.pass?.decode(file, probe, geometries, rows)) ?? []
    expect(rows.core.size() - before).toBeLessThanOrEqual(webp.pass?.bytes(probe, geometries) ?? 0)
    for (const [i, geometry] of geometries.entries())
      expect(
        Buffer.compare(Buffer.from(together[i]?.data ?? []), Buffer.from((await decodeAs(context, 'webp', file, geometry)).data)),
      ).toBe(0)
  })

  it('serves what is decoded alike only', async () => {
    const file = await photo({ format: 'webp' })
    const probe = webp.probe(file)
    const names = [1, 2, 4.5, 8, 20].map((ratio) =>
      webp.pass?.of(probe, { ...wholeImage(probe), width: probe.width / ratio, height: probe.height / ratio }),
    )
    expect(new Set(names).size).toBe(5)
    expect(webp.pass?.of(webp.probe(await animated('webp')), sized(10, 10))).toBeNull()
  })
})

describe('animations', () => {
  it('show the frame that is asked for, the first by default', async () => {
    const file = await animated('webp')
    const probe = webp.probe(file)
    expect(probe).toMatchObject({ width: 64, height: 43, frames: 3 })
    for (const page of [undefined, 1, 2, 3]) {
      expect(Buffer.compare(Buffer.from((await decode(file, page)).data), await expected(file, page)), `page ${page}`).toBe(0)
    }
  })

  it('a frame lies where it says, over what was there or instead of it, and goes when it is disposed of', async () => {
    const [red, half] = [Uint8ClampedArray.of(255, 0, 0, 255), Uint8ClampedArray.of(0, 0, 255, 128)]
    const pixel = async (colour: Uint8ClampedArray): Promise<Buffer> => lossless({ width: 1, height: 1, data: colour })
    const [one, other] = [pixelChunks(await pixel(red)), pixelChunks(await pixel(half))]
    const at = (x: number) => ({ x, y: 0, width: 1, height: 1 })
    const file = webpFile(
      extended(3, 1, { animation: true, alpha: true }),
      animationHeader,
      frame(at(0), one),
      frame({ ...at(2), disposes: true }, one),
      frame(at(0), other),
      frame({ ...at(0), replaces: true }, other),
    )
    const none = [0, 0, 0, 0]
    const rows: number[][] = []
    for (const page of [1, 2, 3, 4]) rows.push([...(await decode(file, page)).data])
    expect(rows).toEqual([
      [...red, ...none, ...none],
      [...red, ...none, ...red],
      [127, 0, 128, 255, ...none, ...none],
      [...half, ...none, ...none],
    ])
  })

  it('what lies before a frame that replaces the whole canvas is not decoded', async () => {
    const place = { x: 0, y: 0, width: 6, height: 5 }
    const [good, damaged] = [pixelChunks(await lossless(noise(6, 5, true))), pixelChunks(await lossless(noise(6, 5, true)))]
    damaged[0]?.payload.fill(0, 5)
    const last = { ...place, width: 1, height: 1 }
    const frames = [
      frame(place, damaged),
      frame({ ...place, replaces: true }, good),
      frame(last, pixelChunks(await lossless(noise(1, 1, true)))),
    ]
    const file = webpFile(extended(6, 5, { animation: true, alpha: true }), animationHeader, ...frames)
    await expect(decode(file, 1)).rejects.toMatchObject({ code: 'invalid_image' })
    for (const page of [2, 3]) expect((await decode(file, page)).width).toBe(6)
    // A frame that is only laid over shows what was there.
    const over = webpFile(extended(6, 5, { animation: true, alpha: true }), animationHeader, frame(place, damaged), frame(place, good))
    await expect(decode(over, 2)).rejects.toMatchObject({ code: 'invalid_image' })
  })

  it('a lossy frame keeps its alpha', async () => {
    const still = await sharp(await translucent('png'))
      .webp({ quality: 70 })
      .toBuffer()
    const { width, height } = webp.probe(still)
    const file = webpFile(
      extended(width, height, { animation: true, alpha: true }),
      animationHeader,
      frame({ x: 0, y: 0, width, height, replaces: true }, pixelChunks(still)),
    )
    expect(Buffer.compare(Buffer.from((await decode(file)).data), await expected(still))).toBe(0)
  })
})

describe('files that lie or end early', () => {
  const refusal = async (file: Uint8Array): Promise<string | undefined> => {
    const thrown = await decode(file).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(thrown).toBeInstanceOf(AppError)
    expect((thrown as AppError).code).toBe('invalid_image')
    return (thrown as AppError).reason
  }
  const place = { x: 0, y: 0, width: 20, height: 10 }

  it('are refused by their headers', async () => {
    const pixels = pixelChunks(await lossless(noise(20, 10, false)))
    const animation = extended(20, 10, { animation: true })
    const reasons = await Promise.all(
      [
        webpFile(extended(4, 4), ...pixels),
        webpFile(extended(20, 10)),
        webpFile(animation, animationHeader),
        webpFile(animation, animationHeader, frame({ ...place, x: 2 }, pixels)),
        webpFile(animation, animationHeader, frame({ ...place, width: 2 }, pixels)),
        webpFile(animation, animationHeader, frame(place, [])),
        webpFile({ kind: 'VP8 ', payload: new Uint8Array(20) }),
      ].map(refusal),
    )
    expect(reasons).toEqual([
      'WebP: the canvas is 4×4, the picture in it 20×10.',
      'WebP: there is no picture in it.',
      'WebP: the animation has no frame.',
      'WebP: a frame lies beyond the canvas.',
      'WebP: a frame lies about its size.',
      'WebP: a frame has no picture.',
      'WebP: the VP8 start code is missing.',
    ])
  })

  it('too many frames to go through are refused', async () => {
    const pixels = pixelChunks(
      await sharp({ create: { width: 5000, height: 2500, channels: 3, background: 'red' } })
        .webp({ lossless: true, effort: 0 })
        .toBuffer(),
    )
    const frames = Array.from({ length: 9 }, () => frame({ x: 0, y: 0, width: 5000, height: 2500 }, pixels))
    const file = webpFile(extended(5000, 2500, { animation: true }), animationHeader, ...frames)
    const probe = webp.probe(file)
    await expect(decodeAs(context, 'webp', file, { ...wholeImage(probe), page: 9 })).rejects.toMatchObject({ code: 'too_many_pixels' })
  })

  it('cut at any byte, every kind ends in an error or a picture of the right size', async () => {
    const small = await lossless(noise(6, 5, true))
    const files = [small, await sharp(small).webp({ quality: 50 }).toBuffer(), await animated('webp')]
    for (const file of files) {
      const step = Math.max(1, Math.floor(file.length / 300))
      for (let length = 12; length < file.length; length += step) {
        const outcome = await Promise.resolve()
          .then(() => decode(file.subarray(0, length)))
          .catch((error: unknown) => error)
        const what = `the first ${length} of ${file.length} bytes`
        if (outcome instanceof AppError) expect(['invalid_image', 'unsupported_format'], what).toContain(outcome.code)
        else {
          const { width, height } = webp.probe(file)
          expect(outcome, what).toMatchObject({ width, height })
          expect((outcome as Raster).data, what).toHaveLength(width * height * 4)
        }
      }
    }
    expect(await refusal(truncated(await photo({ format: 'webp' })))).toBe('WebP: the pixels end too early.')
  })
})

describe('memory', () => {
  it('an animation takes its canvas and some rows of a frame, however long it is', async () => {
    const [width, height] = [300, 200]
    const pixels = pixelChunks(await lossless(noise(width, height, true)))
    const frames = Array.from({ length: 40 }, () => frame({ x: 0, y: 0, width, height }, pixels))
    const file = webpFile(extended(width, height, { animation: true, alpha: true }), animationHeader, ...frames)
    const probe = webp.probe(file)
    const sizes: number[] = []
    for (const page of [1, 40]) {
      const { core, ...rest } = await openRowsContext(openImageContext().context)
      const before = core.mark()
      const geometry = { ...wholeImage(probe), page }
      const rows = await webp.rows(file, probe, geometry, { core, ...rest })
      expect(core.mark() - before).toBeLessThan(width * height * 4 + 20_000)
      expect(rows.height).toBe(height)
      expect(core.size() - before).toBeLessThanOrEqual(webp.rowsBytes(probe, geometry, file.length))
      sizes.push(core.size())
    }
    expect(sizes[0]).toBe(sizes[1])
  })

  /** What the instance that small runs share has from its start. */
  const KEPT_INSTANCE_BYTES = 16 * 1024 * 1024
  const instances = countInstances()
  it.each([
    ['lossy noise', false, { quality: 95 }],
    ['lossy noise with alpha', true, { quality: 95 }],
  ])('decoding takes what it said: %s', async (_name, isTranslucent, options) => {
    const { width, height, data } = noise(2100, 1400, isTranslucent)
    const picture = sharp(data, { raw: { width, height, channels: 4 } })
    const file = await (isTranslucent ? picture : picture.removeAlpha()).webp({ ...options, effort: 0 }).toBuffer()
    const probe = webp.probe(file)
    // A large run, so that its instance has the memory of its need from the start; a grown one would have a fifth too much.
    const result = await decodeAs(context, 'webp', file)
    expect(instances.bytes() + result.data.length).toBeLessThanOrEqual(
      webp.rowsBytes(probe, wholeImage(probe), file.length) + result.data.length,
    )
  })

  it.each([
    ['up to 0.7 megapixels', 950, 700],
    ['up to 1', 1100, 900],
    ['beyond', 1250, 1000],
  ])('encoding takes what it said: %s', async (_name, width, height) => {
    for (const isTranslucent of [false, true]) {
      for (const quality of isTranslucent ? [100] : [80, 100]) {
        instances.reset()
        await encodeAs(context, 'webp', noise(width, height, isTranslucent), { quality })
        const promised = webp.encodeBytes({ width, height }, { quality }, !isTranslucent)
        expect(instances.bytes(), `${isTranslucent ? 'translucent' : 'opaque'}, quality ${quality}`).toBeLessThanOrEqual(
          Math.max(promised, KEPT_INSTANCE_BYTES),
        )
      }
    }
  })
})

describe('encoding', () => {
  it('gives a file that libwebp elsewhere shows near the raster, alpha exactly, however large', async () => {
    for (const [width, height] of [
      [37, 21],
      [900, 800],
      [1250, 1000],
    ] as const) {
      const picture = sharp(await translucent('png')).resize(width, height, { fit: 'fill' })
      const data = new Uint8ClampedArray(await picture.raw().toBuffer())
      const file = await encodeAs(context, 'webp', { width, height, data }, { quality: 90 })
      const shown = await sharp(file).ensureAlpha().raw().toBuffer()
      expect(shown.length).toBe(data.length)
      let squares = 0
      let wrongAlphas = 0
      for (let i = 0; i < data.length; i++) {
        if (i % 4 === 3) wrongAlphas += shown[i] === data[i] ? 0 : 1
        else if ((data[i | 3] ?? 0) > 0) squares += ((shown[i] ?? 0) - (data[i] ?? 0)) ** 2
      }
      expect(wrongAlphas).toBe(0)
      expect(10 * Math.log10((255 * 255 * data.length) / squares)).toBeGreaterThan(30)
    }
  })
})

describe('lossless', () => {
  it('every pixel comes back, hidden colours too, whatever the quality', async () => {
    for (const raster of [noise(150, 90, true), noise(70, 120, false)]) {
      const file = await encodeAs(context, 'webp', raster, { quality: 1, lossless: true })
      expect(await encodeAs(context, 'webp', raster, { quality: 100, lossless: true })).toEqual(file)
      expect(Buffer.compare(await expected(file), Buffer.from(raster.data.buffer))).toBe(0)
    }
  })

  it('is part of a plan for WebP alone, and then the quality is not', () => {
    const text = (format: 'webp' | 'jpeg', quality: number, lossless?: true): string =>
      canonical({ steps: [], output: { format, quality, ...(lossless && { lossless }) } })
    expect(text('webp', 50, true)).toBe(text('webp', 90, true))
    expect(text('webp', 100, true)).not.toBe(text('webp', 100))
    expect(text('webp', 100)).not.toContain('lossless')
    expect(text('jpeg', 50, true)).toBe(text('jpeg', 50))
  })
})
