import { z } from 'zod'
import { createRaster, type Raster } from '../raster.ts'
import { defineOperation } from './define.ts'

/** "weights rows `5 8 10 8 5 / 8 20 40 20 8 / 10 40 80 40 10 / 8 20 40 20 8 / 5 8 10 8 5`" */
const WEIGHTS = [5, 8, 10, 8, 5, 8, 20, 40, 20, 8, 10, 40, 80, 40, 10, 8, 20, 40, 20, 8, 5, 8, 10, 8, 5]
/** "r takes part if D < 0.069" */
const ALIKE = 0.069

/** ImageMagick's enhanceImage (spec/batch §4.7), on bytes: a weighted mean of those pixels of the 5×5 window that are alike. */
function enhancePixels({ width, height, data }: Raster): Raster {
  const output = createRaster({ width, height })
  const sums = new Float64Array(4)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      sums.fill(0)
      let total = 0
      for (let tap = 0; tap < 25; tap++) {
        const ny = Math.min(height - 1, Math.max(0, y - 2 + ((tap / 5) | 0)))
        const nx = Math.min(width - 1, Math.max(0, x - 2 + (tap % 5)))
        const from = (ny * width + nx) * 4
        if (distance(data, at, from) >= ALIKE) continue
        const weight = WEIGHTS[tap] as number // 25
        for (let c = 0; c < 4; c++) sums[c]! += weight * (data[from + c] as number) // clamped to the image
        total += weight
      }
      for (let c = 0; c < 4; c++) output.data[at + c] = (sums[c] as number) / total
    }
  }
  return output
}

/** "with mean m = (r+p)/2 and difference e = r−p per channel: D = (4+m_R)e_R² + (7−m_G)e_G² + (5−m_B)e_B² + (5−m_O)e_O²" where O = 1 − alpha */
function distance(data: Uint8ClampedArray, p: number, r: number): number {
  const mean = (c: number): number => ((data[r + c] as number) + (data[p + c] as number)) / 510
  const squared = (c: number): number => (((data[r + c] as number) - (data[p + c] as number)) / 255) ** 2
  return (4 + mean(0)) * squared(0) + (7 - mean(1)) * squared(1) + (5 - mean(2)) * squared(2) + (4 + mean(3)) * squared(3)
}

export const enhance = defineOperation({
  summary: 'Removes noise: smooths each pixel with those around it that look alike.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  /** "ImageMagick refuses images smaller than 5×5; they stay unchanged." */
  apply: (_params, input) => (input.width < 5 || input.height < 5 ? input : enhancePixels(input)),
})
