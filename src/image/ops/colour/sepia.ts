import * as z from 'zod'
import { mapLuma, toneCurve } from '../../tone.ts'
import { defineOperation } from '../define.ts'

export const sepia = defineOperation({
  summary: 'Shows the image in the browns of an old photograph.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  /** GD's IMG_FILTER_GRAYSCALE, then IMG_FILTER_COLORIZE by 90, 60, 40 (docs/protocols/batch.md §4.8). */
  isPointwise: true,
  rows: (_params, input, _output, { core }) =>
    mapLuma(
      core,
      input,
      toneCurve((luma) => luma + 90),
      toneCurve((luma) => luma + 60),
      toneCurve((luma) => luma + 40),
    ),
})
