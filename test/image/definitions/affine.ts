import { type AffineMap, type Interpolation, interpolationWeights } from '../../../src/image/definitions/affine.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { straight } from './gaussian.ts'

/**
 * Shows a picture through an affine map, interpolating premultiplied values. Where the cubic overshoots in alpha the colours
 * shrink with it, and they are kept between 0 and alpha. The definition of the engine's `affine`.
 */
export function affine(input: Raster, { width, height, matrix: [a, b, c, d, e, f], background, interpolation }: AffineMap): Raster {
  const premultiplied = new Float64Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sum = sample(input, a * x + b * y + c, d * x + e * y + f, background, interpolation)
      const overshot = sum[3] ?? 0
      const alpha = Math.min(255, Math.max(0, overshot))
      const kept = overshot > 255 ? 255 / overshot : 1
      premultiplied.set(
        sum.map((value) => Math.min(alpha, Math.max(0, value * kept))),
        (y * width + x) * 4,
      )
    }
  }
  return straight({ width, height }, premultiplied)
}

function sample(input: Raster, u: number, v: number, background: AffineMap['background'], interpolation: Interpolation): number[] {
  const [left, top] = [Math.floor(u), Math.floor(v)]
  const across = interpolationWeights(u - left, interpolation)
  const down = interpolationWeights(v - top, interpolation)
  const sum = [0, 0, 0, 0]
  for (let j = 0; j < 4; j++) {
    for (let i = 0; i < 4; i++) {
      const pixel = pixelAt(input, left - 1 + i, top - 1 + j, background)
      const weight = (across[i] ?? 0) * (down[j] ?? 0)
      for (let c = 0; c < 4; c++) sum[c] = (sum[c] ?? 0) + weight * (c === 3 ? pixel[3] : (pixel[c] ?? 0) * (pixel[3] / 255))
    }
  }
  return sum
}

function pixelAt({ width, height, data }: Raster, x: number, y: number, background: AffineMap['background']): AffineMap['background'] {
  if (x < 0 || y < 0 || x >= width || y >= height) return background
  const at = (y * width + x) * 4
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0, data[at + 3] ?? 0]
}
