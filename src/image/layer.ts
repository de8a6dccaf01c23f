import { z } from 'zod'
import { blend, BLEND_MODES } from './blend.ts'
import { place, placementParams } from './placement.ts'
import { createRaster, type Raster, type Shape } from './raster.ts'

const gap = z.number().min(0).max(10_000).default(0)

/** How a layer lies over the image: shared by all operations that draw one. */
export const layerParams = {
  ...placementParams,
  opacity: z.number().min(0).max(1).default(1),
  /** Degrees, clockwise. */
  rotate: z.number().min(-360).max(360).default(0),
  blend: z.enum(BLEND_MODES).default('normal'),
  /** Whether copies of the layer cover the whole image, `gapX` and `gapY` pixels apart. */
  repeat: z.boolean().default(false),
  gapX: gap,
  gapY: gap,
}

const schema = z.object(layerParams)
export type LayerParams = z.output<typeof schema>

/** Blends a layer onto an image at its place, once or repeated. */
export function drawLayer(image: Raster, layer: Raster, params: LayerParams): Raster {
  const { x, y } = place(layer, image, params)
  if (!params.repeat) return blend(image, layer, x, y, params.blend, params.opacity)
  const pitch = { width: layer.width + Math.round(params.gapX), height: layer.height + Math.round(params.gapY) }
  return blend(image, tiled(layer, image, x, y, pitch), 0, 0, params.blend, params.opacity)
}

/** The layer's copies in a raster of the image's size; one of them has its corner at (x, y). */
function tiled(layer: Raster, { width, height }: Shape, x: number, y: number, pitch: Shape): Raster {
  const tiles = createRaster({ width, height })
  const source = new Uint32Array(layer.data.slice().buffer)
  const target = new Uint32Array(tiles.data.buffer)
  for (let row = 0; row < height; row++) {
    const from = modulo(row - y, pitch.height)
    if (from >= layer.height) continue
    for (let start = -modulo(-x, pitch.width); start < width; start += pitch.width) {
      const [left, right] = [Math.max(0, start), Math.min(width, start + layer.width)]
      if (left < right)
        target.set(source.subarray(from * layer.width + left - start, from * layer.width + right - start), row * width + left)
    }
  }
  return tiles
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by
