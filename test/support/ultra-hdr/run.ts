import { execute, type Encoded } from '../../../src/image/execute.ts'
import { DEFAULT_OUTPUT, type Output, type PlanLimits, type Step } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { CORE_STAGES } from '../../../src/image/codecs/stages.ts'
import { openImageContext } from '../image-context.ts'

const LIMITS: PlanLimits = { maxSteps: 8, maxPixels: 30_000_000, maxSide: 8000 }

/** Runs steps on a file; layers are a small gray picture. */
export async function run(
  file: Uint8Array,
  steps: readonly Step[],
  output: Partial<Output> = {},
  { limits = LIMITS, stages = CORE_STAGES } = {},
): Promise<Encoded> {
  const { context, release } = openImageContext()
  const layer = { width: 2, height: 2, data: new Uint8ClampedArray(16).fill(200) }
  const inputs = steps.map(({ op }) => ({ inputs: op === 'composite' ? [layer] : [], files: [] }))
  const execution = planExecution({ steps, output: { ...DEFAULT_OUTPUT, ...output } }, file, limits, stages)
  const encoded = await execute(execution, file, inputs, context, (_phase, work) => Promise.resolve(work()))
  await release(true)
  return { ...encoded, body: new Uint8Array(encoded.body) }
}
