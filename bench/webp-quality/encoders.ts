import createEncoder from '@jsquash/webp/codec/enc/webp_enc_simd.js'
import { defaultOptions } from '@jsquash/webp/meta.js'
import sharp from 'sharp'
import { emscriptenInstances } from '../../src/image/codecs/emscripten-instances.ts'
import { createCore } from '../../src/image/engine/core.ts'
import { rasterRows } from '../../src/image/engine/rows/pixel-rows.ts'
import type { Vp8EncoderExports } from '../../src/image/engine/webp/encode/exports.ts'
import { createVp8RowEncoder } from '../../src/image/engine/webp/encode/rows.ts'
import type { Raster } from '../../src/image/raster.ts'
import { wasmFromDisk } from '../../test/support/image-context.ts'

export type Encode = (raster: Raster, quality: number) => Promise<Uint8Array>

interface Libwebp {
  encode(data: Uint8ClampedArray, width: number, height: number, settings: typeof defaultOptions): Uint8Array<ArrayBuffer> | null
}

const withLibwebp = emscriptenInstances<Libwebp>(createEncoder, 'internal')

/** Our own encoder at an effort, 1 to 100. */
export const own =
  (effort?: number): Encode =>
  async (raster, quality) => {
    const core = createCore<Vp8EncoderExports>(await wasmFromDisk.core())
    const rows = rasterRows(core, raster)
    const encoder = createVp8RowEncoder(core, rows, { quality, effort })
    for (const band of rows.bands) encoder.take(band)
    return encoder.finish()
  }

/** libwebp through @jsquash at a method, 0 to 6. */
export const jsquash =
  (method: number): Encode =>
  (raster, quality) =>
    withLibwebp({ load: wasmFromDisk.webpEncoder, memoryBytes: raster.width * raster.height * 70 }, (encoder) => {
      const file = encoder.encode(raster.data, raster.width, raster.height, { ...defaultOptions, quality, method })
      if (file === null) throw new Error('libwebp did not encode')
      return file
    })

/** libwebp through sharp at an effort, 0 to 6. */
export const libvips =
  (effort: number): Encode =>
  ({ data, width, height }, quality) =>
    sharp(data, { raw: { width, height, channels: 4 } })
      .removeAlpha()
      .webp({ quality, effort })
      .toBuffer()
