import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'
import { type HeldPicture, heldBytes, holdPicture, type HoldExports } from './held.ts'
import { allocateRows, BAND_ROWS, NO_ROWS, type PixelRows, putRows, rowsBytes } from './pixel-rows.ts'
import type { Rectangle } from '../../geometry.ts'
import { mixPixel } from '../../definitions/mix.ts'
import { createRaster, type Raster, type Shape } from '../../raster.ts'

/** Areas of a picture that a step changes, and how their edges look. */
export interface Areas {
  readonly areas: readonly Rectangle[]
  readonly shape: 'rectangle' | 'oval'
  readonly softness: number
}

/** The parts of the areas that lie in the picture. */
const inside = ({ areas }: Areas, image: Shape): readonly Rectangle[] =>
  areas
    .map(({ x, y, width, height }) => ({ x, y, width: Math.min(width, image.width - x), height: Math.min(height, image.height - y) }))
    .filter(({ width, height }) => width > 0 && height > 0)

/** Memory that `changeAreas` takes. `effectBytes`: what the effect takes on a picture of this shape. */
export function areasBytes(given: Areas, image: Shape, isOpaque: boolean, effectBytes: (area: Shape) => number): number {
  const each = inside(given, image).map((area) => area.width * area.height * 4 + rowsBytes(area.width, BAND_ROWS) + effectBytes(area))
  return heldBytes(image, isOpaque) + rowsBytes(image.width, BAND_ROWS) + each.reduce((sum, bytes) => sum + bytes, 0)
}

/** The picture with the effect in its areas, one after the other; each sees the picture as it came. */
export function changeAreas(core: Core<HoldExports>, input: PixelRows, given: Areas, effect: (rows: PixelRows) => PixelRows): PixelRows {
  const { width, height, isOpaque } = input
  const { picture, bands } = holdPicture(core, input)
  const changes = inside(given, input).map((area) => ({ area, rows: effect(areaRows(core, picture, area, isOpaque)) }))
  const target = allocateRows(core, width, BAND_ROWS)
  function* make(): Generator<Band> {
    const layers: { readonly area: Rectangle; readonly raster: Raster }[] = []
    for (const { area, rows } of changes) {
      const raster = createRaster(area)
      layers.push({ area, raster })
      let y = 0
      for (const band of rows.bands) {
        putRows(core, band, raster, y)
        y += band.rows
        yield NO_ROWS
      }
    }
    for (let top = 0; top < height; top += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - top)
      for (let row = 0; row < rows; row++) {
        const to = target.ptr + row * target.stride
        picture.putPixels(0, top + row, width, to)
        const pixels = core.bytes().subarray(to, to + width * 4)
        for (const { area, raster } of layers) drawRow(pixels, top + row, area, raster, given)
      }
      yield { ...target, rows }
    }
  }
  return { width, height, isOpaque, bands: bands(make) }
}

function areaRows(core: Core, picture: HeldPicture, { x, y, width, height }: Rectangle, isOpaque: boolean): PixelRows {
  const target = allocateRows(core, width, BAND_ROWS)
  function* bands(): Generator<Band> {
    for (let top = 0; top < height; top += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - top)
      for (let row = 0; row < rows; row++) picture.putPixels(x, y + top + row, width, target.ptr + row * target.stride)
      yield { ...target, rows }
    }
  }
  return { width, height, isOpaque, bands: bands() }
}

/** Draws row `y` of the picture where it meets the area. */
function drawRow(pixels: Uint8Array, y: number, area: Rectangle, { data }: Raster, given: Areas): void {
  const row = y - area.y
  if (row < 0 || row >= area.height) return
  for (let x = 0; x < area.width; x++) {
    const share = shareAt(x, row, area, given)
    const at = (row * area.width + x) * 4
    const colour = [data[at], data[at + 1], data[at + 2], data[at + 3]] as unknown as Parameters<typeof mixPixel>[2] // inside the area
    if (share > 0) mixPixel(pixels, (area.x + x) * 4, colour, share)
  }
}

/** How much of the effect a pixel shows, by the distance of its centre from the edge. */
function shareAt(x: number, y: number, { width, height }: Shape, { shape, softness }: Areas): number {
  const depth =
    shape === 'rectangle'
      ? Math.min(x, y, width - 1 - x, height - 1 - y) + 1
      : (1 - Math.hypot((2 * x + 1) / width - 1, (2 * y + 1) / height - 1)) * (Math.min(width, height) / 2) + 0.5
  return Math.min(1, Math.max(0, depth / (softness + 1)))
}
