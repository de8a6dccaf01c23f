import { z } from 'zod'
import { createRaster, type Raster } from '../raster.ts'
import { defineOperation } from './define.ts'

/**
 * GD's gdImageSelectiveBlur, "per channel c: neighbour weight = 1/|c(n) − c(p)| (1 if equal), centre weight 0.5, normalised over the nine;
 * c' = trunc(Σ weight·c)". As in GD it works in place, row by row, and pixels outside count as black; each pixel keeps its own alpha
 * (spec/batch §4.8).
 */
function smoothInPlace({ width, height, data }: Raster): void {
  const around = new Float32Array(9)
  const weights = new Float32Array(9)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        for (let n = 0; n < 9; n++) {
          const [nx, ny] = [x - 1 + (n % 3), y - 1 + ((n / 3) | 0)]
          const inside = nx >= 0 && ny >= 0 && nx < width && ny < height
          around[n] = inside ? (data[(ny * width + nx) * 4 + c] as number) : 0 // checked
        }
        data[(y * width + x) * 4 + c] = weightedMean(around, weights)
      }
    }
  }
}

/** In 32-bit floats throughout, as GD: a sum that ends just below or above a whole number is truncated as GD's is. */
function weightedMean(around: Float32Array, weights: Float32Array): number {
  const centre = around[4] as number // nine values
  let sum = 0
  for (let n = 0; n < 9; n++) {
    const difference = Math.abs((around[n] as number) - centre)
    weights[n] = n === 4 ? 0.5 : difference === 0 ? 1 : 1 / difference
    sum = Math.fround(sum + (weights[n] as number))
  }
  let mean = 0
  for (let n = 0; n < 9; n++) {
    const share = Math.fround((weights[n] as number) / sum)
    mean = Math.fround(mean + Math.fround((around[n] as number) * share))
  }
  return Math.trunc(mean)
}

export const selectiveBlur = defineOperation({
  summary: 'Smooths areas of little contrast and keeps edges.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  apply(_params, input) {
    const output = createRaster(input)
    output.data.set(input.data)
    smoothInPlace(output)
    return output
  },
})
