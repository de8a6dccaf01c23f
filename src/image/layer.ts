import * as z from 'zod'
import type { Engine } from './engine/engine.ts'
import { composite, compositeBytes, type LayerPixels, rasterLayer } from './engine/pixels/composite.ts'
import type { PixelRows } from './engine/rows/pixel-rows.ts'
import { COMPOSITE_MODES, type CompositeMode } from './definitions/blend-modes.ts'
import { place, placementParams } from './placement.ts'
import { createRaster, type Raster, type Shape } from './raster.ts'

const gap = z.number().min(0).max(10_000).default(0).describe('Pixels between copies.')

/** How a layer lies over the image: shared by all operations that draw one. */
export const layerParams = {
  ...placementParams,
  opacity: z.number().min(0).max(1).default(1).describe('0 invisible, 1 as it is.'),
  rotate: z.number().min(-360).max(360).default(0).describe('Degrees, clockwise.'),
  blend: z
    .enum(COMPOSITE_MODES as [CompositeMode, ...CompositeMode[]])
    .default('over')
    .describe('How its colours mix with those below.'),
  repeat: z.boolean().default(false).describe('Whether copies of it cover the whole image.'),
  gapX: gap,
  gapY: gap,
}

const schema = z.object(layerParams)
export type LayerParams = z.output<typeof schema>

/** Blends a layer onto an image at its place, once or repeated. */
export function drawLayer(core: Engine, image: PixelRows, layer: Raster, params: LayerParams): PixelRows {
  const { x, y } = place(layer, image, params)
  return drawAt(core, image, rasterLayer(params.repeat ? spaced(layer, image, params) : layer), x, y, params)
}

/** Blends a layer with its upper left corner at (x, y). */
export const drawAt = (
  core: Engine,
  image: PixelRows,
  pixels: LayerPixels,
  x: number,
  y: number,
  { blend, opacity, repeat }: LayerParams,
): PixelRows => composite(core, image, { pixels, left: x, top: y, mode: blend, opacity, isTiled: repeat })

/** How large a tile may be: one with a gap wider than the image shows no second copy anyway. */
const tileShape = (layer: Shape, image: Shape, { gapX, gapY }: LayerParams): Shape => ({
  width: layer.width + Math.min(image.width, Math.round(gapX)),
  height: layer.height + Math.min(image.height, Math.round(gapY)),
})

/** The layer with its gaps to the right and below. One that is larger than the image has no use for them. */
function spaced(layer: Raster, image: Shape, params: LayerParams): Raster {
  if (layer.width > image.width || layer.height > image.height) return layer
  const shape = tileShape(layer, image, params)
  if (shape.width === layer.width && shape.height === layer.height) return layer
  const tile = createRaster(shape)
  const rowBytes = layer.width * 4
  for (let y = 0; y < layer.height; y++) tile.data.set(layer.data.subarray(y * rowBytes, (y + 1) * rowBytes), y * shape.width * 4)
  return tile
}

/** Bytes that `drawLayer` needs beside a layer of at most this shape. */
export function layerBytes(layer: Shape, image: Shape, params: LayerParams): number {
  if (!params.repeat) return compositeBytes(image.width)
  const tile = tileShape(layer, image, params)
  return tile.width * tile.height * 4 + compositeBytes(image.width)
}
