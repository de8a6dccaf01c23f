/** Libjxl's qualities that look like those of WebP, on four photographs at 400 pixels: pairs of both, between them in straight lines (`npm run bench:formats`). */
const PAIRS: readonly (readonly [webp: number, libjxl: number])[] = [
  [1, 5],
  [10, 16],
  [30, 50],
  [50, 67],
  [60, 72],
  [70, 77],
  [80, 83],
  [90, 92],
  [95, 95],
  [100, 98],
]

/** The quality of libjxl for one on the scale of WebP, 1 to 100. */
export function libjxlQuality(quality: number): number {
  const above = Math.max(
    1,
    PAIRS.findIndex(([webp]) => webp >= quality),
  )
  const [low, high] = [PAIRS[above - 1] ?? [1, 5], PAIRS[above] ?? [100, 98]]
  return low[1] + ((quality - low[0]) / (high[0] - low[0])) * (high[1] - low[1])
}
