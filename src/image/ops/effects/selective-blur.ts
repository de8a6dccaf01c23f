import * as z from 'zod'
import { selectiveBlur as blurSelectively } from '../../engine/pixels/neighbourhood.ts'
import { defineOperation } from '../define.ts'

export const selectiveBlur = defineOperation({
  summary: 'Smooths areas of little contrast and keeps edges, with the arithmetic of GD.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  apply: async (_params, input, _output, context) => blurSelectively(await context.core(), input),
})
