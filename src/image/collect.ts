import type { RowsContext } from './context.ts'
import { type PixelRows, putRows } from './engine/rows/pixel-rows.ts'
import { createRaster, type Raster } from './raster.ts'

/** Rough work of copying a pixel. */
const NS_PER_PIXEL = 1

/** Reads rows into a raster. */
export async function collect({ core, drain }: Pick<RowsContext, 'core' | 'drain'>, rows: PixelRows): Promise<Raster> {
  const raster = createRaster(rows)
  let y = 0
  await drain(
    rows,
    (band) => {
      putRows(core, band, raster, y)
      y += band.rows
    },
    NS_PER_PIXEL,
  )
  return raster
}
