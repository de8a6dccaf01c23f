import createEncoder from '@jsquash/webp/codec/enc/webp_enc_simd.js'
import { AppError } from '../../../errors.ts'
import { collect } from '../../collect.ts'
import type { RowsContext } from '../../context.ts'
import { resultBytes } from '../../engine/parts.ts'
import { lastRows, type Picture, type PixelRows, rowsBytes } from '../../engine/rows/pixel-rows.ts'
import { estimateVp8Bytes } from '../../engine/webp/encode/encoder.ts'
import { createVp8RowEncoder } from '../../engine/webp/encode/rows.ts'
import { encodeLossless, losslessEncodeBytes } from '../../engine/webp/lossless-encode/encoder.ts'
import type { Raster, Shape } from '../../raster.ts'
import { emscriptenInstances } from '../emscripten-instances.ts'
import { keepSmall, keptBytes } from '../kept.ts'
import { isOpaque, webpFileBytes, webpMemoryBytes, type WebpOptions, webpSettings } from './encoder.ts'

interface Encoder {
  encode(data: Uint8ClampedArray, width: number, height: number, settings: ReturnType<typeof webpSettings>): Uint8Array<ArrayBuffer> | null
}

const withEncoder = emscriptenInstances<Encoder>(createEncoder, 'internal')

/** Rough work on a pixel: to encode it, fast or small, and to write what was encoded. */
const NS_PER_PIXEL = 60
const NS_PER_SMALL_PIXEL = 130
const NS_TO_WRITE = 8
const SMALL_EFFORT = 61

/** Lossless pictures and opaque ones go row by row into our own encoder; what has alpha is libwebp's, which wants the whole picture. */
export async function encodeWebp(picture: Picture, options: WebpOptions, context: RowsContext): Promise<Uint8Array> {
  if (options.lossless) return encodeLossless(context.core, await keepSmall(context, picture), context.drain, options)
  return picture.read(async (rows) => {
    if (rows.isOpaque) return encodeOpaque(rows, options, context)
    const raster = await collect(context, rows)
    return isOpaque(raster) ? encodeOpaque(lastRows(context.core, raster), options, context) : encodeWhole(raster, options, context)
  })
}

async function encodeOpaque(rows: PixelRows, options: WebpOptions, { core, drain, pace }: RowsContext): Promise<Uint8Array> {
  const encoder = createVp8RowEncoder(core, rows, options)
  await drain(rows, encoder.take, (options.effort ?? 0) >= SMALL_EFFORT ? NS_PER_SMALL_PIXEL : NS_PER_PIXEL)
  const steps = encoder.finishing()
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value
    pace.count(rows.width * 16 * NS_TO_WRITE)
    await pace.breathe()
  }
}

function encodeWhole(raster: Raster, options: WebpOptions, { wasm }: RowsContext): Promise<Uint8Array> {
  const run = { load: wasm.webpEncoder, memoryBytes: webpMemoryBytes(raster, options, false) }
  return withEncoder(run, (encoder) => {
    const file = encoder.encode(raster.data, raster.width, raster.height, webpSettings(raster, options, false))
    if (file === null) throw new AppError('internal', { detail: 'libwebp did not encode' })
    return file
  })
}

/** Upper bound of what the encoder holds beside the rows that it reads, its result included. */
export function encodeWebpBytes(shape: Shape, options: WebpOptions, isKnownOpaque: boolean): number {
  if (options.lossless) return losslessEncodeBytes(shape, options.effort) + keptBytes(shape)
  const own = estimateVp8Bytes(shape) + rowsBytes(shape.width + 1, 2) + resultBytes(webpFileBytes(shape, options, true))
  if (isKnownOpaque) return own
  const whole = webpMemoryBytes(shape, options, false) + webpFileBytes(shape, options, false)
  return shape.width * shape.height * 4 + Math.max(own, whole)
}
