import { z } from 'zod'
import { colour } from '../colour.ts'
import { createRaster } from '../raster.ts'
import { defineOperation } from './define.ts'

export const flatten = defineOperation({
  summary: 'Puts the image on an opaque background.',
  params: z.strictObject({ background: colour.default('ffffffff') }),
  plan: (_params, { width, height }) => ({ width, height }),
  /** Source-over on an opaque backdrop (W3C Compositing, §5.1): c = cs·α + cb·(1 − α), rounded to nearest. */
  apply({ background }, input) {
    const backdrop = [0, 2, 4].map((at) => Number.parseInt(background.slice(at, at + 2), 16)) as [number, number, number]
    const opaque = createRaster(input)
    const { data } = input
    for (let i = 0; i < data.length; i += 4) {
      const alpha = data[i + 3] as number // i stays below the length
      for (let c = 0; c < 3; c++)
        opaque.data[i + c] = Math.round(((data[i + c] as number) * alpha + (backdrop[c] as number) * (255 - alpha)) / 255)
      opaque.data[i + 3] = 255
    }
    return opaque
  },
})
