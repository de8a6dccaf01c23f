import { z } from 'zod'
import { channels, colour } from '../colour.ts'
import { resolveSize, sideLength } from '../length.ts'
import { pasteOn } from '../paste.ts'
import { place, placementParams } from '../placement.ts'
import { defineOperation } from './define.ts'

export const canvas = defineOperation({
  summary: 'Puts the image on a canvas of another size without scaling it; what hangs over is cut.',
  params: z.strictObject({ width: sideLength, height: sideLength, ...placementParams, background: colour.default('00000000') }),
  plan: ({ width, height }, image) => resolveSize(width, height, image),
  apply(given, input, output) {
    const { x, y } = place(input, output, given)
    return pasteOn(output, channels(given.background), input, x, y)
  },
})
