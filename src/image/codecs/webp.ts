import decodeWebp, { init as initDecoder } from '@jsquash/webp/decode.js'
import encodeWebp, { init as initEncoder } from '@jsquash/webp/encode.js'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { defineCodec } from './define.ts'
import { guardModule, imageData, ownBuffer } from './emscripten.ts'
import { fit } from './fit.ts'
import { isWebp, probeWebp } from './webp-header.ts'

const withDecoder = guardModule((module) => initDecoder(module), 'invalid_image')
const withEncoder = guardModule((module) => initEncoder(module), 'internal')

/** What an instance of libwebp takes to begin with. */
const INSTANCE_BYTES = 16_777_216

/** libwebp's `method`: 0 fastest … 6 smallest; 4 is its default. */
const methodOf = (effort: number | undefined): number => (effort === undefined ? 4 : Math.round(((effort - 1) / 99) * 6))

export const webp = defineCodec({
  mime: 'image/webp',
  extension: 'webp',
  can: { decode: true, encode: true, alpha: true },
  options: z.object({ quality: z.int().min(1).max(100), effort: z.int().min(1).max(100).optional() }),
  sniff: isWebp,
  probe: probeWebp,
  async decode(file, probe, geometry, context) {
    if (probe.frames > 1) throw new AppError('unsupported_format', { reason: 'Animated WebP files are not decoded.' })
    const { width, height, data } = await withDecoder({ load: context.wasm.webpDecoder, pixels: probe.width * probe.height }, () =>
      decodeWebp(ownBuffer(file)),
    )
    if (width !== probe.width || height !== probe.height)
      throw new AppError('invalid_image', { reason: 'WebP: the header lies about the size.' })
    return fit({ width, height, data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length) }, probe, geometry, context)
  },
  async encode(raster, { quality, effort }, context) {
    const file = await withEncoder({ load: context.wasm.webpEncoder, pixels: raster.width * raster.height }, () =>
      encodeWebp(imageData(raster), { quality, method: methodOf(effort), low_memory: 1 }),
    )
    return new Uint8Array(file)
  },
  /** The decoder's instance (measured 5.8 bytes a pixel), its picture, the copy of the file, and the result. */
  decodeBytes: ({ width, height }, geometry, fileBytes) =>
    Math.max(INSTANCE_BYTES, 6 * width * height + 2_000_000) + 4 * width * height + fileBytes + 8 * geometry.width * geometry.height,
  /** The encoder's instance: measured 11.7 bytes a pixel on noise. */
  encodeBytes: ({ width, height }) => Math.max(INSTANCE_BYTES, 13 * width * height + 2_000_000) + width * height,
})
