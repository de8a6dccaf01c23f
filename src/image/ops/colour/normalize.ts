import * as z from 'zod'
import { changeLab } from '../../engine/pixels/pixelwise.ts'
import { labSpace } from '../../definitions/lab.ts'
import type { Raster } from '../../raster.ts'
import { defineOperation } from '../define.ts'

/** The lightness below which the given share of the visible pixels lies, in whole steps of 0–100. */
function percentiles({ data }: Raster, shares: readonly [number, number]): [number, number] {
  const counts = new Uint32Array(101)
  const { lightnessOf } = labSpace()
  let visible = 0
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 0) continue
    const lightness = lightnessOf(data[i] as number, data[i + 1] as number, data[i + 2] as number) // i stays below the length
    counts[Math.floor(lightness)]!++ // 0 … 100
    visible++
  }
  const find = (share: number): number => {
    let below = 0
    for (let lightness = 0; lightness <= 100; lightness++) {
      below += counts[lightness] as number // 101 entries
      if (below >= visible * share && below > 0) return lightness
    }
    return 100
  }
  return [find(shares[0]), find(shares[1])]
}

export const normalize = defineOperation({
  summary: 'Stretches the lightness so that the darkest hundredth becomes black and the lightest white.',
  params: z.strictObject({}),
  plan: (_params, { width, height }) => ({ width, height }),
  async apply(_params, input, _output, context) {
    const [darkest, lightest] = percentiles(input, [0.01, 0.99])
    // An image of nearly one tone has no contrast to stretch.
    if (lightest - darkest <= 1) return input
    const slope = 100 / (lightest - darkest)
    return changeLab(await context.core(), input, { brightness: slope, lightness: -darkest * slope, saturation: 1, hue: 0 })
  },
})
