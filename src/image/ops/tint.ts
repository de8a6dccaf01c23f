import { z } from 'zod'
import { channels, colour } from '../colour.ts'
import { fromLab, type Lab, toLab } from '../lab.ts'
import { mapLuma } from '../tone.ts'
import { defineOperation } from './define.ts'

/** For each luma its lightness with the tint's hue: full in the middle tones, none in black and white, as sharp's `tint`. */
function tintedGreys(tintColour: string): Uint8ClampedArray {
  const [red, green, blue] = channels(tintColour)
  const tint: Lab = { l: 0, a: 0, b: 0 }
  const grey: Lab = { l: 0, a: 0, b: 0 }
  toLab(red, green, blue, tint)
  const colours = new Uint8ClampedArray(256 * 3)
  for (let luma = 0; luma < 256; luma++) {
    toLab(luma, luma, luma, grey)
    const weight = 1 - 4 * (grey.l / 100 - 0.5) ** 2
    fromLab({ l: grey.l, a: tint.a * weight, b: tint.b * weight }, colours, luma * 3)
  }
  return colours
}

export const tint = defineOperation({
  summary: 'Gives the whole image the hue of one colour and keeps its lightness.',
  params: z.strictObject({ colour }),
  plan: (_params, { width, height }) => ({ width, height }),
  apply(given, input) {
    const colours = tintedGreys(given.colour)
    const curve = (channel: number) => Uint8ClampedArray.from({ length: 256 }, (_, luma) => colours[luma * 3 + channel] as number) // 256 × 3 entries
    return mapLuma(input, curve(0), curve(1), curve(2))
  },
})
