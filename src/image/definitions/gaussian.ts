/** What a weight must be below, in units of the whole, for ImageMagick to stop widening: half a step of its 16 bits, roughly. */
const NEGLIGIBLE = 1 / 65535

/**
 * ImageMagick's taps of blurImage(radius, sigma): an odd number of weights that sum to 1, the middle one for the pixel itself.
 * Source: docs/protocols/batch.md §4.2. Bounded: at most about 9 · sigma or 2 · radius taps.
 */
export function gaussianTaps(radius: number, sigma: number): Float64Array {
  // Long before its square is nothing in doubles, a Gaussian is the pixel itself.
  if (sigma < 1e-6) return Float64Array.of(1)
  const count = tapCount(radius, sigma)
  const third = (3 * count - 1) / 2
  const spread = 2 * (3 * sigma) ** 2
  const taps = new Float64Array(count)
  for (let u = -third; u <= third; u++) {
    const k = Math.floor((u + third) / 3)
    taps[k] = (taps[k] ?? 0) + Math.exp(-(u * u) / spread)
  }
  const sum = taps.reduce((total, tap) => total + tap, 0)
  return taps.map((tap) => tap / sum)
}

/** How many taps: 2·⌊radius⌋ + 1 for a radius from 1 on, 3 below; 0 takes as many as weigh at least 1/65535. */
function tapCount(radius: number, sigma: number): number {
  if (radius >= 1) return 2 * Math.floor(radius) + 1
  if (radius > 0) return 3
  const weight = (j: number): number => Math.exp(-(j * j) / (2 * sigma * sigma))
  let sum = 1 + 2 * weight(1)
  for (let j = 2; ; j++) {
    sum += 2 * weight(j)
    if (weight(j) / sum < NEGLIGIBLE) return 2 * j - 1
  }
}
