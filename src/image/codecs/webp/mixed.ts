import type { RowsContext } from '../../context.ts'
import { giveBack } from '../../engine/parts.ts'
import type { Picture } from '../../engine/rows/pixel-rows.ts'
import type { Shape } from '../../raster.ts'
import { encodeLossless, losslessEncodeBytes } from '../../engine/webp/lossless-encode/encoder.ts'
import { encodeWebp, encodeWebpBytes } from './encode.ts'
import { webpFileBytes, type WebpOptions } from './encoder.ts'

/** Of lossless frames: beyond it they take several times as long. */
const LOSSLESS_EFFORT = 20
/** A larger canvas is not tried without loss: it would take long, and memory. */
const MOST_PIXELS = 500_000
/** Frames until a lossless one is tried again, doubled each time that it was larger. */
const MOST_PAUSE = 64

/** Encodes the frames of one animation, each as it is smaller: lossy, or lossless as what is drawn in few colours mostly is. */
export interface FrameEncoder {
  encode(frame: Picture): Promise<Uint8Array>
}

/** `shape`: of the canvas. After a lossless frame that was larger the next ones are lossy for a while, so that what is photographed takes little longer. */
export function createFrameEncoder(shape: Shape, options: WebpOptions, context: RowsContext): FrameEncoder {
  const isTried = triesLossless(shape, options)
  const lossless = losslessOf(options)
  let [pause, left] = [1, 0]
  return {
    async encode(frame) {
      const lossy = await encodeWebp(frame, options, context)
      if (!isTried || left-- > 0) return lossy
      // The rows of a frame lie in the core: they are read again, and not kept.
      const exact = await encodeLossless(context.core, frame, context.drain, lossless)
      const isExactSmaller = exact.length <= lossy.length
      pause = isExactSmaller ? 1 : Math.min(MOST_PAUSE, 2 * pause)
      left = isExactSmaller ? 0 : pause
      giveBack(isExactSmaller ? lossy : exact)
      return isExactSmaller ? exact : lossy
    },
  }
}

const losslessOf = (options: WebpOptions): WebpOptions => ({ ...options, quality: 100, lossless: true, effort: LOSSLESS_EFFORT })

const triesLossless = ({ width, height }: Shape, { lossless }: WebpOptions): boolean => !lossless && width * height <= MOST_PIXELS

/** Upper bound of what a frame takes while it is encoded, its file included. */
export const frameEncoderBytes = (shape: Shape, options: WebpOptions): number =>
  triesLossless(shape, options)
    ? Math.max(encodeWebpBytes(shape, options, false), webpFileBytes(shape, options, false) + losslessEncodeBytes(shape, LOSSLESS_EFFORT))
    : encodeWebpBytes(shape, options, false)
