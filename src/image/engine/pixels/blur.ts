import { gaussianTaps } from '../../definitions/gaussian.ts'
import { LEVELS_PER_LIGHTNESS, type Sharpening } from '../../definitions/sharpen.ts'
import type { Core } from '../core.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import { blurDirectly, blurDirectlyBytes, type BlurExports, type RowFinish } from './blur-direct.ts'
import { blurReduced, blurReducedBytes } from './blur-reduced.ts'

export interface Blurring {
  /** Standard deviation in pixels, 0 to 10,000; 0 changes nothing. */
  readonly sigma: number
  /** Half width of the kernel in pixels, 0 to 10,000; 0 takes as much as matters. */
  readonly radius?: number
}

/** Above so many taps that matter (sigma over 9) the picture is blurred in a reduced copy. */
const MOST_DIRECT_TAPS = 71
/** Of sigma 3. */
const USUAL_TAPS = 25
/** What the outer taps that are left out may sum to: a fortieth of a level at most. */
const LEFT_OUT = 1e-4

/**
 * ImageMagick's Gaussian blur, within one level of its definition (`test/image/definitions/gaussian.ts`) up to sigma 20; beyond, and where the radius cuts
 * the Gaussian short, on average by far. Time a pixel is bounded for every sigma and radius.
 */
export function blur(core: Core<BlurExports>, input: PixelRows, blurring: Blurring): PixelRows {
  const taps = tapsOf(blurring)
  if (taps.length > MOST_DIRECT_TAPS) return blurReduced(core, input, taps)
  return blurDirectly(core, input, taps, (from, _pixels, to, count) => core.exports.fromPremultipliedFloats(from, to, count))
}

/** Weights that each pixel is multiplied with in either direction: the work grows with them. A wide blur works on a reduced copy, like a usual one. */
export function blurTaps(blurring: Blurring): number {
  const { length } = tapsOf(blurring)
  return length > MOST_DIRECT_TAPS ? USUAL_TAPS : length
}

/** The same of `sharpen`. */
export const sharpenTaps = (sigma: number): number => sharpeningTaps(sigma).length

/** Core memory that `blur` takes. */
export function blurBytes(width: number, blurring: Blurring): number {
  const { length } = tapsOf(blurring)
  return length > MOST_DIRECT_TAPS ? blurReducedBytes(width, length) : blurDirectlyBytes(width, length)
}

const tapsOf = ({ sigma, radius = 0 }: Blurring): Float64Array => significant(gaussianTaps(radius, sigma))
const sharpeningTaps = (sigma: number): Float64Array => tapsOf({ sigma: Math.min(sigma, 20) })

/** Unsharp masking; `test/image/definitions/sharpen.ts`, within one level of it. Sigma at most 20. */
export function sharpen(core: Core<BlurExports>, input: PixelRows, sharpening: Sharpening): PixelRows {
  const { sigma, flat, jagged, threshold, brighter, darker } = sharpening
  const parameters = core.alloc(24)
  const levels = [threshold * LEVELS_PER_LIGHTNESS, flat, jagged, brighter * LEVELS_PER_LIGHTNESS, darker * LEVELS_PER_LIGHTNESS, 0]
  new Float32Array(core.exports.memory.buffer, parameters, 6).set(levels)
  const finish: RowFinish = (from, pixels, to, count) => core.exports.sharpenRow(pixels, from, to, count, parameters)
  return blurDirectly(core, input, sharpeningTaps(sigma), finish)
}

/** Core memory that `sharpen` takes. */
export const sharpenBytes = (width: number, sigma: number): number => blurDirectlyBytes(width, sharpeningTaps(sigma).length) + 32

/** The taps without the outer ones that sum to next to nothing. */
function significant(taps: Float64Array): Float64Array {
  let [first, left] = [0, LEFT_OUT / 2]
  while (first < (taps.length - 1) / 2 && left >= (taps[first] ?? 0)) left -= taps[first++] ?? 0
  const kept = taps.subarray(first, taps.length - first)
  const sum = kept.reduce((total, tap) => total + tap, 0)
  return kept.map((tap) => tap / sum)
}
