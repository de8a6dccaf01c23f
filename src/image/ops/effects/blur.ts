import * as z from 'zod'
import { blur as blurPixels, blurBytes, blurTaps } from '../../engine/pixels/blur.ts'
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
  rows: ({ sigma, radius }, input, _output, { core }) => (sigma === 0 ? input : blurPixels(core, input, { sigma, radius })),
  /** Against sigma 3. */
  relativeWork: ({ sigma, radius }) => blurTaps({ sigma, radius }) / blurTaps({ sigma: 3 }),
  workingBytes: ({ sigma, radius }, { width }) => (sigma === 0 ? 0 : blurBytes(width, { sigma, radius })),
})
