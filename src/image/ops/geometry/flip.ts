import * as z from 'zod'
import { turnUpright } from '../../orientation.ts'
import { defineOperation } from '../define.ts'

export const flip = defineOperation({
  summary: 'Mirrors the image top to bottom (vertical) or left to right (horizontal).',
  params: z.strictObject({ axis: z.enum(['vertical', 'horizontal']) }),
  plan: (_params, { width, height }) => ({ width, height }),
  apply: ({ axis }, input) => turnUpright(input, axis === 'horizontal' ? 2 : 4),
})
