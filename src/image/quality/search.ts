import type { Codec } from '../codecs/define.ts'
import { keptBytes } from '../codecs/kept.ts'
import { ssimBytes } from '../engine/pixels/ssim.ts'
import type { Output } from '../plan.ts'
import type { Shape } from '../raster.ts'
import { sampleShape } from './sample.ts'
import { MOST_TRIALS } from './aim.ts'
import { hasQuality, QUALITY_TARGETS, type Target } from './targets.ts'

/** What is to be found out by encoding: the quality of a target, or the best one whose file is small enough, or both. */
export interface Search {
  readonly target: Target | null
  readonly maxBytes: number | null
  /** Whether the encoder knows a quality with these options. */
  readonly isLossy: boolean
  /** The best quality that may be tried. */
  readonly most: number
}

/** The search of an output, `null` when there is nothing to find out. */
export function planSearch({ target, maxBytes, quality }: Output, options: unknown): Search | null {
  const isLossy = hasQuality(options)
  const wanted = isLossy && target ? QUALITY_TARGETS[target] : null
  return wanted || maxBytes !== undefined ? { target: wanted, maxBytes: maxBytes ?? null, isLossy, most: quality } : null
}

/** Of a reduced picture that is decoded again, a pixel, and beside that. */
const [DECODED_BYTES, DECODER_BYTES] = [16, 1_000_000]

/** Upper bound of the memory that a search takes beside a plan's own run. `resultBytes`: of the file. */
export function searchBytes(
  search: Search | null,
  encoder: Codec,
  options: never,
  shape: Shape,
  resultBytes: number,
  isOpaque: boolean,
): number {
  if (!search) return 0
  const held = search.maxBytes === null ? 0 : Math.min(search.maxBytes, resultBytes)
  if (!search.isLossy) return held
  const sample = sampleShape(shape)
  const pixels = sample.width * sample.height
  const trial = encoder.encodeBytes(sample, options, isOpaque) + pixels * DECODED_BYTES + DECODER_BYTES
  const files = MOST_TRIALS * (encoder.resultBytes?.(sample, options) ?? pixels * 4)
  return keptBytes(shape) + pixels * 4 + ssimBytes(sample) + trial + files + held
}
