import * as z from 'zod'
import { multiplyColours } from '../../engine/pixels/pixelwise.ts'
import { defineOperation } from '../define.ts'

export const recolour = defineOperation({
  summary: 'Makes each of red, green and blue out of all three of them, as sharp’s `recomb`.',
  params: z.strictObject({
    matrix: z
      .array(z.number().min(-10).max(10))
      .length(9)
      .describe('Row by row: what of the old red, green and blue the new red, green and blue are made of.'),
  }),
  plan: (_params, { width, height }) => ({ width, height }),
  isPointwise: true,
  rows({ matrix: [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] }, input, _output, { core }) {
    return multiplyColours(core, input, [a, b, c, 0, d, e, f, 0, g, h, i, 0])
  },
})
