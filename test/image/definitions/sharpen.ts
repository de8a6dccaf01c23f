import { gaussianTaps } from '../../../src/image/definitions/gaussian.ts'
import { LEVELS_PER_LIGHTNESS, type Sharpening } from '../../../src/image/definitions/sharpen.ts'
import { createRaster, type Raster } from '../../../src/image/raster.ts'
import { blur } from './gaussian.ts'

const luma = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue

/**
 * Unsharp masking with the curve of libvips's `sharpen`, on Rec. 601 luma where libvips takes CIE lightness: the difference between a pixel
 * and its blurred surroundings is added to all three channels, by `flat` up to the threshold, by `jagged` beyond, within limits. Hue is kept,
 * alpha untouched. The definition of the engine's `sharpen`.
 */
export function sharpen(input: Raster, { sigma, flat, jagged, threshold, brighter, darker }: Sharpening): Raster {
  const soft = premultipliedBlur(input, sigma)
  const output = createRaster(input)
  const { data } = input
  const edge = threshold * LEVELS_PER_LIGHTNESS
  for (let at = 0; at < data.length; at += 4) {
    const own = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0] as const
    const difference = soft(at) === null ? 0 : luma(...own) - (soft(at) ?? 0)
    const size = Math.abs(difference)
    const change = size <= edge ? size * flat : edge * flat + (size - edge) * jagged
    const signed = difference >= 0 ? Math.min(change, brighter * LEVELS_PER_LIGHTNESS) : -Math.min(change, darker * LEVELS_PER_LIGHTNESS)
    for (let c = 0; c < 3; c++) output.data[at + c] = Math.floor((own[c] ?? 0) + signed + 0.5)
    output.data[at + 3] = data[at + 3] ?? 0
  }
  return output
}

/** Luma of the blurred picture at a pixel's offset, `null` where it is transparent. */
function premultipliedBlur(input: Raster, sigma: number): (at: number) => number | null {
  const { data } = blur(input, gaussianTaps(0, sigma))
  return (at) => (data[at + 3] === 0 ? null : luma(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0))
}
