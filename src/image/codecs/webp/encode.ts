import type { RowsContext } from '../../context.ts'
import { resultBytes } from '../../engine/parts.ts'
import type { Band } from '../../engine/plane-stream.ts'
import type { Picture } from '../../engine/rows/pixel-rows.ts'
import { estimateVp8Bytes } from '../../engine/webp/encode/encoder.ts'
import { createVp8RowEncoder, rowEncoderBytes } from '../../engine/webp/encode/rows.ts'
import { alphaEncoderBytes, createAlphaEncoder } from '../../engine/webp/lossless-encode/alpha.ts'
import { encodeLossless, losslessEncodeBytes } from '../../engine/webp/lossless-encode/encoder.ts'
import type { Shape } from '../../raster.ts'
import { keepSmall, keptBytes } from '../kept.ts'
import { webpFileBytes, type WebpOptions } from './encoder.ts'

/** Rough work on a pixel: to encode it, fast or small, and to write what was encoded. */
const NS_PER_PIXEL = 60
const NS_PER_SMALL_PIXEL = 130
const NS_TO_WRITE = 8
const SMALL_EFFORT = 61

/** Row by row into our own encoders. Of a picture that may be transparent alpha is kept until its end; it is left out when no pixel was. */
export async function encodeWebp(picture: Picture, options: WebpOptions, context: RowsContext): Promise<Uint8Array> {
  if (options.lossless) return encodeLossless(context.core, await keepSmall(context, picture), context.drain, options)
  const { core, drain } = context
  return picture.read(async (rows) => {
    const encoder = createVp8RowEncoder(core, rows, options)
    const alpha = rows.isOpaque ? null : createAlphaEncoder(core, rows.width, rows.height, options.effort)
    let isOpaque = true
    const take = (band: Band): void => {
      encoder.take(band)
      if (!alpha) return
      alpha.take(band)
      for (let row = 0; row < band.rows; row++) isOpaque &&= core.exports.isOpaque(band.ptr + row * band.stride, rows.width * 4) !== 0
    }
    await drain(rows, take, (options.effort ?? 0) >= SMALL_EFFORT ? NS_PER_SMALL_PIXEL : NS_PER_PIXEL)
    const plane = alpha && !isOpaque ? await paced(alpha.finishing(), rows, context) : null
    return paced(encoder.finishing(plane), rows, context)
  })
}

/** What the steps give, with others between them. */
async function paced<T>(steps: Generator<void, T>, { width }: Shape, { pace }: RowsContext): Promise<T> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value
    pace.count(width * 16 * NS_TO_WRITE)
    await pace.breathe()
  }
}

/** Upper bound of what the encoder holds beside the rows that it reads, its result included. */
export function encodeWebpBytes(shape: Shape, options: WebpOptions, isOpaque: boolean): number {
  if (options.lossless) return losslessEncodeBytes(shape, options.effort) + keptBytes(shape)
  const result = resultBytes(webpFileBytes(shape, options, isOpaque))
  const alpha = isOpaque ? 0 : alphaEncoderBytes(shape, options.effort)
  return estimateVp8Bytes(shape) + rowEncoderBytes(shape, isOpaque) + alpha + result
}
