import { z } from 'zod'
import { selectiveBlur as blurSelectively } from '../kernels/selective-blur.ts'
import { defineOperation } from './define.ts'

export const selectiveBlur = defineOperation({
  summary: 'Smooths areas of little contrast and keeps edges, with the arithmetic of GD.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  apply: (_params, input) => blurSelectively(input),
})
