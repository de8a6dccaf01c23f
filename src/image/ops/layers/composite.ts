import * as z from 'zod'
import { drawLayer, layerBytes, layerParams } from '../../layer.ts'
import { resolveLength, resolveSize, sideLength } from '../../length.ts'
import { rotate, rotatedShape } from '../../engine/pixels/affine.ts'
import { roundSide } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'
import { resample } from '../../resample.ts'
import { defineOperation } from '../define.ts'

const params = z.strictObject({
  path: z.string().describe('Of an image in the same storage.'),
  width: sideLength
    .optional()
    .describe('Percentages are of the image below. One side alone keeps the layer’s aspect ratio, none its size.'),
  height: sideLength.optional(),
  ...layerParams,
})

function layerSize({ width, height }: z.output<typeof params>, own: Shape, image: Shape): Shape {
  const pixels = (length: z.output<typeof sideLength> | undefined) =>
    length === undefined ? undefined : roundSide(resolveLength(length, image))
  return resolveSize(pixels(width), pixels(height), own)
}

function turnedBytes(size: Shape, degrees: number): number {
  const turned = rotatedShape(size, degrees)
  return degrees % 360 === 0 ? 0 : turned.width * turned.height * 4
}

export const composite = defineOperation({
  summary: 'Draws another image of the storage as a layer.',
  params,
  plan: (_params, { width, height }) => ({ width, height }),
  inputs: (given) => [
    { path: given.path, size: (own, image) => layerSize(given, own, image), extraBytes: (size) => turnedBytes(size, given.rotate) },
  ],
  workingBytes: (given, image) => layerBytes(image, given),
  async apply(given, input, _output, context) {
    const own = context.inputs[0]
    if (own === undefined) return input
    const size = layerSize(given, own, input)
    const window = { x: 0, y: 0, width: own.width, height: own.height }
    const fits = size.width === own.width && size.height === own.height
    const layer = fits ? own : await resample(own, { window, ...size, kernel: 'lanczos3' }, context)
    const turned =
      given.rotate % 360 === 0 ? layer : rotate(await context.core(), layer, { degrees: given.rotate, background: [0, 0, 0, 0] })
    return drawLayer(input, turned, given, context)
  },
})
