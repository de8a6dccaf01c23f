import decodeJpeg, { init as initJpegDecoder } from '@jsquash/jpeg/decode.js'
import encodeJpeg, { init as initJpegEncoder } from '@jsquash/jpeg/encode.js'
import decodePng, { init as initPngDecoder } from '@jsquash/png/decode.js'
import encodePng, { init as initPngEncoder } from '@jsquash/png/encode.js'
import resize, { initResize } from '@jsquash/resize'
import decodeWebp, { init as initWebpDecoder } from '@jsquash/webp/decode.js'
import encodeWebp, { init as initWebpEncoder } from '@jsquash/webp/encode.js'
import { type Engine, QUALITY } from '../job.ts'
import { orientationOf, storedSize, upright } from './upright.ts'
import { wasmFile } from './wasm-file.ts'

const JSQUASH = 'node_modules/@jsquash'

/** What the packages make and take: the shape of a browser's ImageData, which Node has not. */
class PixelData {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
  readonly colorSpace = 'srgb'
  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data
    this.width = width
    this.height = height
  }
}

let isReady = false
async function start(): Promise<void> {
  if (isReady) return
  isReady = true
  Object.assign(globalThis, { ImageData: PixelData })
  const png = wasmFile(`${JSQUASH}/png/codec/pkg/squoosh_png_bg.wasm`)
  // The packages' types lack the overload for a module.
  await initJpegDecoder(wasmFile(`${JSQUASH}/jpeg/codec/dec/mozjpeg_dec.wasm`) as never)
  await initJpegEncoder(wasmFile(`${JSQUASH}/jpeg/codec/enc/mozjpeg_enc.wasm`) as never)
  await initWebpDecoder(wasmFile(`${JSQUASH}/webp/codec/dec/webp_dec.wasm`) as never)
  await initWebpEncoder(wasmFile(`${JSQUASH}/webp/codec/enc/webp_enc_simd.wasm`) as never)
  await initPngDecoder(png)
  await initPngEncoder(png)
  await initResize(wasmFile(`${JSQUASH}/resize/lib/resize/pkg/squoosh_resize_bg.wasm`))
}

/** Decode, resize, encode with the codecs that are common on Workers. */
export const jsquash: Engine = {
  name: 'jsquash',
  can: (job, megapixels) => job.effects === 'none' && megapixels <= 30,
  async run(file, job) {
    await start()
    const buffer = file.slice().buffer
    const image = await (file[0] === 0xff ? decodeJpeg(buffer) : file[0] === 0x52 ? decodeWebp(buffer) : decodePng(buffer))
    const orientation = orientationOf(file)
    const size = storedSize(job, image, orientation)
    const scaled = await resize(image, { ...size, method: 'lanczos3', premultiply: false, linearRGB: false })
    const turned = upright(scaled, orientation)
    const small = new PixelData(new Uint8ClampedArray(turned.data), turned.width, turned.height)
    const bytes =
      job.format === 'jpeg'
        ? await encodeJpeg(small, { quality: QUALITY })
        : job.format === 'webp'
          ? await encodeWebp(small, { quality: QUALITY })
          : await encodePng(small)
    return { bytes: new Uint8Array(bytes), pixelBytes: image.data.length + small.data.length }
  },
}
