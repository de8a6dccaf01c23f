import * as z from 'zod'
import { createRaster, type Raster } from '../../raster.ts'
import { defineOperation } from '../define.ts'

/** How much of a pixel whose centre has this distance to the circle's centre lies inside the circle; exact enough for an edge of one pixel. */
const coverage = (distance: number, radius: number): number => Math.min(1, Math.max(0, radius - distance + 0.5))

function fade({ width, height, data }: Raster, radius: number): void {
  const reach = Math.min(Math.ceil(radius), Math.ceil(width / 2), Math.ceil(height / 2))
  for (let y = 0; y < reach; y++) {
    for (let x = 0; x < reach; x++) {
      const share = coverage(Math.hypot(radius - x - 0.5, radius - y - 0.5), radius)
      if (share === 1) continue
      const corners = new Set([
        y * width + x,
        y * width + width - 1 - x,
        (height - 1 - y) * width + x,
        (height - 1 - y) * width + width - 1 - x,
      ])
      for (const pixel of corners) data[pixel * 4 + 3] = Math.round((data[pixel * 4 + 3] as number) * share) // a corner's pixel lies inside
    }
  }
}

export const roundCorners = defineOperation({
  summary: 'Makes the corners round and transparent outside; a radius over half the shorter side gives the roundest shape that fits.',
  params: z.strictObject({ radius: z.number().positive() }),
  plan: (_params, { width, height }) => ({ width, height }),
  apply({ radius }, input) {
    const output = createRaster(input)
    output.data.set(input.data)
    fade(output, Math.min(radius, input.width / 2, input.height / 2))
    return output
  },
})
