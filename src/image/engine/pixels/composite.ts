import { BLENDS, isOperator, keepsBackdrop, keepsOpacity, type LayerPlace, modulo, operatorOf } from '../../definitions/blend-modes.ts'
import type { Raster, Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import type { Band } from '../plane-stream.ts'

export interface CompositeExports {
  compositeRow(
    back: number,
    source: number,
    pixels: number,
    opacity: number,
    mode: number,
    sourceConstant: number,
    sourceSlope: number,
    backConstant: number,
    backSlope: number,
  ): void
}

/** The pixels of a layer, straight alpha. */
export interface LayerPixels extends Shape {
  /** Copies pixels of row `y` from column `x` on, as many as `to` has room for; all inside the layer. A layer that is not tiled is asked for its rows from top to bottom. */
  putPixels(x: number, y: number, to: Uint8Array): void
}

export interface Layer extends LayerPlace {
  readonly pixels: LayerPixels
}

export const rasterLayer = ({ width, height, data }: Raster): LayerPixels => ({
  width,
  height,
  putPixels: (x, y, to) => to.set(data.subarray((y * width + x) * 4, (y * width + x) * 4 + to.length)),
})

const SLACK = 64
const BLEND_NAMES = Object.keys(BLENDS)

/** Core memory that `composite` takes. */
export const compositeBytes = (width: number): number => 2 * (width * 4 + SLACK + 16)

/** Draws a layer; `test/image/definitions/composite.ts`, within one level of it. */
export function composite(core: Core<CompositeExports>, input: PixelRows, layer: Layer): PixelRows {
  const { width, height } = input
  const operator = operatorOf(layer.mode)
  const keeps = keepsBackdrop(layer.mode)
  const [left, right] = layer.isTiled ? [0, width] : [Math.max(0, layer.left), Math.min(width, layer.left + layer.pixels.width)]
  const [top, bottom] = layer.isTiled ? [0, height] : [Math.max(0, layer.top), Math.min(height, layer.top + layer.pixels.height)]
  const bytes = Math.max(0, right - left) * 4
  /** The pixels below the layer, apart from those behind them in the row. */
  const back = core.alloc(bytes + SLACK)
  const source = core.alloc(bytes + SLACK)
  const mode = isOperator(layer.mode) ? 0 : 1 + BLEND_NAMES.indexOf(layer.mode)
  const draw = (row: number, y: number): void => {
    const memory = core.bytes()
    memory.copyWithin(back, row + left * 4, row + left * 4 + bytes)
    if (!keeps) memory.fill(0, row, row + width * 4)
    putLayerRow(memory.subarray(source, source + bytes), layer, left, y)
    core.exports.compositeRow(back, source, right - left, layer.opacity, mode, ...operator.source, ...operator.backdrop)
    core.bytes().copyWithin(row + left * 4, back, back + bytes)
  }
  function* bands(): Generator<Band> {
    let y = 0
    for (const band of input.bands) {
      for (let row = 0; row < band.rows; row++, y++) {
        const at = band.ptr + row * band.stride
        if (bytes > 0 && y >= top && y < bottom) draw(at, y)
        else if (!keeps) core.bytes().fill(0, at, at + width * 4)
      }
      yield band
    }
  }
  return { width, height, isOpaque: input.isOpaque && keepsOpacity(layer.mode), bands: bands() }
}

/** Fills `row` with the layer's pixels that fall on row `y` from column `left` on. */
function putLayerRow(row: Uint8Array, { pixels, left: layerLeft, top, isTiled }: Layer, left: number, y: number): void {
  const { width, height } = pixels
  const v = isTiled ? modulo(y - top, height) : y - top
  let u = isTiled ? modulo(left - layerLeft, width) : left - layerLeft
  for (let at = 0; at < row.length; u = 0) {
    const part = row.subarray(at, at + Math.min((width - u) * 4, row.length - at))
    pixels.putPixels(u, v, part)
    at += part.length
  }
}
