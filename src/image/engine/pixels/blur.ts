import { gaussianTaps } from '../../definitions/gaussian.ts'
import { LEVELS_PER_LIGHTNESS, type Sharpening } from '../../definitions/sharpen.ts'
import type { Raster } from '../../raster.ts'
import { blurDirectly, type BlurExports, type RowFinish } from './blur-direct.ts'
import { blurReduced } from './blur-reduced.ts'
import type { Core } from '../core.ts'

export interface Blurring {
  /** Standard deviation in pixels, 0 to 10,000; 0 changes nothing. */
  readonly sigma: number
  /** Half width of the kernel in pixels, 0 to 10,000; 0 takes as much as matters. */
  readonly radius?: number
}

/** Above so many taps that matter (sigma over 9) the picture is blurred in a reduced copy. */
const MOST_DIRECT_TAPS = 71
/** What the outer taps that are left out may sum to: a fortieth of a level at most. */
const LEFT_OUT = 1e-4

/**
 * ImageMagick's Gaussian blur, within one level of its definition (`test/image/definitions/gaussian.ts`) up to sigma 20; beyond, and where the radius cuts
 * the Gaussian short, on average by far. Time a pixel is bounded for every sigma and radius, core memory by about 6 MB.
 */
export function blur(core: Core<BlurExports>, input: Raster, { sigma, radius = 0 }: Blurring): Raster {
  const taps = significant(gaussianTaps(radius, sigma))
  if (taps.length > MOST_DIRECT_TAPS) return blurReduced(core, input, taps)
  return blurDirectly(core, input, taps, (from, _pixels, to, count) => core.exports.fromPremultipliedFloats(from, to, count))
}

/** Unsharp masking; `test/image/definitions/sharpen.ts`, within one level of it. Sigma at most 20. */
export function sharpen(core: Core<BlurExports>, input: Raster, sharpening: Sharpening): Raster {
  const { sigma, flat, jagged, threshold, brighter, darker } = sharpening
  const mark = core.mark()
  const parameters = core.alloc(24)
  const levels = [threshold * LEVELS_PER_LIGHTNESS, flat, jagged, brighter * LEVELS_PER_LIGHTNESS, darker * LEVELS_PER_LIGHTNESS, 0]
  new Float32Array(core.exports.memory.buffer, parameters, 6).set(levels)
  const finish: RowFinish = (from, pixels, to, count) => core.exports.sharpenRow(pixels, from, to, count, parameters)
  const output = blurDirectly(core, input, significant(gaussianTaps(0, Math.min(sigma, 20))), finish)
  core.release(mark)
  return output
}

/** The taps without the outer ones that sum to next to nothing. */
function significant(taps: Float64Array): Float64Array {
  let [first, left] = [0, LEFT_OUT / 2]
  while (first < (taps.length - 1) / 2 && left >= (taps[first] ?? 0)) left -= taps[first++] ?? 0
  const kept = taps.subarray(first, taps.length - first)
  const sum = kept.reduce((total, tap) => total + tap, 0)
  return kept.map((tap) => tap / sum)
}
