import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createCore } from '../../../../src/image/engine/core.ts'
import type { JpegEncodeOptions } from '../../../../src/image/engine/jpeg/encode/encoder.ts'
import { estimateScaledBytes, readJpegSource } from '../../../../src/image/engine/jpeg/scaled/estimate.ts'
import type { ScaledJpegCore } from '../../../../src/image/engine/jpeg/scaled/convert.ts'
import type { Geometry, Rectangle } from '../../../../src/image/geometry.ts'
import { type Orientation, uprightShape } from '../../../../src/image/orientation.ts'
import type { Raster, Shape } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import { encodeRaster, jpegToJpeg, jpegToRaster, resampleRaster } from '../../../support/stages.ts'
import { turnUpright } from '../../definitions/turn-upright.ts'

const module = await coreModule()
const newCore = (): ScaledJpegCore => createCore(module)

const FINE: JpegEncodeOptions = { quality: 95, subsampling: '4:4:4', colour: 'ycbcr', progressive: false, optimise: false }
const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const satisfies readonly Orientation[]

/** Waves of the given length, whose colours change as strongly as their brightness. */
function waves(width: number, height: number, length: number): Raster {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)]
    data[i * 4] = 128 + 100 * Math.sin((x + 0.4 * y) / length)
    data[i * 4 + 1] = 128 + 90 * Math.sin((x - y) / length + 1)
    data[i * 4 + 2] = 128 + 100 * Math.cos((0.3 * x + y) / length)
    data[i * 4 + 3] = 255
  }
  return { width, height, data }
}

async function decode(file: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(file, { failOn: 'warning' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

function psnr(a: Raster, b: Raster): number {
  expect([b.width, b.height]).toEqual([a.width, a.height])
  const error = a.data.reduce((sum, sample, i) => sum + (sample - (b.data[i] as number)) ** 2, 0) / a.data.length
  return 10 * Math.log10(255 ** 2 / Math.max(error, 1e-9))
}

const whole = ({ width, height }: Shape): Rectangle => ({ x: 0, y: 0, width, height })

/** What the pipelines shorten: decode in full, turn upright, cut, scale. */
async function longWay(file: Uint8Array, orientation: Orientation, { window, width, height, kernel }: Geometry): Promise<Raster> {
  return resampleRaster(newCore(), turnUpright(await decode(file), orientation), width, height, kernel, window)
}

const job = fc.record({
  width: fc.integer({ min: 1, max: 90 }),
  height: fc.integer({ min: 1, max: 90 }),
  subsampling: fc.constantFrom('4:4:4' as const, '4:2:2' as const, '4:2:0' as const),
  progressive: fc.boolean(),
  orientation: fc.constantFrom(...ORIENTATIONS),
  cut: fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 40 }))),
  target: fc.record({ width: fc.integer({ min: 1, max: 120 }), height: fc.integer({ min: 1, max: 120 }) }),
  out: fc.constantFrom('4:4:4' as const, '4:2:0' as const),
})

function geometryOf({
  width,
  height,
  orientation,
  cut,
  target,
}: {
  width: number
  height: number
  orientation: Orientation
  cut: number[]
  target: Shape
}): Geometry {
  const upright = uprightShape({ width, height }, orientation)
  const [left, top, right, bottom] = cut.map((percent) => (percent < 10 ? 0 : percent / 100)) as [number, number, number, number]
  const x = Math.floor(left * upright.width)
  const y = Math.floor(top * upright.height)
  const window = { x, y, width: Math.ceil(upright.width * (1 - right)) - x, height: Math.ceil(upright.height * (1 - bottom)) - y }
  return { window, ...target, kernel: 'lanczos3' }
}

describe('jpegToJpeg and jpegToRaster', () => {
  it('show what decoding in full, turning, cutting and scaling shows, whatever the size, sampling and orientation', async () => {
    await fc.assert(
      fc.asyncProperty(job, async (given) => {
        // Waves that every scale of the decoder and every target here can show.
        const source = waves(given.width, given.height, 60)
        const file = encodeRaster(newCore(), source, { ...FINE, subsampling: given.subsampling, progressive: given.progressive })
        const geometry = geometryOf(given)
        const expected = await longWay(file, given.orientation, geometry)
        expect(psnr(expected, jpegToRaster(newCore(), file, given.orientation, geometry))).toBeGreaterThan(36)
        const options = { ...FINE, subsampling: given.out }
        const thumbnail = await decode(await jpegToJpeg(newCore(), file, given.orientation, geometry, options))
        const ideal = await decode(encodeRaster(newCore(), expected, options))
        expect(psnr(expected, thumbnail)).toBeGreaterThan(Math.min(34, psnr(expected, ideal) - 1.5))
      }),
      { numRuns: 150, seed: 21 },
    )
  }, 120_000)

  it.each(ORIENTATIONS)('keep chroma in its place at odd sizes, orientation %i', async (orientation) => {
    // The colour changes within a few pixels, so that chroma that is half a sample off costs several decibels.
    const stored = encodeRaster(newCore(), waves(202, 166, 9), FINE)
    const upright = uprightShape({ width: 202, height: 166 }, orientation)
    const geometry: Geometry = {
      window: whole(upright),
      width: Math.ceil(upright.width / 2) | 1,
      height: Math.ceil(upright.height / 2) | 1,
      kernel: 'lanczos3',
    }
    const expected = await longWay(stored, orientation, geometry)
    const ours = await decode(await jpegToJpeg(newCore(), stored, orientation, geometry, { ...FINE, subsampling: '4:2:0' }))
    const ideal = await decode(encodeRaster(newCore(), expected, { ...FINE, subsampling: '4:2:0' }))
    expect(psnr(expected, ours)).toBeGreaterThan(psnr(expected, ideal) - 0.7)
  })

  it('shows nothing of what was cut off', async () => {
    const source = waves(160, 120, 10)
    for (let i = 0; i < 160 * 120; i++) {
      const isInside = i % 160 >= 48 && i % 160 < 112 && i >= 160 * 32 && i < 160 * 96
      source.data.set(isInside ? [30, 60, 220] : [255, 0, 0], i * 4)
    }
    const file = encodeRaster(newCore(), source, FINE)
    for (const side of [64, 63, 37, 16, 9, 130]) {
      const geometry: Geometry = { window: { x: 48, y: 32, width: 64, height: 64 }, width: side, height: side, kernel: 'lanczos3' }
      for (const [way, { data }] of [
        ['as pixels', jpegToRaster(newCore(), file, 1, geometry)],
        ['as JPEG', await decode(await jpegToJpeg(newCore(), file, 1, geometry, { ...FINE, subsampling: '4:2:0' }))],
      ] as const) {
        for (let i = 0; i < data.length; i += 4)
          expect((data[i] as number) < 45 && (data[i + 2] as number) > 205, `${way}, side ${side}, pixel ${i / 4}`).toBe(true)
      }
    }
  })

  it.each([
    [1500, 1000, 400],
    [1500, 1000, 730],
    [1500, 1000, 190],
  ])('are within 0.3 dB of sharp from %i x %i to %i', async (width, height, targetWidth) => {
    const source = waves(width, height, 7)
    const soft = waves(width, height, 90)
    source.data.forEach((sample, i) => (source.data[i] = (sample + 3 * (soft.data[i] as number)) / 4))
    const file = encodeRaster(newCore(), source, { ...FINE, quality: 87, subsampling: '4:2:0' })
    const target = { width: targetWidth, height: Math.round((height * targetWidth) / width) }
    const full = await decode(file)
    const reference = await sharp(full.data, { raw: { width, height, channels: 4 } })
      .resize(target.width, target.height, { fit: 'fill' })
      .raw()
      .toBuffer()
    const expected = { ...target, data: new Uint8ClampedArray(reference) }
    const theirs = await decode(await sharp(file).resize(target.width, target.height, { fit: 'fill' }).jpeg({ quality: 80 }).toBuffer())
    const options = { quality: 80, subsampling: '4:2:0', progressive: false, optimise: true } as const
    const ours = await decode(await jpegToJpeg(newCore(), file, 1, { window: whole(source), ...target, kernel: 'lanczos3' }, options))
    expect(psnr(expected, ours)).toBeGreaterThan(psnr(expected, theirs) - 0.3)
  })

  it('keeps gray gray, and brings CMYK over RGB', async () => {
    const source = waves(120, 90, 30)
    const geometry: Geometry = { window: whole(source), width: 40, height: 30, kernel: 'lanczos3' }
    const gray = encodeRaster(newCore(), source, { ...FINE, colour: 'gray' })
    const small = await jpegToJpeg(
      newCore(),
      gray,
      6,
      { ...geometry, window: { x: 0, y: 0, width: 90, height: 120 }, width: 30, height: 40 },
      FINE,
    )
    expect(await sharp(small).metadata()).toMatchObject({ width: 30, height: 40, channels: 1 })
    const cmyk = await sharp(source.data, { raw: { width: 120, height: 90, channels: 4 } })
      .removeAlpha()
      .toColourspace('cmyk')
      .jpeg({ quality: 95 })
      .toBuffer()
    expect(await sharp(await jpegToJpeg(newCore(), cmyk, 1, geometry, FINE)).metadata()).toMatchObject({
      width: 40,
      height: 30,
      channels: 3,
    })
  })

  it('cuts at whole pixels without touching them', async () => {
    const file = encodeRaster(newCore(), waves(75, 60, 20), FINE)
    const full = jpegToRaster(newCore(), file, 1, {
      window: { x: 0, y: 0, width: 75, height: 60 },
      width: 75,
      height: 60,
      kernel: 'lanczos3',
    })
    const cut = jpegToRaster(newCore(), file, 1, {
      window: { x: 21, y: 17, width: 30, height: 22 },
      width: 30,
      height: 22,
      kernel: 'lanczos3',
    })
    for (let y = 0; y < 22; y++) {
      const from = ((y + 17) * 75 + 21) * 4
      expect(cut.data.subarray(y * 120, y * 120 + 120)).toEqual(full.data.subarray(from, from + 120))
    }
  })

  it('picks pixels of the source for nearest', async () => {
    const file = encodeRaster(newCore(), waves(96, 96, 3), FINE)
    const geometry: Geometry = { window: { x: 0, y: 0, width: 96, height: 96 }, width: 12, height: 12, kernel: 'nearest' }
    const full = await decode(file)
    const { data } = jpegToRaster(newCore(), file, 1, geometry)
    for (let i = 0; i < 144; i++) {
      const from = ((Math.floor(i / 12) * 8 + 4) * 96 + (i % 12) * 8 + 4) * 4
      for (let channel = 0; channel < 3; channel++)
        expect(
          Math.abs((data[i * 4 + channel] as number) - (full.data[from + channel] as number)),
          `pixel ${i}, channel ${channel}`,
        ).toBeLessThanOrEqual(2)
    }
  })

  it('stay within the estimate of their memory', async () => {
    await fc.assert(
      fc.asyncProperty(job, fc.integer({ min: 1, max: 12 }), async (given, factor) => {
        const [width, height] = [given.width * factor, given.height * factor]
        const file = encodeRaster(newCore(), waves(width, height, 5), {
          ...FINE,
          subsampling: given.subsampling,
          progressive: given.progressive,
        })
        const geometry = geometryOf({ ...given, width, height })
        const target = { ...geometry, width: geometry.width * factor, height: geometry.height * factor }
        for (const progressive of [false, true]) {
          const options = { ...FINE, subsampling: given.out, progressive, optimise: true }
          const core = newCore()
          await jpegToJpeg(core, file, given.orientation, target, options)
          expect(core.size()).toBeLessThanOrEqual(estimateScaledBytes(readJpegSource(file), given.orientation, target, options))
        }
        const core = newCore()
        jpegToRaster(core, file, given.orientation, target)
        expect(core.size()).toBeLessThanOrEqual(estimateScaledBytes(readJpegSource(file), given.orientation, target))
      }),
      { numRuns: 40, seed: 22 },
    )
  }, 120_000)

  it('make the same bytes of a picture whether it is stored in one scan or in several', async () => {
    // The decoder needs more memory for the lower rows, when the encoder has seen the upper ones.
    const [width, height] = [1600, 1600]
    const lower = Uint8Array.from({ length: (width * height * 3) / 2 }, (_, i) => Math.imul(i + 1, 2_654_435_761) >>> 24)
    const raw = sharp(Buffer.concat([Buffer.alloc(lower.length, 99), lower]), { raw: { width, height, channels: 3 } })
    const geometry: Geometry = { window: whole({ width, height }), width: 1500, height: 1500, kernel: 'lanczos3' }
    const options = { quality: 80, subsampling: '4:2:0', progressive: false, optimise: true } as const
    const [one, several] = await Promise.all(
      [false, true].map(async (progressive) =>
        jpegToJpeg(newCore(), await raw.clone().jpeg({ progressive }).toBuffer(), 1, geometry, options),
      ),
    )
    expect(Buffer.compare(one!, several!)).toBe(0)
  })

  it.each([1, 2, 4, 8])('stays within the estimate for a progressive file of noise at 1/%i', async (scale) => {
    const [width, height] = [1024, 768]
    const noise = Buffer.from(Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.imul(i + 1, 2_654_435_761) >>> 24))
    const file = await sharp(noise, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 100, progressive: true, chromaSubsampling: '4:4:4' })
      .toBuffer()
    const target = { window: { x: 0, y: 0, width, height }, width: width / scale, height: height / scale, kernel: 'lanczos3' } as const
    const core = newCore()
    jpegToRaster(core, file, 1, target)
    const estimate = estimateScaledBytes(readJpegSource(file), 1, target)
    expect(core.size()).toBeLessThanOrEqual(estimate)
    expect(estimate, 'near enough to be of use').toBeLessThanOrEqual(2 * core.size() + 1_000_000)
  })
})
