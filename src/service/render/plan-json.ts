import * as z from 'zod'
import { AppError } from '../../errors.ts'
import { INFO_FIELDS, chosenFields, type InfoField } from '../../image/info/fields.ts'
import {
  AUTO_FORMATS,
  MOST_MAX_BYTES,
  OPERATION_NAMES,
  step,
  type OperationName,
  type TransformPlan,
  WRITTEN_NAMES,
} from '../../image/plan.ts'

const planSchema = z.strictObject({
  steps: z
    .array(
      z.strictObject({ op: z.enum(OPERATION_NAMES as [OperationName, ...OperationName[]]), params: z.record(z.string(), z.unknown()) }),
    )
    .default([]),
  output: z
    .object({
      format: z.enum(['source', ...AUTO_FORMATS, ...WRITTEN_NAMES]).default('source'),
      otherwise: z.enum(['jpeg']).optional(),
      quality: z.number().min(1).max(100).default(80),
      effort: z.number().min(1).max(100).optional(),
      withinMs: z.number().min(0).optional(),
      lossless: z.literal(true).optional(),
      palette: z.literal(true).optional(),
      still: z.literal(true).optional(),
      target: z.enum(['high', 'medium', 'low']).optional(),
      maxBytes: z.int().min(1).max(MOST_MAX_BYTES).optional(),
      onlyLossless: z.literal(true).optional(),
      keepsCoding: z.literal(true).optional(),
      colours: z.enum(['keep']).optional(),
      metadata: z.enum(['copyright', 'unlocated', 'keep']).optional(),
    })
    .prefault({}),
  page: z.int().min(1).optional(),
  info: z
    .array(z.enum(INFO_FIELDS as [InfoField, ...InfoField[]]))
    .min(1)
    .transform(chosenFields)
    .optional(),
  mostPixels: z.int().min(1).optional(),
})

/** A plan as JSON: what a stored job or a configuration file says. */
export type PlanJson = z.input<typeof planSchema>

/**
 * Makes a plan of JSON. Stored plans pass here too, for the code that reads one may be newer than the code that wrote it.
 * @throws AppError `invalid_parameter`, naming what is wrong.
 */
export function readPlan(json: unknown): TransformPlan {
  const parsed = planSchema.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new AppError('invalid_parameter', { field: issue?.path.join('.') || 'plan', reason: issue?.message, cause: parsed.error })
  }
  const { steps, output, page, info, mostPixels } = parsed.data
  // Complete by its type: whatever a plan will have one day must be read here.
  const plan: { readonly [K in keyof Required<TransformPlan>]: TransformPlan[K] } = {
    steps: steps.map(({ op, params }) => step(op, params as never)), // step parses by the operation's own schema
    output: output satisfies TransformPlan['output'],
    page,
    info,
    mostPixels,
  }
  return {
    steps: plan.steps,
    output: plan.output,
    ...(page !== undefined && { page }),
    ...(info && { info }),
    ...(mostPixels !== undefined && { mostPixels }),
  }
}
