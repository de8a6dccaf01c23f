import { AppError } from '../errors.ts'
import type { Codec } from './codecs/define.ts'
import { NO_INPUTS, type ImageContext, type StepInputs } from './context.ts'
import { operation, codec } from './plan.ts'
import { replan, type Execution } from './planner.ts'
import { flatten } from './ops/layers/flatten.ts'
import type { Raster } from './raster.ts'

/** Runs one piece of the work under the name of its phase: the caller may keep time, or let others compute between two pieces. */
export type Measure = <T>(phase: string, work: () => Promise<T> | T) => Promise<T>

export interface Encoded {
  readonly body: Uint8Array
  readonly mime: string
  /** What was wrong with the files although a picture came out. */
  readonly warnings: readonly string[]
}

/**
 * Runs a planned execution on its file. `inputs` are what the steps that are left draw, one entry a step. `decode` stands in for the
 * format's own decoder where several plans share one decoding; its raster is not written to.
 * @throws AppError `invalid_image` when the pixels are damaged; `output_too_large` when a step has left less of the picture than planned and the
 * next ones would scale that beyond the limits or the plan's memory.
 */
export async function execute(
  execution: Execution,
  file: Uint8Array,
  inputs: readonly StepInputs[],
  context: ImageContext,
  measure: Measure,
  decode: Codec['decode'] = codec(execution.source).decode,
): Promise<Encoded> {
  const { source, probe, geometry, steps, output } = execution
  const encoder = codec(output.format)
  const options = output.options as never // parsed by that very encoder's schema, in the planner
  if (steps.length === 0 && source === output.format && encoder.recode) {
    const body = await measure('recode', () => encoder.recode?.(file, probe, geometry, options, context) ?? null)
    if (body !== null) return { body, mime: encoder.mime, warnings: [...context.warnings] }
  }
  let raster = await measure('decode', () => decode(file, probe, geometry, context))
  for (const [i, { op, params }] of steps.entries()) {
    const input = raster
    raster = await measure('steps', () => applyStep(op, params, input, inputs[i] ?? NO_INPUTS, context))
    if (operation(op).shrinks) replan(execution, i + 1, raster)
  }
  const body = await measure('encode', async () =>
    encoder.encode(execution.flattens ? await opaque(raster, context) : raster, options, context),
  )
  return { body, mime: encoder.mime, warnings: [...context.warnings] }
}

async function applyStep(
  op: Parameters<typeof operation>[0],
  params: unknown,
  input: Raster,
  inputs: StepInputs,
  context: ImageContext,
): Promise<Raster> {
  const definition = operation(op)
  const planned = definition.plan(params, input)
  const result = await definition.apply(params, input, planned, { ...context, ...inputs })
  const asPlanned = definition.shrinks
    ? result.width <= planned.width && result.height <= planned.height
    : result.width === planned.width && result.height === planned.height
  if (!asPlanned)
    throw new AppError('internal', {
      detail: `${op} planned ${planned.width}×${planned.height} and yielded ${result.width}×${result.height}`,
    })
  return result
}

/** Formats without alpha show transparent parts on white. */
async function opaque(raster: Raster, context: ImageContext): Promise<Raster> {
  for (let i = 3; i < raster.data.length; i += 4) {
    if (raster.data[i] !== 255) return flatten.apply(flatten.params.parse({}), raster, raster, { ...context, ...NO_INPUTS })
  }
  return raster
}
