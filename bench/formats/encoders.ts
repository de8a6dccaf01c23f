import createEncoder from '@jsquash/avif/codec/enc/avif_enc.js'
import { defaultOptions } from '@jsquash/avif/meta.js'
import sharp, { type Sharp } from 'sharp'
import { emscriptenInstances } from '../../src/image/codecs/emscripten-instances.ts'
import { rasterRows } from '../../src/image/engine/rows/pixel-rows.ts'
import { openRowsContext } from '../../src/image/execute.ts'
import { codec, type WrittenName } from '../../src/image/plan.ts'
import { openImageContext, wasmFromDisk } from '../../test/support/image-context.ts'
import type { Encode } from '../webp-quality/encoders.ts'

/** An encoder of this service, as a plan calls it. */
const ours =
  (format: WrittenName, effort?: number): Encode =>
  async (raster, quality) => {
    const { context, release } = openImageContext()
    const rows = await openRowsContext(context)
    const picture = {
      width: raster.width,
      height: raster.height,
      read: <T>(work: (all: ReturnType<typeof rasterRows>) => Promise<T>) => work(rasterRows(rows.core, raster)),
    }
    const { options, encode } = codec(format)
    const file = await encode(picture, options.parse({ quality, effort }) as never, rows) // that codec's own options
    await release(true)
    return file
  }

/** One of sharp's (libvips). */
const theirs =
  (write: (image: Sharp, quality: number) => Sharp): Encode =>
  ({ data, width, height }, quality) =>
    write(sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha(), quality).toBuffer()

/** What is compared, the reference first. */
export const ENCODERS: Readonly<Record<string, Encode>> = {
  WebP: ours('webp'),
  JPEG: ours('jpeg'),
  'AVIF fast': ours('avif'),
  'AVIF small': ours('avif', codec('avif').queuedEffort),
  'JPEG XL': ours('jxl'),
  'JPEG XL small': ours('jxl', codec('jxl').queuedEffort),
  'sharp JPEG': theirs((image, quality) => image.jpeg({ quality })),
  'sharp WebP': theirs((image, quality) => image.webp({ quality })),
  'sharp AVIF': theirs((image, quality) => image.avif({ quality, chromaSubsampling: '4:2:0' })),
}

interface Libaom {
  encode(data: Uint8ClampedArray, width: number, height: number, settings: typeof defaultOptions): Uint8Array<ArrayBuffer> | null
}
const withLibaom = emscriptenInstances<Libaom>(createEncoder, 'internal')

/** libaom at a speed, with its own qualities, 0 to 100. */
export const libaom =
  (speed: number): Encode =>
  ({ data, width, height }, quality) =>
    withLibaom({ load: wasmFromDisk.avifEncoder, memoryBytes: 20_000_000 + 50 * width * height }, (encoder) => {
      const file = encoder.encode(data, width, height, { ...defaultOptions, quality, speed })
      if (file === null) throw new Error('libaom did not encode')
      return file
    })
