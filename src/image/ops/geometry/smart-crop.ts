import * as z from 'zod'
import { roundSide } from '../../geometry.ts'
import { cutOut } from '../../paste.ts'
import { resample } from '../../resample.ts'
import { attention, bestWindow, entropy } from '../../saliency.ts'
import { defineOperation } from '../define.ts'

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
  async apply({ strategy }, input, output, context) {
    if (output.width === input.width && output.height === input.height) return input
    const scale = Math.min(1, LOOK_SIDE / Math.max(input.width, input.height))
    const look = { width: roundSide(input.width * scale), height: roundSide(input.height * scale) }
    const window = { x: 0, y: 0, width: input.width, height: input.height }
    const copy = await resample(input, { window, ...look, kernel: 'box' }, context)
    const wanted = {
      width: Math.min(look.width, roundSide(output.width * scale)),
      height: Math.min(look.height, roundSide(output.height * scale)),
    }
    const { x, y } = bestWindow(STRATEGIES[strategy](copy), wanted)
    return cutOut(
      input,
      spread(x, look.width - wanted.width, input.width - output.width),
      spread(y, look.height - wanted.height, input.height - output.height),
      output,
    )
  },
})

/** A position among the copy's free positions as one among the image's; the middle where the copy has only one. */
const spread = (position: number, free: number, imageFree: number): number =>
  Math.round(free === 0 ? imageFree / 2 : (position / free) * imageFree)
