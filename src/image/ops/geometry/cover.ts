import * as z from 'zod'
import { ANCHORS, type Geometry, POSITIONS, RESAMPLE_KERNELS, roundSide } from '../../geometry.ts'
import { resolveSize, sideLength } from '../../length.ts'
import type { Shape } from '../../raster.ts'
import { defineOperation } from '../define.ts'

const params = z.strictObject({
  width: sideLength,
  height: sideLength,
  position: z.enum(POSITIONS).default('center'),
  kernel: z.enum(RESAMPLE_KERNELS).default('lanczos3'),
  enlarge: z
    .literal(false)
    .optional()
    .describe(
      'False: a box that is larger than the image on a side shrinks to it, keeping its own aspect ratio. Absent: a smaller image grows.',
    ),
})

function targetShape({ width, height, enlarge }: z.output<typeof params>, image: Shape): Shape {
  const box = resolveSize(width, height, image)
  const scale = Math.min(1, image.width / box.width, image.height / box.height)
  return enlarge === undefined ? box : { width: roundSide(box.width * scale), height: roundSide(box.height * scale) }
}

/** The largest window with the aspect ratio of the target, at the wished position, scaled to the target. */
function coverGeometry(given: z.output<typeof params>, image: Shape): Geometry {
  const { position, kernel } = given
  const target = targetShape(given, image)
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
  plan: targetShape,
  geometry: coverGeometry,
})
