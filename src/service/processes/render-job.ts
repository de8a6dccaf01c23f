import * as z from 'zod'
import type { TransformPlan } from '../../image/plan.ts'
import { readPlan } from '../render/plan-json.ts'
import type { JobDefinition, Json } from './record.ts'

const paramsSchema = z.object({ source: z.string(), destination: z.string(), plan: z.unknown(), rule: z.string().nullable() })

/** What a job of the type `render` says: render a file and store the result at a path, over what is there. */
export interface RenderJob {
  readonly source: string
  readonly destination: string
  readonly plan: TransformPlan
  /** The storage rule that wants it, `null` for a request. */
  readonly rule: string | null
}

export const renderJob = ({ source, destination, plan, rule }: RenderJob): JobDefinition => ({
  type: 'render',
  params: { source, destination, plan: plan as unknown as Json, rule }, // plans are plain JSON: zod made them of JSON
  group: source,
})

/** @throws AppError `invalid_parameter` when the code that wrote the record knew a plan that this code does not know. */
export function readRenderJob(params: Json): RenderJob {
  const { plan, ...rest } = paramsSchema.parse(params)
  return { ...rest, plan: readPlan(plan) }
}
