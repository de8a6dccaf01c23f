import * as z from 'zod'
import { collect } from '../../collect.ts'
import { resampleRows, resampleRowsBytes } from '../../engine/resample/rows.ts'
import { roundSide, wholeImage } from '../../geometry.ts'
import { attention, bestWindow, entropy } from '../../saliency.ts'
import { defineOperation, keepRectangle } from '../define.ts'

/** The longer side of the reduced copy that is looked at. */
const LOOK_SIDE = 96
const STRATEGIES = { attention, entropy } as const

export const smartCrop = defineOperation({
  summary: 'Keeps the part of the given size that shows most: edges, colours and skin (attention) or detail (entropy).',
  params: z.strictObject({
    width: z.int().min(1),
    height: z.int().min(1),
    strategy: z.enum(['attention', 'entropy']).default('attention'),
  }),
  plan: (size, image) => ({ width: Math.min(size.width, image.width), height: Math.min(size.height, image.height) }),
  keepsGainMap: true,
  async resolve({ strategy }, input, output, context) {
    if (output.width === input.width && output.height === input.height) return null
    const scale = Math.min(1, LOOK_SIDE / Math.max(input.width, input.height))
    const look = { width: roundSide(input.width * scale), height: roundSide(input.height * scale) }
    const copy = await collect(context, resampleRows(context.core, input, { ...wholeImage(input), ...look, kernel: 'box' }))
    const wanted = {
      width: Math.min(look.width, roundSide(output.width * scale)),
      height: Math.min(look.height, roundSide(output.height * scale)),
    }
    const { x, y } = bestWindow(STRATEGIES[strategy](copy), wanted)
    const place = {
      x: spread(x, look.width - wanted.width, input.width - output.width),
      y: spread(y, look.height - wanted.height, input.height - output.height),
    }
    return keepRectangle({ ...place, ...output })
  },
  workingBytes: (_given, input) => resampleRowsBytes(input, { ...wholeImage(input), width: LOOK_SIDE, height: LOOK_SIDE, kernel: 'box' }),
})

/** A position among the copy's free positions as one among the image's; the middle where the copy has only one. */
const spread = (position: number, free: number, imageFree: number): number =>
  Math.round(free === 0 ? imageFree / 2 : (position / free) * imageFree)
