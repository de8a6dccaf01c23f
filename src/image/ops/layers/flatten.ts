import * as z from 'zod'
import { channels, colour } from '../../colour.ts'
import { flatten as flattenOn } from '../../engine/pixels/pixelwise.ts'
import { defineOperation } from '../define.ts'

export const flatten = defineOperation({
  summary: 'Puts the image on an opaque background.',
  params: z.strictObject({ background: colour.default('ffffffff') }),
  plan: (_params, { width, height }) => ({ width, height }),
  isPointwise: true,
  keepsGainMap: true,
  rows({ background }, input, _output, { core }) {
    const [red, green, blue] = channels(background)
    return flattenOn(core, input, [red, green, blue])
  },
})
