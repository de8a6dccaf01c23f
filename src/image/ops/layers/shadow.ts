import * as z from 'zod'
import { channels, colour } from '../../colour.ts'
import { castShadow, type Shadow, shadowBytes, shadowFrame } from '../../engine/pixels/shadow.ts'
import { defineOperation } from '../define.ts'

const distance = z.int().min(-1000).max(1000).default(4)

const params = z.strictObject({
  sigma: z.number().min(0).max(20).default(4).describe('How soft it is: the standard deviation in pixels.'),
  opacity: z.number().min(0).max(1).default(0.6).describe('0 invisible, 1 solid.'),
  x: distance.describe('To the right of the picture.'),
  y: distance.describe('Below the picture.'),
  colour: colour.default('000000ff'),
})

function shadowOf({ sigma, opacity, x, y, colour: given }: z.output<typeof params>): Shadow {
  const [red, green, blue, alpha] = channels(given)
  return { sigma, x, y, colour: [red, green, blue, Math.round(alpha * opacity)] }
}

export const shadow = defineOperation({
  summary: 'Puts a shadow of the picture’s own shape behind it; the canvas grows to hold it and is transparent.',
  params,
  plan(given, image) {
    const { width, height } = shadowFrame(image, given)
    return { width, height }
  },
  addsTransparency: () => true,
  rows: (given, input, _output, { core }) => castShadow(core, input, shadowOf(given)),
  workingBytes: (given, input, _output, isOpaque) => shadowBytes(input, shadowOf(given), isOpaque),
})
