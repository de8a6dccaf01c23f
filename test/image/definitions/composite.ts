import {
  type Blend,
  BLENDS,
  type CompositeMode,
  isOperator,
  keepsBackdrop,
  type LayerPlace,
  modulo,
  operatorOf,
} from '../../../src/image/definitions/blend-modes.ts'
import { createRaster, type Raster } from '../../../src/image/raster.ts'

/** A layer whose pixels are a raster. */
interface RasterLayer extends LayerPlace {
  readonly raster: Raster
}

const blendOf = (mode: CompositeMode): Blend => (isOperator(mode) ? (_back, source) => source : BLENDS[mode])

/**
 * Draws a layer on a picture of straight alpha. What lies outside is cut; around the layer the backdrop stays as it is, or goes when the
 * operator keeps none of it. The definition of the engine's `composite`. Source: W3C Compositing and Blending Level 1, §§ 5–10.
 */
export function composite(input: Raster, layer: RasterLayer): Raster {
  const output = createRaster(input)
  for (let y = 0; y < input.height; y++) {
    for (let x = 0; x < input.width; x++) {
      const at = (y * input.width + x) * 4
      const back = [...input.data.subarray(at, at + 4)]
      const source = layerPixel(layer, x, y)
      if (source !== null) output.data.set(mix(back, source, layer), at)
      else if (keepsBackdrop(layer.mode)) output.data.set(back, at)
    }
  }
  return output
}

function layerPixel({ raster: { width, height, data }, left, top, isTiled }: RasterLayer, x: number, y: number): readonly number[] | null {
  const [u, v] = isTiled ? [modulo(x - left, width), modulo(y - top, height)] : [x - left, y - top]
  if (u < 0 || v < 0 || u >= width || v >= height) return null
  return [...data.subarray((v * width + u) * 4, (v * width + u) * 4 + 4)]
}

function mix(back: readonly number[], source: readonly number[], { mode, opacity }: RasterLayer): number[] {
  const operator = operatorOf(mode)
  const alphaB = (back[3] ?? 0) / 255
  const alphaS = ((source[3] ?? 0) / 255) * opacity
  const partS = alphaS * (operator.source[0] + operator.source[1] * alphaB)
  const partB = alphaB * (operator.backdrop[0] + operator.backdrop[1] * alphaS)
  const alpha = Math.min(1, partS + partB)
  if (Math.round(alpha * 255) === 0) return [0, 0, 0, 0]
  const colours = [0, 1, 2].map((c) => {
    const [cb, cs] = [(back[c] ?? 0) / 255, (source[c] ?? 0) / 255]
    const mixed = (1 - alphaB) * cs + alphaB * blendOf(mode)(cb, cs)
    return Math.round(Math.min(1, (partS * mixed + partB * cb) / alpha) * 255)
  })
  return [...colours, Math.round(alpha * 255)]
}
