import { describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { createCore } from '../../../../src/image/engine/core.ts'
import type { ScaledJpegCore } from '../../../../src/image/engine/jpeg/scaled/convert.ts'
import { planScaledDecode } from '../../../../src/image/engine/jpeg/scaled/decode-scale.ts'
import { wholeImage } from '../../../../src/image/geometry.ts'
import type { Raster } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import { drawPattern, PATTERNS } from '../../../support/patterns.ts'
import { encodeRaster, jpegToJpeg, jpegToRaster } from '../../../support/stages.ts'

const module = await coreModule()
const newCore = (): ScaledJpegCore => createCore(module)
const WIDTH = 121

async function decoded(file: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(file).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

/** By libvips, which shrinks in areas to twice the size first, and then by its kernel. */
async function resampled({ data, width, height }: Raster): Promise<Raster> {
  const small = sharp(data, { raw: { width, height, channels: 4 } }).resize(WIDTH, WIDTH, { fit: 'fill' })
  return { width: WIDTH, height: WIDTH, data: new Uint8ClampedArray(await small.raw().toBuffer()) }
}

/** Peak signal-to-noise ratio of the colours in decibels. */
function psnr(a: Raster, b: Raster): number {
  let error = 0
  for (let i = 0; i < a.data.length; i++) error += ((a.data[i] as number) - (b.data[i] as number)) ** 2
  return 10 * Math.log10((255 ** 2 * a.data.length * 0.75) / Math.max(error, 1e-9))
}

describe('a JPEG of fine detail that is made smaller', () => {
  // The reductions of the decoder alone give 14 to 27 dB here; sharp, which keeps the same margin, 36 to 99 dB.
  it.each(PATTERNS.flatMap((pattern) => [2, 2.1, 2.9, 4, 4.1, 4.9, 8, 8.1, 8.9].map((ratio) => [pattern, ratio] as const)))(
    'shows what a full decode and one resampling show: %s, to 1/%d',
    async (pattern, ratio) => {
      const side = Math.round(WIDTH * ratio)
      const source = await drawPattern(pattern, { width: side, height: side })
      const fine = { quality: 92, colour: 'ycbcr', progressive: false, optimise: false } as const
      const file = encodeRaster(newCore(), source, { ...fine, subsampling: '4:2:0' })
      const expected = await resampled(await decoded(file))
      const geometry = { ...wholeImage(source), width: WIDTH, height: WIDTH }
      expect(psnr(expected, jpegToRaster(newCore(), file, 1, geometry))).toBeGreaterThan(38)
      const small = await decoded(await jpegToJpeg(newCore(), file, 1, geometry, { ...fine, quality: 100, subsampling: '4:4:4' }))
      expect(psnr(expected, small)).toBeGreaterThan(36)
    },
  )
})

describe('the scale that a JPEG is decoded at', () => {
  const scaleTo = (width: number): number =>
    planScaledDecode({ width: 4000, height: 3000 }, 1, { ...wholeImage({ width: 4000, height: 3000 }), width, height: (width * 3) / 4 })
      .scale

  it.each([
    [4000, 1],
    [2000, 1],
    [1336, 1],
    [1333, 2],
    [1000, 2],
    [804, 2],
    [800, 4],
    [500, 4],
    [448, 4],
    [444, 8],
    [100, 8],
  ])('4,000 pixels to %i: 1/%i', (width, scale) => {
    expect(scaleTo(width)).toBe(scale)
  })
})
