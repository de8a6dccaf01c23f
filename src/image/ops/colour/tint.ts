import * as z from 'zod'
import { channels, colour } from '../../colour.ts'
import { type Lab, labSpace } from '../../definitions/lab.ts'
import { mapRows } from '../../engine/rows/stages.ts'
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
  isPointwise: true,
  rows(given, input, _output, { core }) {
    const colours = tintedGreys(given.colour)
    const { greyOf } = labSpace()
    return mapRows(input, (at, bytes) => {
      const row = core.bytes().subarray(at, at + bytes)
      for (let i = 0; i < bytes; i += 4) {
        const grey = greyOf(row[i] as number, row[i + 1] as number, row[i + 2] as number) * 3 // i stays below the length
        for (let c = 0; c < 3; c++) row[i + c] = colours[grey + c] as number // 256 × 3 entries
      }
    })
  },
})
