import { z } from 'zod'
import { colour } from '../colour.ts'
import { turn, turnedShape } from '../turn.ts'
import { defineOperation } from './define.ts'

export const rotate = defineOperation({
  summary: 'Turns the image clockwise; the canvas grows to hold it and the new corners get the background.',
  params: z.strictObject({ degrees: z.number().min(-360).max(360), background: colour.default('00000000') }),
  plan: ({ degrees }, image) => turnedShape(image, degrees),
  apply: ({ degrees, background }, input) => turn(input, degrees, background),
})
