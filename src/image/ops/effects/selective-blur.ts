import * as z from 'zod'
import { selectiveBlur as blurSelectively, selectiveBlurBytes } from '../../engine/pixels/neighbourhood.ts'
import { defineOperation } from '../define.ts'

export const selectiveBlur = defineOperation({
  summary: 'Smooths areas of little contrast and keeps edges, with the arithmetic of GD.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  rows: (_params, input, _output, { core }) => blurSelectively(core, input),
  workingBytes: (_params, { width }) => selectiveBlurBytes(width),
})
