import { createRaster, type Raster } from '../raster.ts'

/** What a weight must be below, in units of the whole, for ImageMagick to stop widening: half a step of its 16 bits, roughly. */
const NEGLIGIBLE = 1 / 65535

/**
 * ImageMagick's taps of blurImage(radius, sigma): an odd number of weights that sum to 1, the middle one for the pixel itself.
 * Source: batch specification §4.2. Bounded: at most about 9 · sigma or 2 · radius taps.
 */
export function gaussianTaps(radius: number, sigma: number): Float64Array {
  if (sigma <= 0) return Float64Array.of(1)
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

/** "radius ≥ 1 → N = 2·⌊radius⌋ + 1; 0 < radius < 1 → 3; radius 0 → try N = 5, 7, 9, …; stop at the first N whose outermost weight is below 1/65535 and take N−2". */
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

/**
 * Blurs by `taps` along rows, then along columns; edges repeated; colours weighted by alpha, alpha blurred likewise; to the nearest. What
 * becomes transparent is transparent black. The definition of `engine/blur.ts`.
 */
export function blur(input: Raster, taps: Float64Array): Raster {
  const { width, height, data } = input
  const premultiplied = Float64Array.from(data, (value, at) => (at % 4 === 3 ? value : (value * (data[at | 3] ?? 0)) / 255))
  const along = filter(premultiplied, taps, width, height, 4, width * 4)
  const across = filter(along, taps, height, width, width * 4, 4)
  return straight(input, across)
}

/** Filters `lines` lines of `length` groups of four, `step` apart. */
function filter(from: Float64Array, taps: Float64Array, length: number, lines: number, step: number, lineStep: number): Float64Array {
  const to = new Float64Array(from.length)
  const half = (taps.length - 1) / 2
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      for (let c = 0; c < 4; c++) {
        let sum = 0
        for (let k = 0; k < taps.length; k++)
          sum += (taps[k] ?? 0) * (from[line * lineStep + Math.min(length - 1, Math.max(0, i + k - half)) * step + c] ?? 0)
        to[line * lineStep + i * step + c] = sum
      }
    }
  }
  return to
}

/** Premultiplied floats to a raster, to the nearest. */
export function straight({ width, height }: Pick<Raster, 'width' | 'height'>, premultiplied: Float64Array): Raster {
  const output = createRaster({ width, height })
  for (let at = 0; at < premultiplied.length; at += 4) {
    const alpha = premultiplied[at + 3] ?? 0
    if (alpha < 0.5) continue
    for (let c = 0; c < 3; c++) output.data[at + c] = Math.floor(((premultiplied[at + c] ?? 0) * 255) / alpha + 0.5)
    output.data[at + 3] = Math.floor(alpha + 0.5)
  }
  return output
}
