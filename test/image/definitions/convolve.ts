import type { Kernel3 } from '../../../src/image/definitions/convolve.ts'
import { createRaster, type Raster } from '../../../src/image/raster.ts'

/**
 * 3×3 convolution as libgd 2.3.3 does it, to the bit: c = trunc(clamp(Σ weight · c / divisor + offset, 0, 255)) in 32-bit floats, row by row;
 * edges repeated; fully transparent pixels count as black; alpha is the centre's. The definition of the engine's `convolve`.
 */
export function convolve(input: Raster, { weights, divisor, offset }: Kernel3): Raster {
  const { width, height, data } = input
  const output = createRaster(input)
  const channel = (x: number, y: number, c: number): number => {
    const at = (Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))) * 4
    return data[at + 3] === 0 ? 0 : (data[at + c] ?? 0)
  }
  const f = Math.fround
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4
      for (let c = 0; c < 3; c++) {
        let sum = 0
        for (let k = 0; k < 9; k++) sum = f(sum + f(channel(x - 1 + (k % 3), y - 1 + Math.floor(k / 3), c) * f(weights[k] ?? 0)))
        output.data[at + c] = Math.trunc(Math.min(255, Math.max(0, f(f(sum / f(divisor)) + f(offset)))))
      }
      output.data[at + 3] = data[at + 3] ?? 0
    }
  }
  return output
}
