import * as z from 'zod'
import { AppError } from '../../../errors.ts'
import type { Rectangle } from '../../geometry.ts'
import { resolveSize, sideLength } from '../../length.ts'
import { place, placementParams } from '../../placement.ts'
import type { Shape } from '../../raster.ts'
import { defineOperation } from '../define.ts'

const params = z.strictObject({
  width: sideLength.optional(),
  height: sideLength.optional(),
  ...placementParams,
  position: placementParams.position.unwrap().default('top-left').describe('Which edge or corner x and y count from.'),
  fit: z
    .boolean()
    .default(false)
    .describe(
      'True: a frame that hangs over is shrunk, keeping its own aspect ratio, and moved inside. False: what hangs over is cut off.',
    ),
})

function kept(given: z.output<typeof params>, image: Shape): Rectangle {
  const wish = resolveSize(given.width, given.height, image)
  const scale = given.fit ? Math.min(1, image.width / wish.width, image.height / wish.height) : 1
  const frame = { width: Math.max(1, Math.round(wish.width * scale)), height: Math.max(1, Math.round(wish.height * scale)) }
  const { x, y } = place(frame, image, given)
  if (given.fit) return { x: clamp(x, image.width - frame.width), y: clamp(y, image.height - frame.height), ...frame }
  const [left, top] = [Math.max(0, x), Math.max(0, y)]
  const [right, bottom] = [Math.min(image.width, x + frame.width), Math.min(image.height, y + frame.height)]
  if (left >= right || top >= bottom) {
    const reason = `Expected a frame that meets the image of ${image.width}×${image.height}, received ${frame.width}×${frame.height} at ${x},${y}.`
    throw new AppError('invalid_parameter', { field: 'crop', reason })
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}

const clamp = (value: number, max: number): number => Math.min(max, Math.max(0, value))

export const crop = defineOperation({
  summary: 'Keeps one rectangle of the image.',
  params,
  plan(given, image) {
    const { width, height } = kept(given, image)
    return { width, height }
  },
  geometry(given, image) {
    const window = kept(given, image)
    return { window, width: window.width, height: window.height, kernel: 'lanczos3' }
  },
})
