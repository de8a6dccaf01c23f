import * as z from 'zod'
import { labSpace } from '../../definitions/lab.ts'
import { defineOperation } from '../define.ts'

/** Counts of the visible pixels by whole steps of their lightness, 0–100. */
function countLightness(counts: Uint32Array, row: Uint8Array): void {
  const { lightnessOf } = labSpace()
  for (let i = 0; i < row.length; i += 4) {
    if (row[i + 3] === 0) continue
    const lightness = lightnessOf(row[i] as number, row[i + 1] as number, row[i + 2] as number) // i stays below the length
    counts[Math.floor(lightness)]!++ // 0 … 100
  }
}

/** The lightness below which the given share of the pixels lies. */
function percentile(counts: Uint32Array, share: number): number {
  const visible = counts.reduce((sum, count) => sum + count, 0)
  let below = 0
  for (let lightness = 0; lightness <= 100; lightness++) {
    below += counts[lightness] as number // 101 entries
    if (below >= visible * share && below > 0) return lightness
  }
  return 100
}

export const normalize = defineOperation({
  summary: 'Stretches the lightness so that the darkest hundredth becomes black and the lightest white.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  async resolve(_params, input, _output, { core, drain }) {
    const counts = new Uint32Array(101)
    await drain(input, ({ ptr, stride, rows }) => {
      const memory = core.bytes()
      for (let row = 0; row < rows; row++) countLightness(counts, memory.subarray(ptr + row * stride, ptr + row * stride + input.width * 4))
    })
    const [darkest, lightest] = [percentile(counts, 0.01), percentile(counts, 0.99)]
    // An image of nearly one tone has no contrast to stretch.
    if (lightest - darkest <= 1) return null
    const slope = 100 / (lightest - darkest)
    return { op: 'modulate', params: { brightness: slope, lightness: -darkest * slope, saturation: 1, hue: 0 } }
  },
})
