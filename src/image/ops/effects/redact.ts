import * as z from 'zod'
import { channels, colour } from '../../colour.ts'
import { mapRows } from '../../engine/rows/stages.ts'
import { type Length, resolveLength, sideLength, startLength } from '../../length.ts'
import type { Shape } from '../../raster.ts'
import { defineOperation } from '../define.ts'

interface Area {
  readonly x: Length
  readonly y: Length
  readonly width: Length
  readonly height: Length
}

/** In whole pixels, from the first to the one behind the last: a pixel that an area only touches belongs to it. */
function edgesOf({ x, y, width, height }: Area, image: Shape) {
  const [left, top] = [resolveLength(x, image), resolveLength(y, image)]
  // A percentage that is a whole number of pixels may come out a little beside it.
  const [right, bottom] = [left + resolveLength(width, image), top + resolveLength(height, image)].map((end) => Math.ceil(end - NEARLY))
  return {
    left: Math.floor(left + NEARLY),
    top: Math.floor(top + NEARLY),
    right: Math.min(image.width, right as number), // two of two
    bottom: Math.min(image.height, bottom as number),
  }
}

const NEARLY = 1e-6

export const redact = defineOperation({
  summary: 'Fills areas with a colour: nothing is left of what they showed.',
  params: z.strictObject({
    areas: z
      .array(z.strictObject({ x: startLength, y: startLength, width: sideLength, height: sideLength }))
      .min(1)
      .max(20)
      .describe('In pixels, or in percent of the picture; rounded outwards. What lies outside of the picture is left out.'),
    colour: colour.default('000000ff'),
  }),
  plan: (_params, { width, height }) => ({ width, height }),
  addsTransparency: ({ colour: fill }) => !fill.endsWith('ff'),
  rows({ areas, colour: fill }, input, _output, { core }) {
    const edges = areas.map((area) => edgesOf(area, input))
    const pixel = Uint8Array.from(channels(fill))
    return mapRows(
      input,
      (at, bytes, y) => {
        const row = core.bytes().subarray(at, at + bytes)
        for (const { left, top, right, bottom } of edges)
          if (y >= top && y < bottom) for (let x = left; x < right; x++) row.set(pixel, x * 4)
      },
      input.isOpaque && fill.endsWith('ff'),
    )
  },
})
