import type { Geometry, Rectangle } from './geometry.ts'
import { createRaster, type Raster, type Shape } from './raster.ts'

/** EXIF tag 0x0112: which of the eight symmetries turns the stored pixels upright. 1 = stored upright. (EXIF 2.32, table 6.) */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

const ORIENTATIONS: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8]

/** Whether turning upright exchanges width and height. */
export const swapsSides = (orientation: Orientation): boolean => orientation >= 5

export const uprightShape = ({ width, height }: Shape, orientation: Orientation): Shape =>
  swapsSides(orientation) ? { width: height, height: width } : { width, height }

/** Upright pixel (x, y) is the stored pixel at `transpose ? (y', x') : (x', y')` after mirroring as listed. */
const SYMMETRY: Record<Orientation, { readonly transpose: boolean; readonly mirrorX: boolean; readonly mirrorY: boolean }> = {
  1: { transpose: false, mirrorX: false, mirrorY: false },
  2: { transpose: false, mirrorX: true, mirrorY: false },
  3: { transpose: false, mirrorX: true, mirrorY: true },
  4: { transpose: false, mirrorX: false, mirrorY: true },
  5: { transpose: true, mirrorX: false, mirrorY: false },
  6: { transpose: true, mirrorX: false, mirrorY: true },
  7: { transpose: true, mirrorX: true, mirrorY: true },
  8: { transpose: true, mirrorX: true, mirrorY: false },
}

/** The one orientation that turns as `first` and then `second` do. */
export function compose(first: Orientation, second: Orientation): Orientation {
  const [a, b] = [SYMMETRY[first], SYMMETRY[second]]
  const [mirrorX, mirrorY] = a.transpose ? [b.mirrorY, b.mirrorX] : [b.mirrorX, b.mirrorY]
  const both = { transpose: a.transpose !== b.transpose, mirrorX: a.mirrorX !== mirrorX, mirrorY: a.mirrorY !== mirrorY }
  const found = ORIENTATIONS.find((orientation) => {
    const { transpose, mirrorX: acrossX, mirrorY: acrossY } = SYMMETRY[orientation]
    return transpose === both.transpose && acrossX === both.mirrorX && acrossY === both.mirrorY
  })
  return found as Orientation // the eight are all that there are
}

/** A geometry of a picture of shape `source`, said of the picture that `turn` makes of it: its result is the turned result. */
export function turnGeometry(geometry: Geometry, source: Shape, turn: Orientation): Geometry {
  const { transpose, mirrorX, mirrorY } = SYMMETRY[turn]
  const { window } = geometry
  const x = mirrorX ? source.width - window.x - window.width : window.x
  const y = mirrorY ? source.height - window.y - window.height : window.y
  const mirrored = { ...geometry, window: { ...window, x, y } }
  if (!transpose) return mirrored
  return { ...mirrored, window: { x: y, y: x, width: window.height, height: window.width }, width: geometry.height, height: geometry.width }
}

/** The stored pixels that an upright window shows. `stored` is the shape in the file. Mirrors are of the stored axes. */
export function storedWindow(window: Rectangle, stored: Shape, orientation: Orientation): Rectangle {
  const { transpose, mirrorX, mirrorY } = SYMMETRY[orientation]
  const turned = transpose ? { x: window.y, y: window.x, width: window.height, height: window.width } : window
  return {
    ...turned,
    x: mirrorX ? stored.width - turned.x - turned.width : turned.x,
    y: mirrorY ? stored.height - turned.y - turned.height : turned.y,
  }
}

/** A geometry in upright pixels, said of the stored ones. */
export function storedGeometry(geometry: Geometry, stored: Shape, orientation: Orientation): Geometry {
  const [width, height] = swapsSides(orientation) ? [geometry.height, geometry.width] : [geometry.width, geometry.height]
  return { window: storedWindow(geometry.window, stored, orientation), width, height, kernel: geometry.kernel }
}

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
