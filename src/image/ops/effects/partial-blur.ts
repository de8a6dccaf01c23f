import * as z from 'zod'
import { areasBytes, changeAreas } from '../../engine/rows/areas.ts'
import { areaParams } from '../../placement.ts'
import { blur, blurBytes } from '../../engine/pixels/blur.ts'
import { defineOperation } from '../define.ts'

export const partialBlur = defineOperation({
  summary: 'Blurs areas of the picture.',
  params: z.strictObject({ ...areaParams, sigma: z.number().min(0).max(20).default(10).describe('Standard deviation in pixels.') }),
  plan: (_params, { width, height }) => ({ width, height }),
  rows: ({ sigma, ...areas }, input, _output, { core }) =>
    sigma === 0 ? input : changeAreas(core, input, areas, (rows) => blur(core, rows, { sigma })),
  workingBytes: ({ sigma, ...areas }, input, _output, isOpaque) =>
    sigma === 0 ? 0 : areasBytes(areas, input, isOpaque, ({ width }) => blurBytes(width, { sigma })),
})
