import * as z from 'zod'
import { mapChannels, toneCurve } from '../../tone.ts'
import { defineOperation } from '../define.ts'

const addend = z.int().min(-255).max(255).default(0)

export const colorize = defineOperation({
  summary: 'Adds one value each to red, green and blue.',
  params: z.strictObject({ red: addend, green: addend, blue: addend }),
  plan: (_params, { width, height }) => ({ width, height }),
  /** GD's IMG_FILTER_COLORIZE: c′ = clamp(c + value), alpha stays (docs/protocols/batch.md §4.4) */
  isPointwise: true,
  rows: ({ red, green, blue }, input, _output, { core }) =>
    mapChannels(
      core,
      input,
      toneCurve((c) => c + red),
      toneCurve((c) => c + green),
      toneCurve((c) => c + blue),
    ),
})
