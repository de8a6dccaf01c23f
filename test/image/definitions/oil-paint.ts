import type { Raster } from '../../../src/image/raster.ts'

const GRADES = 32
const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value))

/** Oil paint as its sentence says, pixel by pixel: the mean of those of the square that have its commonest brightness. */
export function oilPaint({ width, height, data }: Raster, radius: number): Uint8ClampedArray {
  const result = new Uint8ClampedArray(data.length)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const groups = new Map<number, (readonly number[])[]>()
      for (let v = y - radius; v <= y + radius; v++)
        for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++) {
          const at = (clamp(v, height - 1) * width + u) * 4
          const [r = 0, g = 0, b = 0, a = 0] = data.subarray(at, at + 4)
          const grade = Math.floor((0.299 * r + 0.587 * g + 0.114 * b + 1e-9) / (256 / GRADES))
          groups.set(grade, [...(groups.get(grade) ?? []), [r, g, b, a]])
        }
      const [, best = []] = [...groups].toSorted(([one, p], [two, q]) => q.length - p.length || one - two)[0] ?? []
      const weight = best.reduce((sum, pixel) => sum + (pixel[3] ?? 0), 0)
      const colour = [0, 1, 2].map((c) =>
        weight === 0 ? 0 : best.reduce((sum, pixel) => sum + (pixel[c] ?? 0) * (pixel[3] ?? 0), 0) / weight,
      )
      result.set([...colour.map(Math.round), Math.round(weight / best.length)], (y * width + x) * 4)
    }
  return result
}
