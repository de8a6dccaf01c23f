import * as z from 'zod'
import type { Orientation } from '../../orientation.ts'
import { defineOperation } from '../define.ts'

const params = z.strictObject({ axis: z.enum(['vertical', 'horizontal']) })

const mirror = ({ axis }: z.output<typeof params>): Orientation => (axis === 'horizontal' ? 2 : 4)

export const flip = defineOperation({
  summary: 'Mirrors the image top to bottom (vertical) or left to right (horizontal).',
  params,
  plan: (_params, { width, height }) => ({ width, height }),
  symmetry: mirror,
})
