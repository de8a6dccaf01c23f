import * as z from 'zod'
import { type Geometry, RESAMPLE_KERNELS, roundSide } from '../../geometry.ts'
import { resolveSize, sideLength } from '../../length.ts'
import type { Shape } from '../../raster.ts'
import { defineOperation } from '../define.ts'

const params = z.strictObject({
  width: sideLength.optional(),
  height: sideLength.optional(),
  fit: z
    .enum(['stretch', 'inside', 'outside'])
    .default('inside')
    .describe(
      '`stretch` gives exactly the box; `inside` touches it from within, `outside` from without, both with the image’s own aspect ratio.',
    ),
  enlarge: z.boolean().default(true).describe('Whether a smaller image may grow, a larger one shrink.'),
  reduce: z.boolean().default(true),
  kernel: z.enum(RESAMPLE_KERNELS).default('lanczos3'),
})

function targetShape({ width, height, fit, enlarge, reduce }: z.output<typeof params>, image: Shape): Shape {
  const box = resolveSize(width, height, image)
  if (fit === 'stretch') return box
  const [across, down] = [box.width / image.width, box.height / image.height]
  const scale =
    width === undefined ? down : height === undefined ? across : fit === 'inside' ? Math.min(across, down) : Math.max(across, down)
  if ((scale > 1 && !enlarge) || (scale < 1 && !reduce)) return { width: image.width, height: image.height }
  return scale === across
    ? { width: box.width, height: height === undefined ? box.height : roundSide(image.height * scale) }
    : { width: width === undefined ? box.width : roundSide(image.width * scale), height: box.height }
}

export const resize = defineOperation({
  summary: 'Scales the image to a size or a box.',
  params,
  plan: targetShape,
  geometry: (given, image): Geometry => ({
    window: { x: 0, y: 0, width: image.width, height: image.height },
    ...targetShape(given, image),
    kernel: given.kernel,
  }),
})
