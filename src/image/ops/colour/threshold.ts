import * as z from 'zod'
import { mapLuma, toneCurve } from '../../tone.ts'
import { defineOperation } from '../define.ts'

export const threshold = defineOperation({
  summary: 'Makes every pixel black or white by its luma.',
  params: z.strictObject({ level: z.number().min(0).max(255).default(128).describe('The lowest luma that is white.') }),
  plan: (_params, { width, height }) => ({ width, height }),
  isPointwise: true,
  rows: ({ level }, input, _output, { core }) =>
    mapLuma(
      core,
      input,
      toneCurve((luma) => (luma >= level ? 255 : 0)),
    ),
})
