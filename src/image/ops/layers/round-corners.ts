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

/** The share of a Gaussian of standard deviation 1 that lies below `x`, within 0.0002 (Abramowitz and Stegun 26.2.18). */
function gaussianBelow(x: number): number {
  const [a, b, c, d] = [0.196854, 0.115194, 0.000344, 0.019527]
  const z = Math.abs(x)
  const above = 0.5 * (1 + z * (a + z * (b + z * (c + z * d)))) ** -4
  return x < 0 ? above : 1 - above
}

/** How far a Gaussian reaches, in standard deviations. */
const REACH = 3

/** Fades the pixels of row `y` that lie near the outline, which is blurred: beyond it there is nothing. */
function soften(row: Uint8Array, y: number, { width, height }: Shape, radius: number, softness: number): void {
  const reach = Math.ceil(radius + REACH * softness)
  const isNearEnd = Math.min(y, height - 1 - y) < reach
  for (let x = 0; x < width; x++) {
    if (!isNearEnd && x === reach && width > 2 * reach) x = width - reach
    const share = gaussianBelow(depthOf(x + 0.5, y + 0.5, { width, height }, radius) / softness)
    row[x * 4 + 3] = Math.round((row[x * 4 + 3] as number) * share) // inside the row
  }
}

/** The distance of a point to the outline, inside of which it is. */
function depthOf(x: number, y: number, { width, height }: Shape, radius: number): number {
  const [across, down] = [Math.min(x, width - x), Math.min(y, height - y)]
  return across < radius && down < radius ? radius - Math.hypot(radius - across, radius - down) : Math.min(across, down)
}

export const roundCorners = defineOperation({
  summary: 'Makes the corners round and transparent outside; a radius over half the shorter side gives the roundest shape that fits.',
  params: z.strictObject({
    radius: z.number().positive(),
    softness: z
      .number()
      .positive()
      .max(20)
      .optional()
      .describe('Standard deviation in pixels by which the whole outline is blurred; an edge of one pixel when absent.'),
  }),
  plan: (_params, { width, height }) => ({ width, height }),
  addsTransparency: () => true,
  rows({ radius, softness }, input, output, { core }) {
    const round = Math.min(radius, input.width / 2, input.height / 2)
    const change = (row: Uint8Array, y: number): void =>
      softness === undefined ? fade(row, y, output, round) : soften(row, y, output, round, softness)
    return mapRows(input, (at, bytes, y) => change(core.bytes().subarray(at, at + bytes), y), false)
  },
})
