import * as z from 'zod'
import type { ImageContext } from './context.ts'
import { composite } from './engine/pixels/composite.ts'
import { COMPOSITE_MODES, type CompositeMode } from './definitions/blend-modes.ts'
import { pasteOn } from './paste.ts'
import { place, placementParams } from './placement.ts'
import type { Raster, Shape } from './raster.ts'

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
export async function drawLayer(image: Raster, layer: Raster, params: LayerParams, context: ImageContext): Promise<Raster> {
  const { x, y } = place(layer, image, params)
  return drawAt(image, params.repeat ? spaced(layer, image, params) : layer, x, y, params, context)
}

/** Blends a layer with its upper left corner at (x, y). */
export async function drawAt(
  image: Raster,
  raster: Raster,
  x: number,
  y: number,
  { blend, opacity, repeat }: LayerParams,
  context: ImageContext,
): Promise<Raster> {
  return composite(await context.core(), image, { raster, left: x, top: y, mode: blend, opacity, isTiled: repeat })
}

/** How large a tile may be: one with a gap wider than the image shows no second copy anyway. */
const tileShape = (layer: Shape, image: Shape, { gapX, gapY }: LayerParams): Shape => ({
  width: layer.width + Math.min(image.width, Math.round(gapX)),
  height: layer.height + Math.min(image.height, Math.round(gapY)),
})

/** The layer with its gaps to the right and below. One that is larger than the image has no use for them. */
function spaced(layer: Raster, image: Shape, params: LayerParams): Raster {
  if (layer.width > image.width || layer.height > image.height) return layer
  const tile = tileShape(layer, image, params)
  return tile.width === layer.width && tile.height === layer.height ? layer : pasteOn(tile, [0, 0, 0, 0], layer, 0, 0)
}

/** Bytes that `drawLayer` needs beside the layer, at most. */
export function layerBytes(image: Shape, params: LayerParams): number {
  if (!params.repeat) return 0
  const tile = tileShape(image, image, params)
  return tile.width * tile.height * 4
}
