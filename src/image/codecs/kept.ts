import { collect } from '../collect.ts'
import type { RowsContext } from '../context.ts'
import { BAND_ROWS, type Picture, rasterRows, rowsBytes } from '../engine/rows/pixel-rows.ts'
import type { Shape } from '../raster.ts'

/** A picture of at most so many bytes is kept: two megapixels. */
const MOST_BYTES = 8_000_000

const isSmall = ({ width, height }: Shape): boolean => width * height * 4 <= MOST_BYTES

/** Memory that `keepSmall` takes beside the rows of the picture. */
export const keptBytes = (shape: Shape): number => (isSmall(shape) ? shape.width * shape.height * 4 + rowsBytes(shape.width, BAND_ROWS) : 0)

/**
 * A picture for who reads it twice. A small one is read once and kept, so that its file is not decoded and its steps do not run once more; a large
 * one is made anew each time.
 */
export async function keepSmall(context: Pick<RowsContext, 'core' | 'drain'>, picture: Picture): Promise<Picture> {
  if (!isSmall(picture)) return picture
  const { core } = context
  const { raster, isOpaque } = await picture.read(async (rows) => ({ raster: await collect(context, rows), isOpaque: rows.isOpaque }))
  const { width, height } = raster
  return {
    width,
    height,
    async read(work) {
      const mark = core.mark()
      try {
        return await work({ ...rasterRows(core, raster), isOpaque })
      } finally {
        core.release(mark)
      }
    },
  }
}
