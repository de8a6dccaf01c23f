import * as z from 'zod'
import { channels, colour } from '../../colour.ts'
import { affineBytes, rightAngleTurn, rotate as rotatePixels, rotatedShape } from '../../engine/pixels/affine.ts'
import { defineOperation } from '../define.ts'

export const rotate = defineOperation({
  summary: 'Turns the image clockwise; the canvas grows to hold it and the new corners get the background.',
  params: z.strictObject({ degrees: z.number().min(-360).max(360), background: colour.default('00000000') }),
  plan: ({ degrees }, image) => rotatedShape(image, degrees),
  symmetry: ({ degrees }) => rightAngleTurn(degrees),
  addsTransparency: ({ degrees }) => rightAngleTurn(degrees) === null,
  rows: ({ degrees, background }, input, _output, { core }) => rotatePixels(core, input, { degrees, background: channels(background) }),
  workingBytes: (_given, input, output, isOpaque) => affineBytes(input, output.width, isOpaque),
})
