import { z } from 'zod'
import { mapLab } from '../lab.ts'
import { defineOperation } from './define.ts'

const params = z.strictObject({
  brightness: z.number().min(0).max(100).default(1).describe('Multiplier of the lightness.'),
  saturation: z.number().min(0).max(100).default(1).describe('Multiplier of the chroma: 0 is grey.'),
  hue: z.number().min(-360).max(360).default(0).describe('Turn of the hue, in degrees.'),
  lightness: z.number().min(-100).max(100).default(0).describe('Added to the lightness of 0–100.'),
})

export const modulate = defineOperation({
  summary: 'Changes lightness, saturation and hue, in CIE LCh as sharp does.',
  params,
  plan: (_params, { width, height }) => ({ width, height }),
  apply({ brightness, saturation, hue, lightness }, input) {
    const angle = (hue / 180) * Math.PI
    const [cos, sin] = [Math.cos(angle) * saturation, Math.sin(angle) * saturation]
    return mapLab(input, (lab) => {
      const { a, b } = lab
      lab.l = lab.l * brightness + lightness
      lab.a = a * cos - b * sin
      lab.b = a * sin + b * cos
    })
  },
})
