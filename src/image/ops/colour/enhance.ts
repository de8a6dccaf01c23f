import * as z from 'zod'
import { enhance as enhancePixels } from '../../engine/pixels/neighbourhood.ts'
import { defineOperation } from '../define.ts'

export const enhance = defineOperation({
  summary: 'Removes noise: smooths each pixel with those around it that look alike, as ImageMagick does.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  /** An image below 5 × 5 stays as it is (docs/protocols/batch.md §4.7) */
  apply: async (_params, input, _output, context) => enhancePixels(await context.core(), input),
})
