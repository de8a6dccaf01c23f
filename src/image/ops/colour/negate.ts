import * as z from 'zod'
import { mapChannels, toneCurve } from '../../tone.ts'
import { defineOperation } from '../define.ts'

export const negate = defineOperation({
  summary: 'Inverts red, green and blue, as a photographic negative.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  isPointwise: true,
  rows: (_params, input, _output, { core }) =>
    mapChannels(
      core,
      input,
      toneCurve((c) => 255 - c),
    ),
})
