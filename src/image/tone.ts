import type { ImageContext } from './context.ts'
import { lookUp } from './engine/pixels/pixelwise.ts'
import { tableOf } from './definitions/look-up.ts'
import { createRaster, type Raster } from './raster.ts'

/** What each of the 256 values of a channel becomes. */
export type ToneCurve = Uint8Array

/** `curve(c)` is clamped to 0–255 and rounded to nearest, half to even: give whole numbers where a formula truncates. */
export const toneCurve = (curve: (value: number) => number): ToneCurve => tableOf(curve)

/** Replaces red, green and blue by their curves; alpha stays. */
export async function mapChannels(
  input: Raster,
  context: ImageContext,
  red: ToneCurve,
  green: ToneCurve = red,
  blue: ToneCurve = red,
): Promise<Raster> {
  return lookUp(await context.core(), input, [red, green, blue])
}

/** Replaces every pixel by the three curves' values of its luma `trunc(0.299R + 0.587G + 0.114B)`, GD's grey; alpha stays. */
export function mapLuma(input: Raster, red: ToneCurve, green: ToneCurve = red, blue: ToneCurve = red): Raster {
  const output = createRaster(input)
  const [from, to] = [input.data, output.data]
  for (let i = 0; i < from.length; i += 4) {
    const luma = Math.trunc((from[i] as number) * 0.299 + (from[i + 1] as number) * 0.587 + (from[i + 2] as number) * 0.114) // i stays below the length
    to[i] = red[luma] as number
    to[i + 1] = green[luma] as number
    to[i + 2] = blue[luma] as number
    to[i + 3] = from[i + 3] as number
  }
  return output
}
