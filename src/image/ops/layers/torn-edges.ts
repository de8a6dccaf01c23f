import * as z from 'zod'
import { mapRows } from '../../engine/rows/stages.ts'
import { defineOperation } from '../define.ts'

/** A number of 0–1 that looks random and is the same every time. */
function noiseAt(index: number, seed: number): number {
  let bits = Math.imul(index + seed * 1_013, 0x9e3779b1)
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b)
  return ((bits ^ (bits >>> 13)) >>> 0) / 0x1_0000_0000
}

/** Pixels between two points of the coarse curve. */
const PERIOD = 12

/** How deep an edge is torn at each of its pixels: a coarse curve with fine teeth, between `least` and `most`. */
function tear(length: number, least: number, most: number, limit: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const [cell, part] = [Math.floor(i / PERIOD), (i % PERIOD) / PERIOD]
    const coarse = noiseAt(cell, seed) * (1 - part) + noiseAt(cell + 1, seed) * part
    const depth = least + (most - least) * (0.7 * coarse + 0.3 * noiseAt(i, seed + 7))
    return Math.min(limit, Math.round(depth))
  })
}

export const tornEdges = defineOperation({
  summary: 'Tears the four edges off unevenly; what is gone is transparent. The same picture is torn the same way every time.',
  params: z.strictObject({
    least: z.int().min(0).max(10_000).default(1).describe('Pixels that are gone everywhere.'),
    most: z.int().min(0).max(10_000).default(10).describe('Pixels that are gone at most.'),
  }),
  plan: (_params, { width, height }) => ({ width, height }),
  addsTransparency: () => true,
  rows({ least, most }, input, _output, { core }) {
    const { width, height } = input
    const deep = Math.max(least, most)
    const sides = { across: Math.floor((width - 1) / 2), down: Math.floor((height - 1) / 2) }
    const [top, bottom] = [1, 2].map((seed) => tear(width, least, deep, sides.down, seed)) as [Float32Array, Float32Array] // one a seed
    const [left, right] = [3, 4].map((seed) => tear(height, least, deep, sides.across, seed)) as [Float32Array, Float32Array]
    return mapRows(
      input,
      (at, bytes, y) => {
        const row = core.bytes().subarray(at, at + bytes)
        const [first, end] = [left[y] as number, width - (right[y] as number)] // one entry a row
        for (let x = 0; x < width; x++) {
          const isTorn = x < first || x >= end || y < (top[x] as number) || y >= height - (bottom[x] as number) // one a column
          if (isTorn) row.fill(0, x * 4, x * 4 + 4)
        }
      },
      false,
    )
  },
  workingBytes: (_given, { width, height }) => (width + height) * 8,
})
