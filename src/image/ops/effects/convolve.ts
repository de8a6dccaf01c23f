import * as z from 'zod'
import { convolve as convolvePixels, convolveBytes } from '../../engine/pixels/convolve.ts'
import { defineOperation } from '../define.ts'

const weight = z.number().min(-10_000).max(10_000)

const params = z.strictObject({
  kernel: z.array(weight).length(9).describe('Row by row; applied as it stands, not mirrored.'),
  divisor: weight.refine((value) => value !== 0, 'Expected another divisor than 0.').default(1),
  offset: weight.default(0).describe('Added after the division, in levels.'),
})

export const convolve = defineOperation({
  summary: 'Convolves red, green and blue with a 3×3 kernel, with the arithmetic of GD.',
  params,
  plan: (_params, { width, height }) => ({ width, height }),
  rows: ({ kernel, divisor, offset }, input, _output, { core }) => convolvePixels(core, input, { weights: kernel, divisor, offset }),
  workingBytes: (_params, { width }) => convolveBytes(width),
})
