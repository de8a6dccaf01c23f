import type { ColourMatrix } from '../../../src/image/definitions/colour-matrix.ts'
import { createRaster, type Raster } from '../../../src/image/raster.ts'

/** out = matrix · (r, g, b, 1), clamped, to the nearest (halves up); alpha untouched. The definition of the engine's `multiplyColours`. */
export function multiplyColours(input: Raster, matrix: ColourMatrix): Raster {
  const output = createRaster(input)
  const { data } = input
  for (let at = 0; at < data.length; at += 4) {
    for (let c = 0; c < 3; c++) {
      let sum = matrix[c * 4 + 3] ?? 0
      for (let k = 0; k < 3; k++) sum += (matrix[c * 4 + k] ?? 0) * (data[at + k] ?? 0)
      output.data[at + c] = Math.floor(sum + 0.5)
    }
    output.data[at + 3] = data[at + 3] ?? 0
  }
  return output
}
