import decodePng, { init as initDecoder } from '@jsquash/png/decode.js'
import encodePng, { init as initEncoder } from '@jsquash/png/encode.js'
import { z } from 'zod'
import { isPng } from '../engine/png-chunks.ts'
import { probePng } from '../engine/png-header.ts'
import { defineCodec } from './define.ts'
import { guardModule, imageData, ownBuffer } from './emscripten.ts'
import { fit } from './fit.ts'

const withDecoder = guardModule((module) => initDecoder(module), 'invalid_image')
const withEncoder = guardModule((module) => initEncoder(module), 'internal')

export const png = defineCodec({
  mime: 'image/png',
  extension: 'png',
  can: { decode: true, encode: true, alpha: true },
  options: z.object({}),
  sniff: isPng,
  probe: probePng,
  async decode(file, probe, geometry, context) {
    const { width, height, data } = await withDecoder(context.wasm.png, () => decodePng(ownBuffer(file)))
    return fit({ width, height, data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length) }, probe, geometry, context)
  },
  async encode(raster, _options, context) {
    return new Uint8Array(await withEncoder(context.wasm.png, () => encodePng(imageData(raster))))
  },
  decodeBytes: ({ width, height }, geometry, fileBytes) => 9 * width * height + 8 * geometry.width * geometry.height + 2 * fileBytes,
  encodeBytes: ({ width, height }) => 10 * width * height + 2_000_000,
})
