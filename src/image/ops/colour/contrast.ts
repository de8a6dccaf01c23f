import * as z from 'zod'
import { mapChannels, toneCurve } from '../../tone.ts'
import { defineOperation } from '../define.ts'

export const contrast = defineOperation({
  summary: 'Spreads the tones away from middle grey (positive level) or draws them together (negative).',
  params: z.strictObject({ level: z.number().min(-100).max(100) }),
  plan: (_params, { width, height }) => ({ width, height }),
  /** k = ((100 + level)/100)², c′ = trunc(clamp(((c/255 − 0.5)·k + 0.5)·255)), in double precision (docs/protocols/batch.md §4.5, GD with Photon's sign) */
  isPointwise: true,
  rows({ level }, input, _output, { core }) {
    const slope = ((100 + level) / 100) ** 2
    return mapChannels(
      core,
      input,
      toneCurve((c) => Math.trunc(((c / 255 - 0.5) * slope + 0.5) * 255)),
    )
  },
})
