import * as z from 'zod'
import { mapRows } from '../../engine/rows/stages.ts'
import type { Shape } from '../../raster.ts'
import { defineOperation } from '../define.ts'

/** How much of a pixel whose centre has this distance to the circle's centre lies inside the circle; exact enough for an edge of one pixel. */
const coverage = (distance: number, radius: number): number => Math.min(1, Math.max(0, radius - distance + 0.5))

/** Fades the pixels of row `y` that lie in a corner. */
function fade(row: Uint8Array, y: number, { width, height }: Shape, radius: number): void {
  const reach = Math.min(Math.ceil(radius), Math.ceil(width / 2), Math.ceil(height / 2))
  const fromEdge = Math.min(y, height - 1 - y)
  if (fromEdge >= reach) return
  for (let x = 0; x < reach; x++) {
    const share = coverage(Math.hypot(radius - x - 0.5, radius - fromEdge - 0.5), radius)
    if (share === 1) continue
    for (const pixel of new Set([x, width - 1 - x])) row[pixel * 4 + 3] = Math.round((row[pixel * 4 + 3] as number) * share) // inside the row
  }
}

export const roundCorners = defineOperation({
  summary: 'Makes the corners round and transparent outside; a radius over half the shorter side gives the roundest shape that fits.',
  params: z.strictObject({ radius: z.number().positive() }),
  plan: (_params, { width, height }) => ({ width, height }),
  addsTransparency: () => true,
  rows({ radius }, input, output, { core }) {
    const round = Math.min(radius, input.width / 2, input.height / 2)
    return mapRows(input, (at, bytes, y) => fade(core.bytes().subarray(at, at + bytes), y, output, round), false)
  },
})
