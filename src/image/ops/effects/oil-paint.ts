import * as z from 'zod'
import { oilPaint as paintRows, oilPaintBytes } from '../../engine/pixels/oil-paint.ts'
import { defineOperation } from '../define.ts'

export const oilPaint = defineOperation({
  summary: 'Paints with a brush: each pixel gets the mean colour of those around it that have their commonest brightness.',
  params: z.strictObject({ radius: z.int().min(1).max(10).default(2).describe('Half the side of the square around a pixel, in pixels.') }),
  plan: (_params, { width, height }) => ({ width, height }),
  rows: ({ radius }, input, _output, { core }) => paintRows(core, input, radius),
  /** Against radius 2. */
  relativeWork: ({ radius }) => (2 * radius + 1) / 5,
  workingBytes: ({ radius }, { width }) => oilPaintBytes(width, radius),
})
