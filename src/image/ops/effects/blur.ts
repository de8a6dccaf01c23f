import * as z from 'zod'
import { blur as blurPixels } from '../../engine/pixels/blur.ts'
import { defineOperation } from '../define.ts'

/** More blurs every picture to one tone already. */
const strength = z.number().min(0).max(10_000)

export const blur = defineOperation({
  summary: 'Gaussian blur; the radius cuts the Gaussian off, 0 chooses it by sigma.',
  params: z.strictObject({
    sigma: strength.describe('Standard deviation in pixels; 0 changes nothing.'),
    radius: strength.default(0).describe('Half width of the Gaussian in pixels; 0: as wide as it has visible effect.'),
  }),
  plan: (_params, { width, height }) => ({ width, height }),
  /** The rows that the taps reach, in floats. */
  workingBytes: () => 6_000_000,
  apply: async ({ sigma, radius }, input, _output, context) =>
    sigma === 0 ? input : blurPixels(await context.core(), input, { sigma, radius }),
})
