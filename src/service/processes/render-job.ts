import * as z from 'zod'
import { operation, type TransformPlan } from '../../image/plan.ts'
import { readPlan } from '../render/plan-json.ts'
import type { JobDefinition, Json } from './record.ts'

const paramsSchema = z.object({
  source: z.string(),
  destination: z.string(),
  plan: z.unknown(),
  rule: z.string().nullable(),
  versions: z.record(z.string(), z.string()).default({}),
})

/** The ETag of each file, by its path, as it was when the job was recorded. A path that is not named may have any version. */
export type FileVersions = Readonly<Record<string, string>>

/** What a job of the type `render` says: render a file and store the result at a path. */
export interface RenderJob {
  readonly source: string
  readonly destination: string
  readonly plan: TransformPlan
  /** The storage rule that wants it, `null` for a request. */
  readonly rule: string | null
  /** The files that the job reads, so that every attempt makes the same picture. */
  readonly versions: FileVersions
}

export const renderJob = ({ source, destination, plan, rule, versions }: RenderJob): JobDefinition => ({
  type: 'render',
  params: { source, destination, plan: plan as unknown as Json, rule, versions }, // plans are plain JSON: zod made them of JSON
  group: source,
})

/** @throws AppError `invalid_parameter` when the code that wrote the record knew a plan that this code does not know. */
export function readRenderJob(params: Json): RenderJob {
  const { plan, ...rest } = paramsSchema.parse(params)
  return { ...rest, plan: readPlan(plan) }
}

/** Paths of the files that a plan draws: layers and fonts. */
export const drawnPaths = ({ steps }: TransformPlan): readonly string[] =>
  steps.flatMap(({ op, params }) => {
    const { inputs, files } = operation(op)
    return [...(inputs?.(params) ?? []).map(({ path }) => path), ...(files?.(params) ?? [])]
  })
