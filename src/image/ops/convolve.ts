import { z } from 'zod'
import { createRaster, type Raster } from '../raster.ts'
import { defineOperation } from './define.ts'

const params = z.strictObject({
  /** Row by row; applied as it stands, not mirrored. */
  kernel: z.array(z.number()).length(9),
  divisor: z.number().refine((value) => value !== 0, 'Expected another divisor than 0.'),
  /** Added after the division, in levels. */
  offset: z.number().default(0),
})

/**
 * GD's gdImageConvolution: "c' = trunc(clamp(Σ K[j][i]·c(x−1+i, y−1+j) / divisor + offset)) in 32-bit float; coordinates outside are clamped
 * to the edge; alpha of the result = alpha of the centre pixel; pixels that are fully transparent count as black" (spec/batch §4.8).
 */
function convolve3x3({ width, height, data }: Raster, kernel: readonly number[], divisor: number, offset: number): Raster {
  const output = createRaster({ width, height })
  for (let y = 0, at = 0; y < height; y++) {
    const rows = [Math.max(0, y - 1), y, Math.min(height - 1, y + 1)].map((row) => row * width)
    for (let x = 0; x < width; x++, at += 4) {
      const columns = [Math.max(0, x - 1), x, Math.min(width - 1, x + 1)]
      let [red, green, blue] = [0, 0, 0]
      for (let tap = 0; tap < 9; tap++) {
        const from = ((rows[(tap / 3) | 0] as number) + (columns[tap % 3] as number)) * 4 // three rows, three columns
        if (data[from + 3] === 0) continue
        const weight = kernel[tap] as number // nine
        red += weight * (data[from] as number)
        green += weight * (data[from + 1] as number)
        blue += weight * (data[from + 2] as number)
      }
      output.data[at] = Math.trunc(Math.fround(Math.fround(red / divisor) + offset))
      output.data[at + 1] = Math.trunc(Math.fround(Math.fround(green / divisor) + offset))
      output.data[at + 2] = Math.trunc(Math.fround(Math.fround(blue / divisor) + offset))
      output.data[at + 3] = data[at + 3] as number
    }
  }
  return output
}

export const convolve = defineOperation({
  summary: 'Convolves red, green and blue with a 3×3 kernel.',
  params,
  plan: (_params, { width, height }) => ({ width, height }),
  apply: ({ kernel, divisor, offset }, input) => convolve3x3(input, kernel, divisor, offset),
})
