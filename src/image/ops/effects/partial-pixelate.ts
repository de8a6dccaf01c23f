import * as z from 'zod'
import { areasBytes, changeAreas } from '../../engine/rows/areas.ts'
import { areaParams } from '../../placement.ts'
import { squareRows, squareRowsBytes } from '../../engine/resample/squares.ts'
import { defineOperation } from '../define.ts'

export const partialPixelate = defineOperation({
  summary: 'Makes areas of the picture out of large squares.',
  params: z.strictObject({ ...areaParams, size: z.int().min(2).max(100).default(10).describe('Side of a square, in pixels.') }),
  plan: (_params, { width, height }) => ({ width, height }),
  rows: ({ size, ...areas }, input, _output, { core }) => changeAreas(core, input, areas, (rows) => squareRows(core, rows, size)),
  workingBytes: ({ size, ...areas }, input, _output, isOpaque) => areasBytes(areas, input, isOpaque, (area) => squareRowsBytes(area, size)),
})
