import * as z from 'zod'
import { channels, colour } from '../../colour.ts'
import { frameRows, frameRowsBytes } from '../../engine/rows/frame.ts'
import { resampleRows, resampleRowsBytes } from '../../engine/resample/rows.ts'
import { RESAMPLE_KERNELS, roundSide, wholeImage } from '../../geometry.ts'
import { resolveSize, sideLength } from '../../length.ts'
import { place, placementParams } from '../../placement.ts'
import type { Shape } from '../../raster.ts'
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
  addsTransparency: ({ background }) => !background.endsWith('ff'),
  rows({ position, background, kernel }, input, output, { core }) {
    const scaled = resampleRows(core, input, { ...wholeImage(input), ...inside(input, output), kernel })
    const { x, y } = place(scaled, output, { position, x: 0, y: 0 })
    return frameRows(core, scaled, output, channels(background), x, y)
  },
  workingBytes: ({ kernel }, input, output) =>
    resampleRowsBytes(input, { ...wholeImage(input), ...inside(input, output), kernel }) + frameRowsBytes(output.width),
})
