import { z } from 'zod'
import { gaussianBlur } from '../blur.ts'
import { defineOperation } from './define.ts'

/** More blurs every picture to one tone already. */
const strength = z.number().min(0).max(10_000)

export const blur = defineOperation({
  summary: 'Gaussian blur; the radius cuts the Gaussian off, 0 chooses it by sigma.',
  params: z.strictObject({ sigma: strength, radius: strength.default(0) }),
  plan: (_params, { width, height }) => ({ width, height }),
  /** Two copies of the premultiplied values in floats. */
  workingBytes: (_params, { width, height }) => 2 * width * height * 16,
  apply: ({ sigma, radius }, input) => (sigma === 0 ? input : gaussianBlur(input, sigma, radius)),
})
