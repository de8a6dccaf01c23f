import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { createRaster, type Shape } from '../raster.ts'
import { defineOperation } from './define.ts'

const params = z.strictObject({
  x: z.int().min(0).default(0),
  y: z.int().min(0).default(0),
  width: z.int().min(1).optional(),
  height: z.int().min(1).optional(),
})

/** The rectangle may reach over the right and lower edge: what lies inside the image is kept. */
function clip({ x, y, width, height }: z.output<typeof params>, input: Shape): Shape {
  if (x >= input.width || y >= input.height) {
    throw new AppError('invalid_parameter', { field: 'crop', reason: `Expected a corner inside ${input.width}×${input.height}, received ${x},${y}.` })
  }
  return { width: Math.min(width ?? input.width, input.width - x), height: Math.min(height ?? input.height, input.height - y) }
}

export const crop = defineOperation({
  summary: 'Keeps one rectangle of the image.',
  params,
  plan: clip,
  geometry(rectangle, input) {
    const kept = clip(rectangle, input)
    return { window: { x: rectangle.x, y: rectangle.y, ...kept }, ...kept, kernel: 'lanczos3' }
  },
  apply({ x, y }, input, output) {
    const kept = createRaster(output)
    for (let row = 0; row < output.height; row++) {
      const from = ((y + row) * input.width + x) * 4
      kept.data.set(input.data.subarray(from, from + output.width * 4), row * output.width * 4)
    }
    return kept
  },
})
