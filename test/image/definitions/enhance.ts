import { createRaster, type Raster } from '../../../src/image/raster.ts'

const WEIGHTS = [
  [5, 8, 10, 8, 5],
  [8, 20, 40, 20, 8],
  [10, 40, 80, 40, 10],
  [8, 20, 40, 20, 8],
  [5, 8, 10, 8, 5],
] as const

/**
 * ImageMagick's enhanceImage: the weighted mean of those 5×5 neighbours whose colour is near the pixel's, channels in 0–1 and opacity for
 * alpha; edges repeated; to the nearest. Source: docs/protocols/batch.md §4.7. The definition of the engine's `enhance`.
 */
export function enhance(input: Raster): Raster {
  const { width, height, data } = input
  const output = createRaster(input)
  const pixel = (x: number, y: number): readonly [number, number, number, number] => {
    const at = (Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))) * 4
    return [(data[at] ?? 0) / 255, (data[at + 1] ?? 0) / 255, (data[at + 2] ?? 0) / 255, 1 - (data[at + 3] ?? 0) / 255]
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const centre = pixel(x, y)
      const sum = [0, 0, 0, 0]
      let total = 0
      WEIGHTS.forEach((row, j) =>
        row.forEach((weight, i) => {
          const neighbour = pixel(x + i - 2, y + j - 2)
          if (distance(neighbour, centre) >= 0.069) return
          neighbour.forEach((value, c) => (sum[c] = (sum[c] ?? 0) + weight * value))
          total += weight
        }),
      )
      const mean = sum.map((value) => Math.floor((value / total) * 255 + 0.5))
      output.data.set([mean[0] ?? 0, mean[1] ?? 0, mean[2] ?? 0, 255 - (mean[3] ?? 0)], (y * width + x) * 4)
    }
  }
  return output
}

function distance(r: readonly [number, number, number, number], p: readonly [number, number, number, number]): number {
  const term = (c: 0 | 1 | 2 | 3, base: number, sign: 1 | -1): number => (base + (sign * (r[c] + p[c])) / 2) * (r[c] - p[c]) ** 2
  return term(0, 4, 1) + term(1, 7, -1) + term(2, 5, -1) + term(3, 5, -1)
}
