import * as z from 'zod'
import { roundSide } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'
import { resample } from '../../resample.ts'
import { defineOperation } from '../define.ts'

/** How many squares lie side by side, and below each other. */
const squaresOf = ({ width, height }: Shape, size: number): Shape => ({ width: roundSide(width / size), height: roundSide(height / size) })

export const pixelate = defineOperation({
  summary: 'Makes the image out of large squares of one colour each.',
  params: z.strictObject({ size: z.int().min(2).max(100).default(8).describe('Side of a square, in pixels.') }),
  plan: (_params, { width, height }) => ({ width, height }),
  /** The means of the squares. */
  workingBytes({ size }, input) {
    const { width, height } = squaresOf(input, size)
    return width * height * 4
  },
  async apply({ size }, input, output, context) {
    const squares = squaresOf(input, size)
    const means = await resample(
      input,
      { window: { x: 0, y: 0, width: input.width, height: input.height }, ...squares, kernel: 'box' },
      context,
    )
    return resample(means, { window: { x: 0, y: 0, ...squares }, ...output, kernel: 'nearest' }, context)
  },
})
