import * as z from 'zod'
import { channels, colour } from '../../colour.ts'
import { mapRows } from '../../engine/rows/stages.ts'
import { mixPixel } from '../../definitions/mix.ts'
import { defineOperation } from '../define.ts'

/** Steps of the squared distance for which the share of the background is known. */
const STEPS = 4096
/** A Gaussian that has come down to a hundredth at the ellipse. */
const STEEPNESS = 4.5

/** The share of the background for each squared distance from the centre to the ellipse that touches the edges. */
function sharesOf(amount: number, falloff: 'gaussian' | 'linear'): Float32Array {
  const reach = amount / 100
  return Float32Array.from({ length: STEPS + 1 }, (_, i) => {
    const depth = reach === 0 ? 0 : Math.max(0, (Math.sqrt(i / STEPS) - 1 + reach) / reach)
    return falloff === 'linear' ? depth : (1 - Math.exp(-STEEPNESS * depth * depth)) / (1 - Math.exp(-STEEPNESS))
  })
}

export const vignette = defineOperation({
  summary: 'Fades to a colour from the middle outwards; beyond the ellipse that touches the edges is only the colour.',
  params: z.strictObject({
    amount: z
      .number()
      .min(0)
      .max(100)
      .default(20)
      .describe('How far inwards it reaches, in percent of the way to the middle; 0 changes nothing.'),
    falloff: z.enum(['gaussian', 'linear']).default('gaussian'),
    background: colour.default('ffffffff'),
  }),
  plan: (_params, { width, height }) => ({ width, height }),
  addsTransparency: ({ amount, background }) => amount > 0 && !background.endsWith('ff'),
  rows({ amount, falloff, background }, input, _output, { core }) {
    if (amount === 0) return input
    const shares = sharesOf(amount, falloff)
    const target = channels(background)
    const across = Float32Array.from({ length: input.width }, (_, x) => ((2 * x + 1) / input.width - 1) ** 2)
    return mapRows(
      input,
      (at, bytes, y) => {
        const row = core.bytes().subarray(at, at + bytes)
        const down = ((2 * y + 1) / input.height - 1) ** 2
        for (let x = 0; x < input.width; x++) {
          const distance = Math.min(1, down + (across[x] as number)) // one entry a column
          const share = shares[Math.round(distance * STEPS)] as number // STEPS + 1 entries
          if (share > 0) mixPixel(row, x * 4, target, share)
        }
      },
      input.isOpaque && background.endsWith('ff'),
    )
  },
})
