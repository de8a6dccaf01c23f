import type { RowsContext } from '../context.ts'
import { rasterRows } from '../engine/rows/pixel-rows.ts'
import { codec } from '../plan.ts'
import type { Raster } from '../raster.ts'
import { areaMeans } from './areas.ts'

/** Of the longer side. */
const MOST_SIDE = 20
const QUALITY = 40

/** A picture of at most 20 pixels a side as a data URI of some 500 bytes: JPEG, or PNG where a pixel is not opaque. */
export async function placeholder(picture: Raster, context: RowsContext): Promise<string> {
  const { width, height } = picture
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height))
  const shape = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
  const small = areaMeans(picture, shape)
  const isOpaque = small.data.every((level, i) => i % 4 !== 3 || level === 255)
  const { mime, options, encode } = codec(isOpaque ? 'jpeg' : 'png')
  const { core } = context
  const mark = core.mark()
  try {
    const read = <T>(work: (rows: ReturnType<typeof rasterRows>) => Promise<T>): Promise<T> => work(rasterRows(core, small))
    const body = await encode({ ...shape, read }, options.parse({ quality: QUALITY }) as never, context) // that codec's own options
    return `data:${mime};base64,${btoa(String.fromCharCode(...body))}`
  } finally {
    core.release(mark)
  }
}
