import * as z from 'zod'
import { channels, colour } from '../../colour.ts'
import { type Lab, labSpace } from '../../definitions/lab.ts'
import { createRaster } from '../../raster.ts'
import { defineOperation } from '../define.ts'

/** For each grey its lightness with the tint's hue: full in the middle tones, none in black and white, as sharp's `tint`. */
function tintedGreys(tintColour: string): Uint8ClampedArray {
  const [red, green, blue] = channels(tintColour)
  const { toLab, fromLab } = labSpace()
  const tint: Lab = { l: 0, a: 0, b: 0 }
  const grey: Lab = { l: 0, a: 0, b: 0 }
  toLab(red, green, blue, tint)
  const colours = new Uint8ClampedArray(256 * 3)
  for (let level = 0; level < 256; level++) {
    toLab(level, level, level, grey)
    const weight = 1 - 4 * (grey.l / 100 - 0.5) ** 2
    fromLab({ l: grey.l, a: tint.a * weight, b: tint.b * weight }, colours, level * 3)
  }
  return colours
}

export const tint = defineOperation({
  summary: 'Gives the whole image the hue of one colour and keeps its lightness.',
  params: z.strictObject({ colour }),
  plan: (_params, { width, height }) => ({ width, height }),
  apply(given, input) {
    const colours = tintedGreys(given.colour)
    const output = createRaster(input)
    const { data } = input
    const { greyOf } = labSpace()
    for (let i = 0; i < data.length; i += 4) {
      const grey = greyOf(data[i] as number, data[i + 1] as number, data[i + 2] as number) * 3 // i stays below the length
      for (let c = 0; c < 3; c++) output.data[i + c] = colours[grey + c] as number // 256 × 3 entries
      output.data[i + 3] = data[i + 3] as number
    }
    return output
  },
})
