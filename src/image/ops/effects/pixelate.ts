import * as z from 'zod'
import { squareRows, squareRowsBytes } from '../../engine/resample/squares.ts'
import { defineOperation } from '../define.ts'

export const pixelate = defineOperation({
  summary: 'Makes the image out of large squares of one colour each.',
  params: z.strictObject({ size: z.int().min(2).max(100).default(8).describe('Side of a square, in pixels.') }),
  plan: (_params, { width, height }) => ({ width, height }),
  rows: ({ size }, input, _output, { core }) => squareRows(core, input, size),
  workingBytes: ({ size }, input) => squareRowsBytes(input, size),
})
