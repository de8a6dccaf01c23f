import { execute } from '../../../src/image/execute.ts'
import { type InfoField, DEFAULT_INFO } from '../../../src/image/info/fields.ts'
import { DEFAULT_OUTPUT, type Step, step, type TransformPlan } from '../../../src/image/plan.ts'
import { planExecution, sniffFormat } from '../../../src/image/planner.ts'
import { openImageContext } from '../../support/image-context.ts'

const LIMITS = { maxSteps: 8, maxPixels: 200_000_000, maxSide: 20_000 }

export type Told = Readonly<Record<string, unknown>>

async function run(file: Uint8Array, plan: TransformPlan): Promise<Uint8Array> {
  const { context, release } = openImageContext()
  try {
    const { body } = await execute(planExecution(plan, file, LIMITS), file, [], context, (_phase, work) => Promise.resolve(work()))
    return new Uint8Array(body)
  } finally {
    await release(true)
  }
}

/** What is told of a file, and of what the steps make of it. */
export async function tell(file: Uint8Array, info: readonly InfoField[] = DEFAULT_INFO, steps: readonly Step[] = []): Promise<Told> {
  const body = await run(file, { steps, output: DEFAULT_OUTPUT, info })
  return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body)) as Told
}

/** The picture of at most 100 pixels a side, without loss, and never in the file's own format: a small file is sent as it is, with what its colours mean. */
export const smallPicture = (file: Uint8Array): Promise<Uint8Array> =>
  run(file, {
    steps: [step('resize', { width: 100, height: 100, enlarge: false })],
    output: { ...DEFAULT_OUTPUT, ...(sniffFormat(file) === 'png' ? { format: 'webp', lossless: true } : { format: 'png' }) },
  })
