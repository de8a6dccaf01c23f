import { execute } from '../../../src/image/execute.ts'
import { type InfoField, DEFAULT_INFO } from '../../../src/image/info/fields.ts'
import { DEFAULT_OUTPUT, type Step } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { openImageContext } from '../../support/image-context.ts'

const LIMITS = { maxSteps: 8, maxPixels: 200_000_000, maxSide: 20_000 }

export type Told = Readonly<Record<string, unknown>>

/** What is told of a file, and of what the steps make of it. */
export async function tell(file: Uint8Array, info: readonly InfoField[] = DEFAULT_INFO, steps: readonly Step[] = []): Promise<Told> {
  const { context, release } = openImageContext()
  try {
    const execution = planExecution({ steps, output: DEFAULT_OUTPUT, info }, file, LIMITS)
    const { body } = await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body)) as Told
  } finally {
    await release(true)
  }
}
