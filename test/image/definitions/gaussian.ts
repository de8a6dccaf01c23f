import { createRaster, type Raster } from '../../../src/image/raster.ts'

/**
 * Blurs by `taps` along rows, then along columns; edges repeated; colours weighted by alpha, alpha blurred likewise; to the nearest. What
 * becomes transparent is transparent black. The definition of the engine's `blur`.
 */
export function blur(input: Raster, taps: Float64Array): Raster {
  const { width, height, data } = input
  const premultiplied = Float64Array.from(data, (value, at) => (at % 4 === 3 ? value : (value * (data[at | 3] ?? 0)) / 255))
  const along = filter(premultiplied, taps, width, height, 4, width * 4)
  const across = filter(along, taps, height, width, width * 4, 4)
  return straight(input, across)
}

/** Filters `lines` lines of `length` groups of four, `step` apart. */
function filter(from: Float64Array, taps: Float64Array, length: number, lines: number, step: number, lineStep: number): Float64Array {
  const to = new Float64Array(from.length)
  const half = (taps.length - 1) / 2
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      for (let c = 0; c < 4; c++) {
        let sum = 0
        for (let k = 0; k < taps.length; k++)
          sum += (taps[k] ?? 0) * (from[line * lineStep + Math.min(length - 1, Math.max(0, i + k - half)) * step + c] ?? 0)
        to[line * lineStep + i * step + c] = sum
      }
    }
  }
  return to
}

/** Premultiplied floats to a raster, to the nearest. */
export function straight({ width, height }: Pick<Raster, 'width' | 'height'>, premultiplied: Float64Array): Raster {
  const output = createRaster({ width, height })
  for (let at = 0; at < premultiplied.length; at += 4) {
    const alpha = premultiplied[at + 3] ?? 0
    if (alpha < 0.5) continue
    for (let c = 0; c < 3; c++) output.data[at + c] = Math.floor(((premultiplied[at + c] ?? 0) * 255) / alpha + 0.5)
    output.data[at + 3] = Math.floor(alpha + 0.5)
  }
  return output
}
