import * as z from 'zod'
import { resampleRows, resampleRowsBytes } from '../../engine/resample/rows.ts'
import { type Geometry, roundSide, wholeImage } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'
import { defineOperation } from '../define.ts'

/** The mean colours of the squares, as a small picture. */
const meansOf = (image: Shape, size: number): Geometry => ({
  ...wholeImage(image),
  width: roundSide(image.width / size),
  height: roundSide(image.height / size),
  kernel: 'box',
})

export const pixelate = defineOperation({
  summary: 'Makes the image out of large squares of one colour each.',
  params: z.strictObject({ size: z.int().min(2).max(100).default(8).describe('Side of a square, in pixels.') }),
  plan: (_params, { width, height }) => ({ width, height }),
  rows({ size }, input, output, { core }) {
    const means = resampleRows(core, input, meansOf(input, size))
    return resampleRows(core, means, { ...wholeImage(means), ...output, kernel: 'nearest' })
  },
  workingBytes({ size }, input, output) {
    const means = meansOf(input, size)
    return resampleRowsBytes(input, means) + resampleRowsBytes(means, { ...wholeImage(means), ...output, kernel: 'nearest' })
  },
})
