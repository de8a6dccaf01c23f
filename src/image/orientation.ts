import type { Geometry, Rectangle } from './geometry.ts'
import type { Shape } from './raster.ts'

/** EXIF tag 0x0112: which of the eight symmetries turns the stored pixels upright. 1 = stored upright. (EXIF 2.32, table 6.) */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

const ORIENTATIONS: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8]

/** Whether turning upright exchanges width and height. */
export const swapsSides = (orientation: Orientation): boolean => orientation >= 5

/** Whether the first upright row needs more than the first stored row: then the whole picture is held while it is turned. */
export const turnsRows = (orientation: Orientation): boolean => orientation > 2

export const uprightShape = ({ width, height }: Shape, orientation: Orientation): Shape =>
  swapsSides(orientation) ? { width: height, height: width } : { width, height }

/** Upright pixel (x, y) is the stored pixel at `transpose ? (y', x') : (x', y')` after mirroring as listed. */
export const SYMMETRY: Record<Orientation, { readonly transpose: boolean; readonly mirrorX: boolean; readonly mirrorY: boolean }> = {
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
