import { operation, type Step } from '../../src/image/plan.ts'
import type { Raster } from '../../src/image/raster.ts'
import { NO_INPUTS, type StepInputs } from '../../src/image/context.ts'
import { openImageContext } from './image-context.ts'

/** Runs steps on a raster, as execute.ts does, without a file around it. All steps draw the same `inputs`. */
export async function applySteps(raster: Raster, steps: readonly Step[], inputs: StepInputs = NO_INPUTS): Promise<Raster> {
  const { context, release } = openImageContext()
  let current = raster
  for (const { op, params } of steps) {
    const definition = operation(op)
    current = await definition.apply(params, current, definition.plan(params, current), { ...context, ...inputs })
  }
  await release(true)
  return current
}
