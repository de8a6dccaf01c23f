/**
 * The taps of ImageMagick's blurImage, half of them: index k is the weight at distance k from the centre, and all taps together sum to 1
 * (spec/batch §4.2). `reach` is the farthest distance that matters to the caller: farther taps are summed into the last one.
 */
export function gaussianTaps(sigma: number, radius: number): Float64Array {
  const half = halfWidth(sigma, radius)
  const taps = Float64Array.from({ length: half + 1 }, (_, distance) => tapWeight(distance, half, sigma))
  const sum = taps.reduce((all, tap, distance) => all + (distance === 0 ? tap : 2 * tap), 0)
  return taps.map((tap) => tap / sum)
}

/** "with s = 3·sigma, v = (3N−1)/2: sum of exp(−u²/2s²) over the three u in −v..v with ⌊(u+v)/3⌋ = k" */
function tapWeight(distance: number, half: number, sigma: number): number {
  const s = 3 * sigma
  const v = (3 * (2 * half + 1) - 1) / 2
  const k = half + distance
  let weight = 0
  for (let u = 3 * k - v; u <= 3 * k - v + 2; u++) weight += Math.exp(-(u * u) / (2 * s * s))
  return weight
}

/**
 * "radius ≥ 1 → N = 2·⌊radius⌋ + 1; 0 < radius < 1 → 3; radius 0 → try N = 5, 7, 9, …; stop at the first N whose outermost weight
 * exp(−j²/2σ²)/Σ (j = (N−1)/2) is below 1/65535 and take N−2 (at least 3)"
 */
function halfWidth(sigma: number, radius: number): number {
  if (radius >= 1) return Math.floor(radius)
  if (radius > 0) return 1
  const weight = (j: number): number => Math.exp(-(j * j) / (2 * sigma * sigma))
  let sum = 1 + 2 * weight(1)
  for (let j = 2; ; j++) {
    sum += 2 * weight(j)
    if (weight(j) / sum < 1 / 65_535) return Math.max(1, j - 1)
  }
}
