import { AppError } from '../../../errors.ts'
import type { Encoded } from '../../../image/execute.ts'
import type { PlanLimits, TransformPlan } from '../../../image/plan.ts'
import type { SourceFile } from '../../files/recent-files.ts'
import type { OpenContext } from '../compute.ts'
import { createMemoryBudget } from '../memory-budget.ts'
import { createRunPlan } from '../run-plan.ts'
import { createTimings } from '../timings.ts'
import type { Turns } from '../turns.ts'

/** What an engine outside the service is made of. */
export interface AloneDeps {
  readonly limits: PlanLimits & { readonly maxFileBytes: number }
  /** That a run may take. More of it lets larger pictures through. */
  readonly memoryBytes: number
  readonly openContext: OpenContext
  readonly readFile: (file: SourceFile) => Promise<Uint8Array>
}

/** A plan on a file, and all other files that it reads. */
export interface AloneWish {
  readonly source: SourceFile
  readonly inputs: readonly SourceFile[]
  readonly plan: TransformPlan
}

const clock = { now: () => Date.now() }
const wait = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))

/** One plan at a time, and nobody else in the thread: all turns are its own. */
const ALONE: Turns = { take: () => Promise.resolve({ end: () => undefined }), attend: () => () => undefined }

const hashBytes = async (bytes: Uint8Array): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')

/**
 * What renderers of the service do, in a thread of a command line or a page: the same plan gives the same bytes. For one plan at a time.
 * @returns what renders. It throws AppError `file_too_large`, and what `RunPlan` throws.
 */
export function createRunAlone({ limits: given, memoryBytes, openContext, readFile }: AloneDeps): (wish: AloneWish) => Promise<Encoded> {
  const limits = { ...given, memoryBytes }
  const run = createRunPlan({
    clock,
    limits,
    budget: createMemoryBudget({ totalBytes: memoryBytes, maxWaiting: 1, clock, wait }),
    turns: ALONE,
    engine: 'auto',
    hashBytes,
    reportFault: () => undefined,
    openContext,
    readFile: (_account, file) => readFile(file),
  })
  return async function runAlone({ source, inputs, plan }) {
    if (source.size > limits.maxFileBytes)
      throw new AppError('file_too_large', { reason: `Expected at most ${limits.maxFileBytes} bytes, received ${source.size}.` })
    return run({ account: '', source, inputs, plan, lane: 'request' }, createTimings(clock))
  }
}
