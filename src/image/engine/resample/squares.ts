import type { Core } from '../core.ts'
import type { ResampleExports } from './resampler.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import { resampleRows, resampleRowsBytes } from './rows.ts'
import { type Geometry, roundSide, wholeImage } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'

/** The mean colours of the squares, as a small picture. */
const meansOf = (image: Shape, size: number): Geometry => ({
  ...wholeImage(image),
  width: roundSide(image.width / size),
  height: roundSide(image.height / size),
  kernel: 'box',
})

const backTo = (means: Shape, { width, height }: Shape): Geometry => ({ ...wholeImage(means), width, height, kernel: 'nearest' })

/** The picture as squares of one colour each, their mean. `size`: the side of a square in pixels. */
export function squareRows(core: Core<ResampleExports>, input: PixelRows, size: number): PixelRows {
  const means = resampleRows(core, input, meansOf(input, size))
  return resampleRows(core, means, backTo(means, input))
}

/** Memory that `squareRows` takes. */
export function squareRowsBytes(input: Shape, size: number): number {
  const means = meansOf(input, size)
  return resampleRowsBytes(input, means) + resampleRowsBytes(means, backTo(means, input))
}
