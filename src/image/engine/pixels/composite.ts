import { BLENDS, isOperator, keepsBackdrop, type Layer, modulo, operatorOf } from '../../definitions/blend-modes.ts'
import { createRaster, type Raster } from '../../raster.ts'
import type { Core } from '../core.ts'

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

const SLACK = 64
const BLEND_NAMES = Object.keys(BLENDS)

/** Draws a layer; `test/image/definitions/composite.ts`, within one level of it. Core memory: two rows, given back. */
export function composite(core: Core<CompositeExports>, input: Raster, layer: Layer): Raster {
  const { width, height } = input
  const operator = operatorOf(layer.mode)
  const output = createRaster(input)
  if (keepsBackdrop(layer.mode)) output.data.set(input.data)
  const [left, right] = layer.isTiled ? [0, width] : [Math.max(0, layer.left), Math.min(width, layer.left + layer.raster.width)]
  const [top, bottom] = layer.isTiled ? [0, height] : [Math.max(0, layer.top), Math.min(height, layer.top + layer.raster.height)]
  if (left >= right || top >= bottom) return output
  const mark = core.mark()
  const back = core.alloc((right - left) * 4 + SLACK)
  const source = core.alloc((right - left) * 4 + SLACK)
  const mode = isOperator(layer.mode) ? 0 : 1 + BLEND_NAMES.indexOf(layer.mode)
  const bytes = (right - left) * 4
  for (let y = top; y < bottom; y++) {
    const at = (y * width + left) * 4
    core.bytes().set(input.data.subarray(at, at + bytes), back)
    putLayerRow(core.bytes().subarray(source, source + bytes), layer, left, y)
    core.exports.compositeRow(back, source, right - left, layer.opacity, mode, ...operator.source, ...operator.backdrop)
    output.data.set(core.bytes().subarray(back, back + bytes), at)
  }
  core.release(mark)
  return output
}

/** Fills `row` with the layer's pixels that fall on row `y` from column `left` on. */
function putLayerRow(row: Uint8Array, { raster, left: layerLeft, top, isTiled }: Layer, left: number, y: number): void {
  const { width, height, data } = raster
  const v = isTiled ? modulo(y - top, height) : y - top
  let u = isTiled ? modulo(left - layerLeft, width) : left - layerLeft
  for (let at = 0; at < row.length; u = 0) {
    const part = data.subarray((v * width + u) * 4, (v * width + Math.min(width, u + (row.length - at) / 4)) * 4)
    row.set(part, at)
    at += part.length
  }
}
