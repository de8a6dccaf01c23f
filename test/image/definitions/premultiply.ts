import { createRaster, type Raster } from '../../../src/image/raster.ts'

type Channels = readonly [red: number, green: number, blue: number, alpha: number]

function mapPixels(input: Raster, map: (...channels: Channels) => Channels): Raster {
  const output = createRaster(input)
  const { data } = input
  for (let at = 0; at < data.length; at += 4)
    output.data.set(map(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0, data[at + 3] ?? 0), at)
  return output
}

/** c = round(c · a / 255). The definition of the engine's `premultiply`. */
export const premultiply = (input: Raster): Raster =>
  mapPixels(input, (red, green, blue, alpha) => [
    Math.round((red * alpha) / 255),
    Math.round((green * alpha) / 255),
    Math.round((blue * alpha) / 255),
    alpha,
  ])

/** c = min(255, round(c · 255 / a)); transparent pixels become transparent black. The definition of the engine's `unpremultiply`. */
export const unpremultiply = (input: Raster): Raster =>
  mapPixels(input, (red, green, blue, alpha) => {
    const straight = (c: number): number => (alpha === 0 ? 0 : Math.min(255, Math.round((c * 255) / alpha)))
    return [straight(red), straight(green), straight(blue), alpha]
  })

/** Onto an opaque background: c = round((c · a + background · (255 − a)) / 255). The definition of the engine's `flatten`. */
export const flatten = (input: Raster, background: readonly [red: number, green: number, blue: number]): Raster =>
  mapPixels(input, (red, green, blue, alpha) => {
    const over = (c: number, back: number): number => Math.round((c * alpha + back * (255 - alpha)) / 255)
    return [over(red, background[0]), over(green, background[1]), over(blue, background[2]), 255]
  })
