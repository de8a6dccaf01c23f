import * as z from 'zod'
import { sharpen as sharpenPixels, sharpenBytes, sharpenTaps } from '../../engine/pixels/blur.ts'
import { SHARPENING } from '../../definitions/sharpen.ts'
import { defineOperation } from '../define.ts'

export const sharpen = defineOperation({
  summary: 'Sharpens edges by unsharp masking; sigma is about the width of what is sharpened, in pixels.',
  params: z.strictObject({ sigma: z.number().min(0).max(20).default(1) }),
  plan: (_params, { width, height }) => ({ width, height }),
  rows: ({ sigma }, input, _output, { core }) => (sigma === 0 ? input : sharpenPixels(core, input, { sigma, ...SHARPENING })),
  /** Against sigma 1. */
  relativeWork: ({ sigma }) => sharpenTaps(sigma) / sharpenTaps(1),
  workingBytes: ({ sigma }, { width }) => (sigma === 0 ? 0 : sharpenBytes(width, sigma)),
})
