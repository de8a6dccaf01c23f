import { createRaster, type Raster } from '../../../src/image/raster.ts'

/**
 * The median of every n×n neighbourhood (n odd), each channel for itself, alpha too; edges repeated. A running histogram a row (Huang, 1979):
 * about 2·n steps a sample whatever the picture.
 */
export function median(input: Raster, size: number): Raster {
  const output = createRaster(input)
  for (let channel = 0; channel < 4; channel++) for (let y = 0; y < input.height; y++) medianRow(input, output, size, channel, y)
  return output
}

function medianRow({ width, height, data }: Raster, output: Raster, size: number, channel: number, y: number): void {
  const half = (size - 1) / 2
  const rank = (size * size - 1) / 2
  const counts = new Int32Array(256)
  const rows = Array.from({ length: size }, (_, j) => Math.min(height - 1, Math.max(0, y + j - half)) * width)
  /** The level of rank `rank`, and how many samples lie below it. */
  let [level, below] = [0, 0]
  const change = (x: number, by: 1 | -1): void => {
    const column = Math.min(width - 1, Math.max(0, x))
    for (const row of rows) {
      const value = data[(row + column) * 4 + channel] as number // row and column are inside
      counts[value] = (counts[value] as number) + by
      if (value < level) below += by
    }
  }
  for (let x = -half; x < half; x++) change(x, 1)
  for (let x = 0; x < width; x++) {
    change(x + half, 1)
    while (below > rank) below -= counts[--level] as number
    while (below + (counts[level] as number) <= rank) below += counts[level++] as number
    output.data[(y * width + x) * 4 + channel] = level
    change(x - half, -1)
  }
}
