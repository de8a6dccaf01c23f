import * as z from 'zod'
import { mapLuma, toneCurve } from '../../tone.ts'
import { defineOperation } from '../define.ts'

export const grayscale = defineOperation({
  summary: 'Takes the colours away.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  isPointwise: true,
  rows: (_params, input, _output, { core }) =>
    mapLuma(
      core,
      input,
      toneCurve((luma) => luma),
    ),
})
