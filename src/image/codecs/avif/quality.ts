/**
 * Qualities of libaom that look like a WebP of a quality of ours (equal structural similarity): at speeds of 7 and more, and below. Between them in straight
 * lines. Measured on photographs by `npm run bench:formats -- --match`.
 */
const MATCHES = [
  { quality: 1, fast: 24, small: 20 },
  { quality: 10, fast: 31, small: 27 },
  { quality: 30, fast: 45, small: 40 },
  { quality: 50, fast: 51, small: 47 },
  { quality: 60, fast: 55, small: 50 },
  { quality: 70, fast: 58, small: 54 },
  { quality: 80, fast: 65, small: 61 },
  { quality: 90, fast: 81, small: 78 },
  { quality: 95, fast: 86, small: 85 },
  { quality: 100, fast: 92, small: 91 },
] as const

const FAST_SPEED = 7

/** libaom's quality, 0 to 100, for one of ours, 1 to 100. */
export function libaomQuality(quality: number, speed: number): number {
  const column = speed >= FAST_SPEED ? 'fast' : 'small'
  const above = Math.max(
    1,
    MATCHES.findIndex((match) => match.quality >= quality),
  )
  const [low, high] = [MATCHES[above - 1] ?? MATCHES[0], MATCHES[above] ?? MATCHES[0]]
  const share = (quality - low.quality) / (high.quality - low.quality)
  return Math.round(low[column] + share * (high[column] - low[column]))
}
