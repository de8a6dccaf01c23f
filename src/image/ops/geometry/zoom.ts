import * as z from 'zod'
import { RESAMPLE_KERNELS, roundSide } from '../../geometry.ts'
import { resolveSize, sideLength } from '../../length.ts'
import type { Shape } from '../../raster.ts'
import { defineOperation } from '../define.ts'

const params = z.strictObject({
  width: sideLength.optional(),
  height: sideLength.optional(),
  level: z.number().min(0).max(10).default(1).describe('Multiplier of the size; below 1 counts as 1.'),
  kernel: z.enum(RESAMPLE_KERNELS).default('lanczos3'),
})

/** The level multiplies the size: at least by 1, at most by 10, and lowered to min(W/w, H/h) (docs/protocols/batch.md §4.15) */
function zoomed({ width, height, level }: z.output<typeof params>, image: Shape): Shape {
  const size = resolveSize(width, height, image)
  const scale = Math.max(1, Math.min(10, level, image.width / size.width, image.height / size.height))
  return { width: roundSide(size.width * scale), height: roundSide(size.height * scale) }
}

export const zoom = defineOperation({
  summary: 'Scales the image to a multiple of a size, as for dense screens, but not beyond its own pixels.',
  params,
  plan: zoomed,
  geometry: (given, image) => ({
    window: { x: 0, y: 0, width: image.width, height: image.height },
    ...zoomed(given, image),
    kernel: given.kernel,
  }),
})
