import { collect } from '../../src/image/collect.ts'
import { type ImageContext, NO_INPUTS, type RowsContext, type StepInputs } from '../../src/image/context.ts'
import { resampleRows } from '../../src/image/engine/resample/rows.ts'
import { rasterRows } from '../../src/image/engine/rows/pixel-rows.ts'
import { decodeRaster, openRowsContext } from '../../src/image/execute.ts'
import { type Geometry, wholeImage } from '../../src/image/geometry.ts'
import { codec, type FormatName, operation, type Step } from '../../src/image/plan.ts'
import type { Raster } from '../../src/image/raster.ts'
import { openStep } from '../../src/image/rows.ts'
import { openImageContext } from './image-context.ts'
import { pictureOf, unevenRows } from './rows.ts'

/** Runs steps on a raster, one after the other, without a file around it. All steps draw the same `inputs`. */
export async function applySteps(raster: Raster, steps: readonly Step[], inputs: StepInputs = NO_INPUTS): Promise<Raster> {
  const { context, release } = openImageContext()
  const result = await applyStepsWith(context, raster, steps, inputs)
  await release(true)
  return result
}

export async function applyStepsWith(image: ImageContext, raster: Raster, steps: readonly Step[], inputs = NO_INPUTS): Promise<Raster> {
  const context = await openRowsContext(image)
  let current = raster
  for (const step of steps)
    current = await applyStep(context, current, step, { ...inputs, inputs: await sizedInputs(context, step, current, inputs) })
  return current
}

/** What a step draws, in the sizes that it wishes. */
function sizedInputs(context: RowsContext, { op, params }: Step, image: Raster, { inputs }: StepInputs): Promise<readonly Raster[]> {
  const wished = operation(op).inputs?.(params) ?? []
  return Promise.all(
    inputs.map(async (own, i) => {
      const size = wished[i]?.size?.(own, image) ?? own
      if (size.width === own.width && size.height === own.height) return own
      const mark = context.core.mark()
      const rows = resampleRows(context.core, rasterRows(context.core, own), { ...wholeImage(own), ...size })
      const sized = await collect(context, rows)
      context.core.release(mark)
      return sized
    }),
  )
}

/** The rows come in uneven bands. */
async function applyStep(context: RowsContext, raster: Raster, step: Step, inputs: StepInputs): Promise<Raster> {
  const { core } = context
  const { plan, resolve } = operation(step.op)
  const rows = () => unevenRows(core, raster, [3, 0, 16, 1, 7])
  const mark = core.mark()
  try {
    if (!resolve) return await collect(context, await openStep(step, rows(), { ...context, ...inputs }))
    const found = await resolve(step.params, rows(), plan(step.params, raster), { ...context, ...inputs })
    return found ? await collect(context, await openStep(found as Step, rasterRows(core, raster), { ...context, ...inputs })) : raster
  } finally {
    core.release(mark)
  }
}

/** Decodes a file as one of the format. */
export function decodeAs(image: ImageContext, format: FormatName, file: Uint8Array, geometry?: Geometry): Promise<Raster> {
  const probe = codec(format).probe(file)
  return decodeRaster(image, file, format, probe, geometry ?? wholeImage(probe))
}

/** Encodes a raster with the options that the format's schema makes of these. */
export async function encodeAs(image: ImageContext, format: FormatName, raster: Raster, options: object): Promise<Uint8Array> {
  const context = await openRowsContext(image)
  const encoder = codec(format)
  return encoder.encode(pictureOf(context.core, raster), encoder.options.parse(options) as never, context)
}
