import * as z from 'zod'
import { median as medianPixels } from '../../engine/pixels/neighbourhood.ts'
import { defineOperation } from '../define.ts'

export const median = defineOperation({
  summary: 'Replaces every value by the median of the square around it: removes specks and keeps edges.',
  params: z.strictObject({
    size: z
      .int()
      .min(1)
      .max(15)
      .refine((size) => size % 2 === 1, 'Expected an odd size.')
      .default(3),
  }),
  plan: (_params, { width, height }) => ({ width, height }),
  apply: async ({ size }, input, _output, context) => (size === 1 ? input : medianPixels(await context.core(), input, size)),
})
