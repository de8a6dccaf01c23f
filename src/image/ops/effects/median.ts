import * as z from 'zod'
import { median as medianPixels, medianBytes, MOST_MEDIAN_SIZE } from '../../engine/pixels/neighbourhood.ts'
import { defineOperation } from '../define.ts'

export const median = defineOperation({
  summary: 'Replaces every value by the median of the square around it: removes specks and keeps edges.',
  params: z.strictObject({
    size: z
      .int()
      .min(1)
      .max(MOST_MEDIAN_SIZE)
      .refine((size) => size % 2 === 1, 'Expected an odd size.')
      .default(3),
  }),
  plan: (_params, { width, height }) => ({ width, height }),
  rows: ({ size }, input, _output, { core }) => (size === 1 ? input : medianPixels(core, input, size)),
  /** Against size 3, which has a network of its own; the others count samples. */
  relativeWork: ({ size }) => (size <= 3 ? 1 : (size * size) / 3),
  workingBytes: ({ size }, { width }) => medianBytes(width, size),
})
