import * as z from 'zod'
import { channels, colour } from '../../colour.ts'
import { roundSide } from '../../geometry.ts'
import { resolveSize, sideLength } from '../../length.ts'
import { pasteOn } from '../../paste.ts'
import { place, placementParams } from '../../placement.ts'
import type { Shape } from '../../raster.ts'
import { RESAMPLE_KERNELS, resample } from '../../resample.ts'
import { defineOperation } from '../define.ts'

const params = z.strictObject({
  width: sideLength.optional(),
  height: sideLength.optional(),
  position: placementParams.position,
  background: colour.default('00000000'),
  kernel: z.enum(RESAMPLE_KERNELS).default('lanczos3'),
})

function inside(image: Shape, box: Shape): Shape {
  const scale = Math.min(box.width / image.width, box.height / image.height)
  return { width: Math.min(box.width, roundSide(image.width * scale)), height: Math.min(box.height, roundSide(image.height * scale)) }
}

export const letterbox = defineOperation({
  summary: 'Scales the image to fit inside the box and fills the rest of the box with the background.',
  params,
  plan: (given, image) => resolveSize(given.width, given.height, image),
  workingBytes: (_given, image, box) => inside(image, box).width * inside(image, box).height * 4,
  async apply({ position, background, kernel }, input, output, context) {
    const window = { x: 0, y: 0, width: input.width, height: input.height }
    const scaled = await resample(input, { window, ...inside(input, output), kernel }, context)
    const { x, y } = place(scaled, output, { position, x: 0, y: 0 })
    return pasteOn(output, channels(background), scaled, x, y)
  },
})
