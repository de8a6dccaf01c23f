import decodeByMozjpeg, { init as initDecoder } from '@jsquash/jpeg/decode.js'
import encodeByMozjpeg, { init as initEncoder } from '@jsquash/jpeg/encode.js'
import * as z from 'zod'
import type { ImageContext } from '../context.ts'
import { encodeRaster } from '../engine/jpeg-encode-raster.ts'
import { estimateEncodeBytes } from '../engine/jpeg-encoder.ts'
import { estimateThumbnailBytes, thumbnailSource, type ThumbnailSource } from '../engine/estimate-thumbnail.ts'
import { estimatePassBytes, jpegPass, jpegToRasters } from '../engine/jpeg-pass.ts'
import { jpegToJpeg, jpegToRaster } from '../engine/thumbnail.ts'
import type { Raster, Shape } from '../raster.ts'
import { defineCodec, type Probe } from './define.ts'
import { guardModule, imageData, ownBuffer } from './emscripten.ts'
import { fit } from './fit.ts'

const withDecoder = guardModule((module) => initDecoder(module), 'invalid_image')
const withEncoder = guardModule((module) => initEncoder(module), 'internal')

interface JpegProbe extends Probe {
  readonly source: ThumbnailSource
}

const options = z.object({ quality: z.int().min(1).max(100), effort: z.int().min(1).max(100).optional() })
type JpegOptions = z.output<typeof options>

/** From here on MozJPEG's trellis quantisation makes the smallest files, at twenty times the time. */
const MOZJPEG_EFFORT = 90
const PROGRESSIVE_EFFORT = 60
const OPTIMISE_EFFORT = 20

/** Effort as the engine's encoder knows it: typical Huffman tables, tables made for the picture (the default), or several scans as well. */
const engineOptions = ({ quality, effort = OPTIMISE_EFFORT }: JpegOptions) =>
  ({ quality, subsampling: '4:2:0', optimise: effort >= OPTIMISE_EFFORT, progressive: effort >= PROGRESSIVE_EFFORT }) as const

const usesMozjpeg = ({ effort }: JpegOptions): boolean => (effort ?? 0) >= MOZJPEG_EFFORT

/** Arithmetic coding is the one kind of 8-bit JPEG that the engine leaves to MozJPEG. */
const needsMozjpeg = ({ source: { header } }: JpegProbe): boolean => header.arithmetic && header.precision === 8

/** No JPEG of sensible quality is larger than its samples. */
const encodedBytes = ({ width, height }: Shape): number => 2 * width * height + 65_536

export const jpeg = defineCodec({
  mime: 'image/jpeg',
  extension: 'jpg',
  can: { decode: true, encode: true, alpha: false },
  options,
  sniff: (head) => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff,
  probe(file): JpegProbe {
    const source = thumbnailSource(file)
    const { width, height, orientation } = source.header
    return { width, height, orientation, hasAlpha: false, frames: 1, source }
  },
  async decode(file, probe, geometry, context) {
    if (needsMozjpeg(probe)) return fit(await decodeWhole(file, probe, context), probe, geometry, context)
    return jpegToRaster(await context.core(), file, probe.orientation, geometry)
  },
  pass: {
    of: (probe, geometry) => (needsMozjpeg(probe) ? null : jpegPass(probe.source.header, probe.orientation, geometry)),
    decode: async (file, probe, geometries, context) => jpegToRasters(await context.core(), file, probe.orientation, geometries),
    bytes: ({ source, orientation }, geometries) => estimatePassBytes(source, orientation, geometries),
  },
  async encode(raster, wish, context) {
    if (!usesMozjpeg(wish)) return encodeRaster(await context.core(), raster, { ...engineOptions(wish), colour: 'ycbcr' })
    const run = { load: context.wasm.jpegEncoder, pixels: raster.width * raster.height }
    return new Uint8Array(await withEncoder(run, () => encodeByMozjpeg(imageData(raster), { quality: wish.quality })))
  },
  async recode(file, probe, geometry, wish, context) {
    if (needsMozjpeg(probe) || usesMozjpeg(wish)) return null
    return jpegToJpeg(await context.core(), file, probe.orientation, geometry, engineOptions(wish))
  },
  recodeBytes(probe, geometry, wish) {
    if (needsMozjpeg(probe) || usesMozjpeg(wish)) return null
    return estimateThumbnailBytes(probe.source, probe.orientation, geometry, engineOptions(wish)) + encodedBytes(geometry)
  },
  decodeBytes(probe, geometry, fileBytes) {
    if (needsMozjpeg(probe)) return 9 * probe.width * probe.height + 8 * geometry.width * geometry.height + 2 * fileBytes
    const rasters = (probe.orientation === 1 ? 4 : 8) * geometry.width * geometry.height
    return estimateThumbnailBytes(probe.source, probe.orientation, geometry) + rasters
  },
  encodeBytes: (shape: Shape, wish) =>
    usesMozjpeg(wish)
      ? 12 * shape.width * shape.height + 2_000_000
      : estimateEncodeBytes(shape, { ...engineOptions(wish), colour: 'ycbcr' }),
})

async function decodeWhole(file: Uint8Array, probe: JpegProbe, context: ImageContext): Promise<Raster> {
  const run = { load: context.wasm.jpegDecoder, pixels: probe.width * probe.height }
  const { width, height, data } = await withDecoder(run, () => decodeByMozjpeg(ownBuffer(file)))
  return { width, height, data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length) }
}
