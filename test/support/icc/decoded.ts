import sharp from 'sharp'
import { expect } from 'vitest'
import { decodeRaster } from '../../../src/image/execute.ts'
import { wholeImage } from '../../../src/image/geometry.ts'
import { uprightShape } from '../../../src/image/orientation.ts'
import { codec } from '../../../src/image/plan.ts'
import { sniffFormat } from '../../../src/image/planner.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { openImageContext } from '../image-context.ts'

/** A file as we decode it: whole, upright, in sRGB. */
export async function decoded(file: Uint8Array): Promise<Raster> {
  const { context, release } = openImageContext()
  try {
    const format = sniffFormat(file)
    const probe = codec(format).probe(file)
    return await decodeRaster(context, file, format, probe, wholeImage(uprightShape(probe, probe.orientation)))
  } finally {
    await release(true)
  }
}

export const decodedBytes = async (file: Uint8Array): Promise<Uint8Array> => new Uint8Array((await decoded(file)).data)

/** RGBA as libvips and lcms have it. */
export const bytesBySharp = async (file: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await sharp(file).toColourspace('srgb').ensureAlpha().raw().toBuffer())

/** In decibels, over all channels. */
export function psnr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  let square = 0
  for (let i = 0; i < a.length; i++) square += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2
  return square === 0 ? Infinity : 10 * Math.log10((255 ** 2 * a.length) / square)
}
