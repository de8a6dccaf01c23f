import * as z from 'zod'
import { ANCHORS, type Geometry, POSITIONS, RESAMPLE_KERNELS } from '../../geometry.ts'
import { resolveSize, sideLength } from '../../length.ts'
import type { Shape } from '../../raster.ts'
import { defineOperation } from '../define.ts'

const params = z.strictObject({
  width: sideLength,
  height: sideLength,
  position: z.enum(POSITIONS).default('center'),
  kernel: z.enum(RESAMPLE_KERNELS).default('lanczos3'),
})

/** The largest window with the aspect ratio of the target, at the wished position, scaled to the target. */
function coverGeometry({ width, height, position, kernel }: z.output<typeof params>, image: Shape): Geometry {
  const target = resolveSize(width, height, image)
  const scale = Math.max(target.width / image.width, target.height / image.height)
  const window = { width: Math.min(image.width, target.width / scale), height: Math.min(image.height, target.height / scale) }
  const anchor = ANCHORS[position]
  return {
    window: { x: (image.width - window.width) * anchor.x, y: (image.height - window.height) * anchor.y, ...window },
    ...target,
    kernel,
  }
}

export const cover = defineOperation({
  summary: 'Scales the image until it covers the box and cuts off what hangs over; the position says which part stays.',
  params,
  plan: (given, image) => resolveSize(given.width, given.height, image),
  geometry: coverGeometry,
})
