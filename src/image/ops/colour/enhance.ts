import * as z from 'zod'
import { enhance as enhancePixels, enhanceBytes } from '../../engine/pixels/neighbourhood.ts'
import { defineOperation } from '../define.ts'

export const enhance = defineOperation({
  summary: 'Removes noise: smooths each pixel with those around it that look alike, as ImageMagick does.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  /** An image below 5 × 5 stays as it is (docs/protocols/batch.md §4.7) */
  rows: (_params, input, _output, { core }) => enhancePixels(core, input),
  workingBytes: (_params, { width }) => enhanceBytes(width),
})
