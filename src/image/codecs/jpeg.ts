import decodeJpeg, { init as initDecoder } from '@jsquash/jpeg/decode.js'
import encodeJpeg, { init as initEncoder } from '@jsquash/jpeg/encode.js'
import { z } from 'zod'
import { probeJpeg } from '../engine/jpeg-header.ts'
import type { Orientation } from '../orientation.ts'
import { defineCodec } from './define.ts'
import { guardModule, imageData, ownBuffer } from './emscripten.ts'
import { fit } from './fit.ts'

const withDecoder = guardModule((module) => initDecoder(module), 'invalid_image')
const withEncoder = guardModule((module) => initEncoder(module), 'internal')

export const jpeg = defineCodec({
  mime: 'image/jpeg',
  extension: 'jpg',
  can: { decode: true, encode: true, alpha: false },
  options: z.object({ quality: z.int().min(1).max(100) }),
  sniff: (head) => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff,
  probe(file) {
    const { width, height, orientation } = probeJpeg(file)
    return { width, height, orientation: orientation as Orientation, hasAlpha: false, frames: 1 }
  },
  async decode(file, probe, geometry, context) {
    const { width, height, data } = await withDecoder(context.wasm.jpegDecoder, () => decodeJpeg(ownBuffer(file)))
    return fit({ width, height, data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length) }, probe, geometry, context)
  },
  async encode(raster, { quality }, context) {
    return new Uint8Array(await withEncoder(context.wasm.jpegEncoder, () => encodeJpeg(imageData(raster), { quality })))
  },
  decodeBytes: ({ width, height }, geometry, fileBytes) => 9 * width * height + 8 * geometry.width * geometry.height + 2 * fileBytes,
  encodeBytes: ({ width, height }) => 10 * width * height + 2_000_000,
})
