import { valueAt, type Sample } from './curve.ts'

/** The most encodes of the whole picture that look for a size. */
export const MOST_FULL_ENCODES = 6
/** Who fills so much of the bytes that are allowed looks for no better quality. */
const ENOUGH = 0.98
/** By how much a size is aimed below the limit, by the encodes that were too large. */
const CAUTION = [1, 0.995, 0.98, 0.95, 0.9] as const
const USUAL_SLOPE = 1.1

/**
 * Looks for the best quality, from 1 to `most`, whose file has at most `limit` bytes. `samples`: logarithms of bytes by quality, as they are expected, one at
 * least. `sizeAt` encodes the whole picture, at most `MOST_FULL_ENCODES` times, each quality once, and better ones the later they fit.
 * @returns the least size that was made: the picture does not fit when that is over the limit, and then it is that of quality 1.
 */
export async function fit(
  limit: number,
  most: number,
  samples: readonly Sample[],
  sizeAt: (quality: number) => Promise<number>,
): Promise<number> {
  const errors: Sample[] = []
  let [fitting, tooLarge, misses, least] = [0, most + 1, 0, Infinity]
  const predicted = (quality: number): number => Math.exp(valueAt(samples, quality, USUAL_SLOPE) + errorAt(errors, quality))
  /** The best quality between those that are known whose file should have at most so many bytes. */
  const best = (bytes: number): number => {
    let quality = tooLarge - 1
    while (quality > fitting && predicted(quality) > bytes) quality--
    return quality
  }
  for (let encodes = 1; encodes <= MOST_FULL_ENCODES; encodes++) {
    const caution = fitting > 0 ? 1 : (CAUTION[Math.min(misses, CAUTION.length - 1)] ?? 1)
    const isLast = encodes === MOST_FULL_ENCODES && fitting === 0
    const quality = isLast ? 1 : Math.max(fitting + 1, best(limit * caution))
    const size = await sizeAt(quality)
    least = Math.min(least, size)
    errors.push({ quality, value: Math.log(size / predicted(quality)) + errorAt(errors, quality) })
    if (size > limit) {
      tooLarge = quality
      misses++
    } else fitting = quality
    if (fitting + 1 === tooLarge || (size <= limit && size >= limit * ENOUGH)) break
  }
  return least
}

/** How far apart two qualities are that tell of a third beyond them: of nearer ones noise would be told. */
const LEAST_RUN = 4

/** How far off the expectation is at a quality: on the line between the nearest that were measured on either side, or through two on one side. */
function errorAt(errors: readonly Sample[], quality: number): number {
  const near = errors.toSorted((a, b) => Math.abs(a.quality - quality) - Math.abs(b.quality - quality))
  const first = near[0]
  const isBeyond = first !== undefined && first.quality > quality
  const second =
    near.find((error) => error.quality > quality !== isBeyond) ??
    near.find((error) => Math.abs(error.quality - (first?.quality ?? 0)) >= LEAST_RUN)
  if (!first || !second || first === second) return first?.value ?? 0
  return first.value + ((second.value - first.value) * (quality - first.quality)) / (second.quality - first.quality)
}
