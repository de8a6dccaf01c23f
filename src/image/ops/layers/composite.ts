import * as z from 'zod'
import { drawLayer, layerBytes, layerParams } from '../../layer.ts'
import { resolveLength, resolveSize, sideLength } from '../../length.ts'
import { keepsOpacity } from '../../definitions/blend-modes.ts'
import { collect } from '../../collect.ts'
import type { StepContext } from '../../context.ts'
import { rasterRows } from '../../engine/rows/pixel-rows.ts'
import { rightAngleTurn, rotate, rotatedShape } from '../../engine/pixels/affine.ts'
import { turnRows } from '../../engine/rows/turn.ts'
import { roundSide } from '../../geometry.ts'
import { createRaster, type Raster, type Shape } from '../../raster.ts'
import { defineOperation } from '../define.ts'

const params = z.strictObject({
  path: z.string().describe('Of an image in the same storage.'),
  width: sideLength
    .optional()
    .describe('Percentages are of the image below. One side alone keeps the layer’s aspect ratio, none its size.'),
  height: sideLength.optional(),
  scale: z.number().min(0.01).max(5).optional().describe('Multiplier of the layer’s size.'),
  fit: z
    .enum(['cover', 'inside'])
    .optional()
    .describe(
      'With both sides: `cover` fills the box and cuts off what hangs over, `inside` leaves the rest of it transparent; it is stretched otherwise.',
    ),
  ...layerParams,
})

/** The size in which the layer is read. */
function layerSize(given: z.output<typeof params>, own: Shape, image: Shape): Shape {
  const box = boxOf(given, own, image)
  if (!isFitted(given)) return box
  const [across, down] = [box.width / own.width, box.height / own.height]
  const scale = given.fit === 'cover' ? Math.max(across, down) : Math.min(across, down)
  return { width: roundSide(own.width * scale), height: roundSide(own.height * scale) }
}

const isFitted = ({ fit, width, height }: z.output<typeof params>): boolean =>
  fit !== undefined && width !== undefined && height !== undefined

/** The layer in the middle of its box: what hangs over is cut off, what is left stays transparent. */
function framed(layer: Raster, box: Shape): Raster {
  const result = createRaster(box)
  const [x, y] = [Math.floor((box.width - layer.width) / 2), Math.floor((box.height - layer.height) / 2)]
  const [left, count] = [Math.max(0, -x), Math.min(layer.width, box.width)]
  for (let row = Math.max(0, -y); row < Math.min(layer.height, box.height - y); row++) {
    const from = (row * layer.width + left) * 4
    result.data.set(layer.data.subarray(from, from + count * 4), ((row + y) * box.width + Math.max(0, x)) * 4)
  }
  return result
}

/** The size that the layer takes on the image. */
function boxOf({ width, height, scale = 1 }: z.output<typeof params>, own: Shape, image: Shape): Shape {
  const pixels = (length: z.output<typeof sideLength> | undefined) =>
    length === undefined ? undefined : roundSide(resolveLength(length, image))
  const size = resolveSize(pixels(width), pixels(height), own)
  return { width: roundSide(size.width * scale), height: roundSide(size.height * scale) }
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
    {
      path: given.path,
      size: (own, image) => layerSize(given, own, image),
      extraBytes: (size) => turnedBytes(size, given.rotate) + (isFitted(given) ? size.width * size.height * 4 : 0),
    },
  ],
  workingBytes: (given, image) => layerBytes(image, image, given),
  addsTransparency: ({ blend }) => !keepsOpacity(blend),
  async rows(given, input, _output, context) {
    const sized = context.inputs[0]
    return sized === undefined ? input : drawLayer(context.core, input, await layerOf(given, sized, input, context), given)
  },
})

/** The layer as it is drawn: it comes in the size of `inputs`, and is framed and turned here. */
async function layerOf(given: z.output<typeof params>, sized: Raster, image: Shape, context: StepContext): Promise<Raster> {
  const { core } = context
  const layer = isFitted(given) ? framed(sized, boxOf(given, sized, image)) : sized
  if (given.rotate % 360 === 0) return layer
  const mark = core.mark()
  try {
    const turn = rightAngleTurn(given.rotate)
    const rows = rasterRows(core, layer)
    const transparent = { degrees: given.rotate, background: [0, 0, 0, 0] } as const
    return await collect(context, turn === null ? rotate(core, rows, transparent) : turnRows(core, rows, turn))
  } finally {
    core.release(mark)
  }
}
