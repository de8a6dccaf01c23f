import type { RowsContext } from '../context.ts'
import type { Picture } from '../engine/rows/pixel-rows.ts'
import type { Band } from '../engine/plane-stream.ts'
import { createRaster, type Raster, type Shape } from '../raster.ts'

/** A reduced picture has as many pixels at most; a picture of fewer is its own. */
export const SAMPLE_PIXELS = 300_000
/** Side of the squares that a larger picture is cut into: their edges are edges of blocks in every format. */
export const TILE = 64
/** Rough work of copying a pixel. */
const NS_PER_PIXEL = 1

/** Where squares are taken, in pixels: the reduced picture has them side by side, at their own scale, since a smaller scale would have other details. */
export interface Tiling extends Shape {
  readonly columns: readonly number[]
  readonly rows: readonly number[]
}

/** `null`: the picture is small enough itself. */
export function tilingOf({ width, height }: Shape): Tiling | null {
  if (width * height <= SAMPLE_PIXELS || Math.min(width, height) < TILE) return null
  const tiles = Math.floor(SAMPLE_PIXELS / TILE ** 2)
  const most = (side: number): number => Math.floor(side / TILE)
  const across = Math.min(most(width), tiles, Math.max(1, Math.round(Math.sqrt((tiles * width) / height))))
  const down = Math.min(most(height), Math.floor(tiles / across))
  return {
    width: across * TILE,
    height: down * TILE,
    columns: evenly(across, width),
    rows: evenly(down, height),
  }
}

/** Starts of so many squares along a side, at equal distances but for blocks of 16. */
const evenly = (count: number, side: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => {
    const start = count === 1 ? (side - TILE) / 2 : (i * (side - TILE)) / (count - 1)
    return Math.floor(start / 16) * 16
  })

/** The reduced picture has this shape. */
export const sampleShape = (shape: Shape): Shape => {
  const { width, height } = tilingOf(shape) ?? shape
  return { width, height }
}

/** The squares of a picture in one. */
export async function tilesOf({ core, drain }: Pick<RowsContext, 'core' | 'drain'>, picture: Picture, tiling: Tiling): Promise<Raster> {
  const raster = createRaster(tiling)
  let y = 0
  await picture.read((rows) =>
    drain(
      rows,
      (band) => {
        takeTiles(core.bytes(), band, y, tiling, raster)
        y += band.rows
        return y < (tiling.rows.at(-1) ?? 0) + TILE ? undefined : false
      },
      NS_PER_PIXEL,
    ),
  )
  return raster
}

function takeTiles(memory: Uint8Array, band: Band, top: number, { columns, rows }: Tiling, raster: Raster): void {
  for (const [i, start] of rows.entries()) {
    for (let y = Math.max(start, top), end = Math.min(start + TILE, top + band.rows); y < end; y++) {
      const to = (i * TILE + y - start) * raster.width * 4
      const from = band.ptr + (y - top) * band.stride
      for (const [j, x] of columns.entries()) raster.data.set(memory.subarray(from + x * 4, from + (x + TILE) * 4), to + j * TILE * 4)
    }
  }
}
