import { type Orientation, SYMMETRY, uprightShape } from '../../../src/image/orientation.ts'
import { createRaster, type Raster } from '../../../src/image/raster.ts'

/** Turns stored pixels upright into a new raster; returns the same raster when there is nothing to do. */
export function turnUpright(stored: Raster, orientation: Orientation): Raster {
  if (orientation === 1) return stored
  const { transpose, mirrorX, mirrorY } = SYMMETRY[orientation]
  const upright = createRaster(uprightShape(stored, orientation))
  const from = pixels(stored)
  const to = pixels(upright)
  const stepX = mirrorX ? -1 : 1
  const stepY = (mirrorY ? -1 : 1) * stored.width
  const origin = (mirrorX ? stored.width - 1 : 0) + (mirrorY ? (stored.height - 1) * stored.width : 0)
  const [alongRow, alongColumn] = transpose ? [stepY, stepX] : [stepX, stepY]
  let target = 0
  for (let y = 0; y < upright.height; y++) {
    let source = origin + y * alongColumn
    for (let x = 0; x < upright.width; x++, source += alongRow) to[target++] = from[source] as number // source stays inside: a symmetry is a bijection
  }
  return upright
}

const pixels = ({ data }: Raster): Uint32Array =>
  data.byteOffset % 4 === 0 ? new Uint32Array(data.buffer, data.byteOffset, data.length / 4) : new Uint32Array(data.slice().buffer)
