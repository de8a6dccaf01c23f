import { createRaster, type Raster } from '../../../src/image/raster.ts'

const f = Math.fround
/** Weight of a neighbour by how far its level is: 1 / |difference|, and 1 when equal. */
const WEIGHT_OF_DIFFERENCE = Float32Array.from({ length: 256 }, (_, difference) => (difference === 0 ? 1 : 1 / difference))

/**
 * libgd 2.3.3's selective blur, to the bit, but each pixel keeps its own alpha. It works in place: of the nine pixels, those above and to
 * the left are already results; what lies outside counts as black. Source: docs/protocols/batch.md §4.8. The definition of the engine's
 * `selectiveBlur`.
 */
export function selectiveBlur(input: Raster): Raster {
  const output = createRaster(input)
  output.data.set(input.data)
  for (let y = 0; y < input.height; y++) {
    for (let x = 0; x < input.width; x++) for (let c = 0; c < 3; c++) blurSample(output, x, y, c)
  }
  return output
}

const levels = new Float32Array(9)
const weights = new Float32Array(9)

function blurSample({ width, height, data }: Raster, x: number, y: number, c: number): void {
  const at = (y * width + x) * 4 + c
  const own = data[at] as number // (x, y) is inside
  let total = 0
  for (let k = 0; k < 9; k++) {
    const [u, v] = [x - 1 + (k % 3), y - 1 + ((k / 3) | 0)]
    const level = u < 0 || v < 0 || u >= width || v >= height ? 0 : (data[(v * width + u) * 4 + c] as number)
    levels[k] = level
    weights[k] = k === 4 ? 0.5 : (WEIGHT_OF_DIFFERENCE[Math.abs(own - level)] as number)
    total = f(total + (weights[k] as number))
  }
  let sum = 0
  for (let k = 0; k < 9; k++) sum = f(sum + f((levels[k] as number) * f((weights[k] as number) / total)))
  data[at] = Math.trunc(Math.min(255, Math.max(0, sum)))
}
