import * as z from 'zod'
import { mapChannels, toneCurve } from '../../tone.ts'
import { defineOperation } from '../define.ts'

export const gamma = defineOperation({
  summary: 'Brightens the middle tones (above 1) and leaves black and white alone.',
  params: z.strictObject({ exponent: z.number().min(1).max(3).default(2.2) }),
  plan: (_params, { width, height }) => ({ width, height }),
  isPointwise: true,
  rows: ({ exponent }, input, _output, { core }) =>
    mapChannels(
      core,
      input,
      toneCurve((c) => 255 * (c / 255) ** (1 / exponent)),
    ),
})
