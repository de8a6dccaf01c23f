import * as z from 'zod'
import { mapChannels, toneCurve } from '../../tone.ts'
import { defineOperation } from '../define.ts'

export const brightness = defineOperation({
  summary: 'Adds a level to red, green and blue.',
  params: z.strictObject({ level: z.int().min(-255).max(255) }),
  plan: (_params, { width, height }) => ({ width, height }),
  /** GD's IMG_FILTER_BRIGHTNESS: c′ = clamp(c + level, 0, 255) (docs/protocols/batch.md §4.3) */
  isPointwise: true,
  rows: ({ level }, input, _output, { core }) =>
    mapChannels(
      core,
      input,
      toneCurve((c) => c + level),
    ),
})
