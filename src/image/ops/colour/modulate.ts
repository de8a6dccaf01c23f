import * as z from 'zod'
import { changeLab } from '../../engine/pixels/pixelwise.ts'
import { defineOperation } from '../define.ts'

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
  isPointwise: true,
  rows: (change, input, _output, { core }) => changeLab(core, input, change),
})
